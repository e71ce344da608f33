"""Photos that somebody gives on the command line: one's own files, which may be as large as any dream."""

from collections.abc import Iterable

import numpy as np

from dream.pictures.decode import Limits, decode
from dream.pictures.start import pixels_sha256
from dream.recipe import Plan
from dream.settings import settings


def own_photo(content: bytes, box: tuple[int, int] | None = None) -> np.ndarray:
    """A picture file's content -> uint8 [height, width, 3], for a dream that shall fit into a box.

    Scaled down as the pages do it, so that recipes go from here to there and back; in full where the dream is larger
    than theirs.
    """
    photo = decode(content, _limits(settings().max_side))
    if box is not None and fitting(photo, box) > settings().max_side:
        return decode(content, _limits(settings().largest_side))
    return photo


def own_photos(recipe: Plan, contents: Iterable[bytes]) -> dict[str, np.ndarray]:
    """Photos by their SHA-256, scaled down or in full: whichever the recipe knows."""
    photos = {}
    for content in contents:
        for side in (settings().max_side, settings().largest_side):
            pixels = decode(content, _limits(side))
            sha256 = pixels_sha256(pixels)
            photos[sha256] = pixels
            if sha256 in recipe.photos:
                break
    return photos


def fitting(photo: np.ndarray, box: tuple[int, int]) -> int:
    """The longest side of a photo that is made to fit into a box (width, height), its shape kept."""
    height, width = photo.shape[:2]
    factor = min(box[0] / width, box[1] / height)
    return round(max(width, height) * factor)


def _limits(side: int) -> Limits:
    return Limits(megabytes=None, pixels=settings().largest_side ** 2, side=side)
