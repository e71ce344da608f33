"""Small pictures of kept dreams, made when they are first looked at."""

import contextlib
from pathlib import Path

import numpy as np
from PIL import Image

from dream.errors import UserError
from dream.files import sweep, write_atomically
from dream.pictures.display import preview

SIDE = 320
MOST_BYTES = 40_000


class Thumbnails:
    """The folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        sweep(folder)

    def of(self, png: Path) -> bytes | None:
        """A JPEG of at most 40 kB; None where the picture is gone."""
        path = self.path(png)
        with contextlib.suppress(FileNotFoundError):
            return path.read_bytes()
        try:
            with Image.open(png) as image:
                pixels = np.asarray(image.convert("RGB"))
        except OSError:
            return None
        thumbnail = _small(pixels)
        with contextlib.suppress(UserError):  # where there is no room to keep it, it is made again
            write_atomically(path, thumbnail)
        return thumbnail

    def path(self, png: Path) -> Path:
        """Where the thumbnail of a picture is kept."""
        return self._folder / f"{png.stem}.jpg"


def _small(pixels: np.ndarray) -> bytes:
    for quality in (85, 70, 55, 40, 25):
        jpeg = preview(pixels, SIDE, quality)
        if len(jpeg) <= MOST_BYTES:
            return jpeg
    return preview(pixels, SIDE // 2, 50)
