"""From an optimised picture to one that can be seen."""

import io

import numpy as np
from PIL import Image

PREVIEW_QUALITY = 82


def to_uint8(picture: np.ndarray, stretched: bool) -> np.ndarray:
    """float32 [height, width, 3] -> uint8 of the same shape.

    A dream out of noise is stretched from its minimum to its maximum, as the book's ``savearray`` did; one over a
    photo is clipped to 0..255.
    """
    low, high = (picture.min(), picture.max()) if stretched else (0, 255)
    scale = np.float32(255 / max(high - low, 1e-6))
    pixels = np.empty(picture.shape, np.uint8)
    for row, values in zip(pixels, picture):  # row by row: a big picture has no room for copies of its size
        row[:] = np.rint(np.clip((values - low) * scale, 0, 255))
    return pixels


def preview(pixels: np.ndarray, longest_side: int, quality: int = PREVIEW_QUALITY) -> bytes:
    """A small JPEG of uint8 [height, width, 3], its longest side at most ``longest_side`` pixels."""
    image = Image.fromarray(pixels)
    image.thumbnail((longest_side, longest_side), Image.Resampling.BILINEAR)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()
