"""Thumbnails of stored dreams, made on first use."""

import contextlib
from pathlib import Path

import numpy as np
from PIL import Image

from dream.errors import UserError
from dream.files import read_regular, regular, remove_stale_temporaries, write_atomically
from dream.pictures.display import preview

SIDE = 320
MOST_BYTES = 40_000


class Thumbnails:
    """The folder of thumbnails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        remove_stale_temporaries(folder)

    def of(self, png: Path) -> bytes | None:
        """The thumbnail of a picture, a JPEG of at most 40 kB and 320 pixels a side; None if the picture is missing."""
        path = self.path(png)
        with contextlib.suppress(OSError):
            return read_regular(path)
        try:
            with regular(png) as file, Image.open(file) as image:
                pixels = np.asarray(image.convert("RGB"))
        except OSError:
            return None
        thumbnail = _small(pixels)
        with contextlib.suppress(UserError):  # the disk is full: it is made again the next time
            write_atomically(path, thumbnail)
        return thumbnail

    def path(self, png: Path) -> Path:
        """Path of the thumbnail of a picture."""
        return self._folder / f"{png.stem}.jpg"


def _small(pixels: np.ndarray) -> bytes:
    for quality in (85, 70, 55, 40, 25):
        jpeg = preview(pixels, SIDE, quality)
        if len(jpeg) <= MOST_BYTES:
            return jpeg
    return preview(pixels, SIDE // 2, 50)
