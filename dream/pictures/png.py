"""PNG with the recipe inside, and the recipe back out of it."""

import io

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo, PngStream

from dream.errors import UserError
from dream.recipe import Plan, parse_plan

KEY = "dream-recipe"  # of the iTXt chunk
SIGNATURE = b"\x89PNG\r\n\x1a\n"
TEXTS = (b"iTXt", b"tEXt", b"zTXt")  # other programs may write ours down as another kind
MOST_TEXT = 1_000_000  # bytes of a chunk; Pillow has the same limit for what it unpacks to
MOST_CHUNKS = 20_000  # looked at


def encode_png(pixels: np.ndarray, plan: Plan | None = None) -> bytes:
    """uint8 [height, width, 3] as PNG, with the plan as JSON in an iTXt chunk; the same input, the same bytes."""
    info = PngInfo()
    if plan is not None:
        info.add_itxt(KEY, plan.model_dump_json())
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", pnginfo=info)
    return out.getvalue()


def recipe_in(content: bytes) -> Plan:
    """The recipe inside a PNG; raises UserError where there is none."""
    try:
        text = _text_in(content)
    except Exception:  # Pillow raises whatever a broken file leads it to
        raise UserError("This is not a PNG picture that can be read.") from None
    if text is None:
        raise UserError("There is no recipe in this PNG: it was not made here, or its text was removed on the way.")
    return parse_plan(text)


def recipe_in_any(content: bytes) -> Plan | None:
    """The recipe inside a picture of any kind; None where there is none that can be read."""
    if not content.startswith(SIGNATURE):
        return None
    try:
        return recipe_in(content)
    except UserError:
        return None


def _text_in(content: bytes) -> str | None:
    """The text under our key; no pixel is decoded for it, of which a small file may hold very many."""
    if not content.startswith(SIGNATURE):
        raise ValueError("no PNG")
    file = io.BytesIO(content)
    file.seek(len(SIGNATURE))
    chunks = PngStream(file)
    for _ in range(MOST_CHUNKS):
        kind, start, length = chunks.read()
        if kind == b"IEND":
            break
        if kind in TEXTS and length <= MOST_TEXT:
            chunks.crc(kind, chunks.call(kind, start, length))
            if KEY in chunks.im_text:
                return str(chunks.im_text[KEY])
        else:
            file.seek(start + length + 4)  # 4: its checksum
    return None
