"""Start pictures: noise, a sample photo, or a visitor's photo."""

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np
from PIL import Image

from dream.errors import UserError
from dream.recipe import Noise, Photo, Sample, Start
from dream.recipe.starts import SAMPLES
from dream.settings import settings

Photos = Mapping[str, np.ndarray]  # uint8 [height, width, 3] by the SHA-256 of pixels_sha256


def start_picture(start: Start, rng: np.random.Generator, photos: Photos | None = None) -> np.ndarray:
    """The start picture as float32 [height, width, 3], RGB 0..255.

    Args:
        start: from the recipe.
        rng: the recipe's generator; noise is drawn from it.
        photos: uint8 [height, width, 3] by their SHA-256; where ``start`` is a Photo, its pixels must be among them.

    Raises:
        UserError: no such sample, or the photo is missing or has another hash.
    """
    match start:
        case Noise():
            return (rng.uniform(size=(start.height, start.width, 3)) + 100).astype(np.float32)
        case Sample():
            return scaled(sample(start.name), start.longest_side).astype(np.float32)
        case Photo():
            photo = (photos or {}).get(start.sha256)
            if photo is None:
                raise UserError("This recipe needs a photo that is not here: give that photo too.")
            if pixels_sha256(photo) != start.sha256:
                raise UserError("This is not the photo that the recipe names.")
            return scaled(photo, start.longest_side).astype(np.float32)


def sample(name: str) -> np.ndarray:
    """A sample photo from scikit-image, uint8 [height, width, 3]; raises UserError if there is none of this name."""
    if name not in SAMPLES:
        raise UserError(f"There is no sample named {name}: choose {', '.join(SAMPLES)}.")
    import skimage.data  # late: the import takes a while

    return getattr(skimage.data, name)()


def check_shortest_side(starts: Iterable[Start], photos: Photos) -> None:
    """Raises UserError if a photo's shorter side would be below this server's ``min_side``.

    Like all limits of the settings it is checked for new renders, never for stored ones.
    """
    for start in starts:
        pixels = _unscaled(start, photos)
        if pixels is None or isinstance(start, Noise):
            continue
        width, height = _scaled_size(pixels, start.longest_side)
        if min(width, height) < settings().min_side:
            raise UserError(
                f"The picture would be {width}x{height} pixels: its short side must have at least "
                f"{settings().min_side}. Choose a larger size or a less narrow picture."
            )


def _unscaled(start: Start, photos: Photos) -> np.ndarray | None:
    """The pixels of a sample or of a photo; None for noise and missing photos."""
    match start:
        case Sample():
            return sample(start.name)
        case Photo():
            return photos.get(start.sha256)
    return None


def _scaled_size(pixels: np.ndarray, longest_side: int) -> tuple[int, int]:
    """Width and height after scaling the longest side to ``longest_side`` pixels."""
    height, width = pixels.shape[:2]
    factor = longest_side / max(height, width)
    return max(1, round(width * factor)), max(1, round(height * factor))


def scaled(pixels: np.ndarray, longest_side: int) -> np.ndarray:
    """uint8 [height, width, 3] scaled to a longest side of ``longest_side`` pixels, keeping the aspect ratio."""
    height, width = pixels.shape[:2]
    size = _scaled_size(pixels, longest_side)
    if size == (width, height):
        return pixels
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))


def pixels_sha256(pixels: np.ndarray) -> str:
    """SHA-256 of an array's shape and pixels, independent of file formats."""
    return hashlib.sha256(repr(pixels.shape).encode() + np.ascontiguousarray(pixels).tobytes()).hexdigest()
