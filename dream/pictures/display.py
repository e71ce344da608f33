"""Display: from an optimised float picture to 8-bit pixels and previews."""

import io

import numpy as np
from PIL import Image

PREVIEW_QUALITY = 82


def to_uint8(picture: np.ndarray, stretched: bool) -> np.ndarray:
    """float32 [height, width, 3] -> uint8 of the same shape.

    ``stretched``: whether values are mapped linearly from minimum..maximum to 0..255, as the book's ``savearray`` did
    for dreams out of noise; else they are clipped to 0..255.
    """
    low, high = (picture.min(), picture.max()) if stretched else (0, 255)
    scale = np.float32(255 / max(high - low, 1e-6))
    pixels = np.empty(picture.shape, np.uint8)
    for row, values in zip(pixels, picture):  # row by row: no copies of the size of a large picture
        row[:] = np.rint(np.clip((values - low) * scale, 0, 255))
    return pixels


def preview(pixels: np.ndarray, longest_side: int, quality: int = PREVIEW_QUALITY) -> bytes:
    """A JPEG of uint8 [height, width, 3], scaled down to a longest side of at most ``longest_side`` pixels."""
    image = Image.fromarray(pixels)
    image.thumbnail((longest_side, longest_side), Image.Resampling.BILINEAR)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()
