"""Five hundred hostile uploads. ``python -m tests.bench.hostile``.

Truncated, damaged and mistyped pictures, decompression bombs, huge metadata, recipes that are none: each must be
refused with a sentence or be a picture that is within the limits; the time and the memory that each takes are told.
"""

import io
import resource
import struct
import time
import zlib
from collections import Counter
from multiprocessing import get_context

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from dream.errors import UserError
from dream.networks.user.library import add, declare
from dream.networks.zoo.catalog import squeezenet
from dream.pictures.decode import decode
from dream.pictures.png import KEY, recipe_in_any
from dream.settings import settings
from tests.helpers.graphs import add_node, node, small_graph

RNG = np.random.default_rng(0)


def encoded(kind: str, side: int = 300, **options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(RNG.integers(0, 256, (side, side, 3), dtype=np.uint8)).save(out, kind, **options)
    return out.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def bomb(width: int, height: int, rows: int = 200) -> bytes:
    """A small PNG that says it is huge."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * min(rows * (3 * width + 1), 60_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def black(side: int) -> bytes:
    """The compressed pixels of a black RGBA picture."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(b"\0" * (4 * side + 1)) for _ in range(side)) + packer.flush()


def whole_bomb(side: int) -> bytes:
    """A small PNG that is as huge as it says, to its last pixel."""
    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", black(side)) + chunk(b"IEND", b"")


def animated(frames: int, side: int) -> bytes:
    """A small APNG of many large frames."""
    header, pixels = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0), black(side)
    parts = [b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header), chunk(b"acTL", struct.pack(">II", frames, 0))]
    for frame in range(frames):
        control = struct.pack(">IIIIIHHBB", max(2 * frame - 1, 0), side, side, 0, 0, 1, 10, 0, 0)
        data = chunk(b"fdAT", struct.pack(">I", 2 * frame) + pixels) if frame else chunk(b"IDAT", pixels)
        parts += [chunk(b"fcTL", control), data]
    return b"".join((*parts, chunk(b"IEND", b"")))


def many_chunks(count: int) -> bytes:
    """A PNG that goes on with empty chunks."""
    whole = encoded("PNG")
    return whole[:-12] + chunk(b"abCd", b"") * count + whole[-12:]


def many_scans(count: int) -> bytes:
    """A progressive JPEG that says its last scan again and again."""
    out = io.BytesIO()
    Image.new("RGB", (6300, 6300)).save(out, "JPEG", progressive=True)
    whole = out.getvalue()
    return whole[:-2] + whole[whole.rindex(b"\xff\xda") : -2] * count + whole[-2:]


def with_text(text: str, compressed: bool) -> bytes:
    info = PngInfo()
    info.add_itxt(KEY, text, zip=compressed)
    return encoded("PNG", pnginfo=info)


def uploads() -> list[tuple[str, bytes]]:
    made = []
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = encoded(kind)
        made += [(f"truncated {kind}", whole[: int(len(whole) * share)]) for share in np.linspace(0.02, 0.98, 40)]
        for _ in range(60):
            broken = bytearray(whole)
            for place in RNG.integers(0, min(len(broken), 2000), 20):
                broken[place] = RNG.integers(0, 256)
            made.append((f"damaged {kind}", bytes(broken)))
    sizes = [(n * 1000, m * 1000) for n in (7, 20, 60, 200, 2000) for m in (7, 20, 60, 200)]
    made += [("bomb", bomb(width, height)) for width, height in sizes]
    made.append(("whole bomb", whole_bomb(13_000)))
    made += [("APNG", animated(frames, side)) for frames, side in ((30, 1500), (5000, 400), (90_000, 8))]
    made += [("empty chunks", many_chunks(1_500_000)), ("JPEG segments", b"\xff\xd8" + b"\xff\xe5\0\2" * 4_900_000)]
    made.append(("JPEG scans", many_scans(2000)))
    for kind in ("GIF", "TIFF", "BMP", "ICO", "PPM", "JPEG2000", "AVIF"):
        made += [(f"wrong type: {kind}", encoded(kind, side)) for side in (16, 64, 200)]
    made += [
        ("text", text.encode()) for text in ("Dear network, " * 99, "<svg onload=alert(1)>", "%PDF-1.7", "PK\3\4", "")
    ]
    made += [("noise", RNG.bytes(length)) for length in (1, 10, 1000, 100_000, 19_000_000)]
    made += [
        ("prefix", prefix + RNG.bytes(5000)) for prefix in (b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF....WEBP")
    ]
    made += [("too small", encoded("PNG", side)) for side in (1, 2, 5, 31)]
    made.append(("too many bytes", b"\xff\xd8" + b"\0" * (settings().upload_megabytes * 1_000_000 + 1)))
    exif = Image.Exif()
    exif[0x9286] = "x" * 60_000
    made += [("huge metadata", encoded("JPEG", exif=exif)) for _ in range(5)]
    made += [("huge metadata", with_text("x" * size, compressed=True)) for size in (10**5, 10**6, 10**7, 10**8)]
    recipes = (
        "{}",
        "null",
        "[" * 100_000,
        '{"version": 99}',
        '{"start": {"kind": "photo", "sha256": "../../etc/passwd"}}',
    )
    made += [("no recipe", with_text(text, compressed)) for text in recipes for compressed in (True, False)]
    names = (
        "../../etc/passwd.pb",
        "..\\..\\x.pb",
        "a\0b.pb",
        "/etc/shadow",
        "x" * 5000 + ".pb",
        "‮gnp.pb",
        "",
        ".",
        "-rf",
    )
    made += [(f"graph named {name[:20]!r}", RNG.bytes(3000)) for name in names]
    made += [(f"graph {what}", content) for what, content in graphs()]
    while len(made) < 500:
        made.append(("noise", RNG.bytes(int(RNG.integers(1, 50_000)))))
    return made


def graphs() -> list[tuple[str, bytes]]:
    """Graphs that read files, feed themselves, declare gigabytes or are cut short."""
    made = []
    for operation in ("ReadFile", "WriteFile", "PyFunc", "EagerPyFunc", "RestoreV2", "LoadLibrary", "While", "Print"):
        graph_def = small_graph()
        add_node(graph_def, operation, "evil", "pictures")
        made.append((f"with {operation}", graph_def.SerializeToString()))
    circle = small_graph()
    node(circle, "first").input[0] = "joined"
    huge = small_graph()
    node(huge, "classes").input[1] = "huge"
    huge.node.add(op="Const", name="huge").CopyFrom(node(huge, "Const"))
    huge.node[-1].name = "huge"
    del huge.node[-1].attr["value"].tensor.tensor_shape.dim[:]
    for _ in range(3):
        huge.node[-1].attr["value"].tensor.tensor_shape.dim.add(size=90_000)
    made += [("that feeds itself", circle.SerializeToString()), ("of terabytes", huge.SerializeToString())]
    made += [(f"of {count:,} empty nodes", b"\n\0" * count) for count in (30_000, 3_000_000, 20_000_000)]
    whole = squeezenet.load().graph_def().SerializeToString()
    made += [("cut short", whole[: int(len(whole) * share)]) for share in np.linspace(0.01, 0.99, 20)]
    return made


def answer(kind: str, content: bytes) -> str:
    if kind.startswith("graph"):
        try:
            add(content, kind.removeprefix("graph named ").strip("'"), declare())
        except UserError:
            return "refused"
        return "TAKEN"
    recipe = recipe_in_any(content)
    try:
        pixels = decode(content)
    except UserError:
        return "refused"
    height, width, channels = pixels.shape
    fine = channels == 3 and height * width <= settings().upload_megapixels * 1e6 and pixels.dtype == np.uint8
    return "a picture within the limits" if fine and recipe is None else "TAKEN"


def judged(upload: tuple[str, bytes]) -> tuple[str, float, int]:
    """In a process of its own: the answer, how long it took, and the process's peak memory so far in bytes."""
    started = time.perf_counter()
    try:
        said = answer(*upload)
    except Exception as error:
        said = f"CRASH {type(error).__name__}"
    return said, time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    answers, peaks = Counter(), []
    slowest = {"picture": (0.0, ""), "graph": (0.0, "")}  # a graph is opened in a process of its own, with limits
    all_of_them = uploads()
    with get_context("spawn").Pool(1) as pool:
        idle = pool.apply(judged, [("graph named 'x'", RNG.bytes(3000))])[2]  # TensorFlow is loaded
        for kind, content in all_of_them:
            said, seconds, peak = pool.apply(judged, [(kind, content)])
            answers[said] += 1
            what = "graph" if kind.startswith("graph") else "picture"
            slowest[what] = max(slowest[what], (seconds, kind))
            peaks.append(peak)
            if said.startswith(("TAKEN", "CRASH")):
                print(kind, len(content), said)
    print(f"{len(all_of_them)} uploads: {dict(answers)}")
    for what, (seconds, kind) in slowest.items():
        print(f"slowest {what}: {seconds:.2f} s ({kind})")
    print(f"memory: {idle / 1e6:.0f} MB idle, {peaks[-1] / 1e6:.0f} MB at most")


if __name__ == "__main__":
    main()
