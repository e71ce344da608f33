"""Photos of the command line: trusted files, which may be larger than uploads."""

from collections.abc import Iterable

import numpy as np

from dream.pictures.decode import Limits, decode
from dream.pictures.start import pixels_sha256
from dream.recipe import Plan
from dream.settings import settings


def load_photo(content: bytes, box: tuple[int, int] | None = None) -> np.ndarray:
    """A picture file's content -> uint8 [height, width, 3].

    Scaled down to the pages' longest side, so that a recipe names the same pixels here and there, unless a dream that
    fits into ``box`` (width, height) is larger than that.

    Raises:
        UserError: not a picture that can be read.

    """
    photo = decode(content, _limits(settings().max_side))
    if box is not None and longest_side_in(photo, box) > settings().max_side:
        return decode(content, _limits(settings().largest_side))
    return photo


def load_whole_photo(content: bytes) -> np.ndarray:
    """A picture file's content -> uint8 [height, width, 3], not scaled down where any recipe can work at its size.

    Raises:
        UserError: not a picture that can be read.
    """
    return decode(content, _limits(settings().largest_side))


def load_photos(recipe: Plan, contents: Iterable[bytes]) -> dict[str, np.ndarray]:
    """Photos, uint8 [height, width, 3] by SHA-256, scaled down or in full: whichever the recipe names.

    Raises:
        UserError: not a picture that can be read.
    """
    photos = {}
    for content in contents:
        for side in (settings().max_side, settings().largest_side):
            pixels = decode(content, _limits(side))
            sha256 = pixels_sha256(pixels)
            photos[sha256] = pixels
            if sha256 in recipe.photos:
                break
    return photos


def longest_side_in(photo: np.ndarray, box: tuple[int, int]) -> int:
    """The longest side of a photo, uint8 [height, width, 3], scaled to fit into a box (width, height)."""
    height, width = photo.shape[:2]
    factor = min(box[0] / width, box[1] / height)
    return round(max(width, height) * factor)


def _limits(side: int) -> Limits:
    return Limits(megabytes=None, pixels=settings().largest_side ** 2, side=side)
