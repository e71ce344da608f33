"""PNG files that contain their recipe in a text chunk."""

import io

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from dream.errors import UserError
from dream.private_apis import text_in_png
from dream.recipe import Plan, parse_plan

KEY = "dream-recipe"  # of the iTXt chunk
SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_TEXT = 1_000_000  # bytes of a chunk; Pillow has the same limit for what it unpacks to
MOST_CHUNKS = 20_000  # read at most
UNREADABLE = "This is not a PNG picture that can be read."


def encode_png(pixels: np.ndarray, plan: Plan | None = None) -> bytes:
    """uint8 [height, width, 3] as PNG, with the plan as JSON in an iTXt chunk. Deterministic."""
    info = PngInfo()
    if plan is not None:
        info.add_itxt(KEY, plan.model_dump_json())
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", pnginfo=info)
    return out.getvalue()


def recipe_in(content: bytes) -> Plan:
    """The recipe or comparison inside a PNG; raises UserError if there is none or it cannot be read."""
    if not content.startswith(SIGNATURE):
        raise UserError(UNREADABLE)
    try:
        text = text_in_png(content, KEY, MOST_TEXT, MOST_CHUNKS)
    except Exception:  # Pillow raises many types for broken files
        raise UserError(UNREADABLE) from None
    if text is None:
        raise UserError("There is no recipe in this PNG: it was not made here, or its text was removed on the way.")
    return parse_plan(text)


def recipe_in_any(content: bytes) -> Plan | None:
    """The recipe or comparison inside a picture file of any format; None if there is none that can be read."""
    if not content.startswith(SIGNATURE):
        return None
    try:
        return recipe_in(content)
    except UserError:
        return None
