"""Photos that recipes name, as PNG files named by the SHA-256 of their pixels."""

import contextlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from dream.files import read_regular, regular, write_atomically
from dream.pictures.png import encode_png


class PhotoFiles:
    """A folder of photos."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, sha256: str, pixels: np.ndarray) -> None:
        """Writes uint8 [height, width, 3] unless it is there; raises UserError if the folder is full or read-only."""
        if not self.path(sha256).exists():
            write_atomically(self.path(sha256), encode_png(pixels))

    def read(self, sha256: str) -> np.ndarray | None:
        """The pixels, uint8 [height, width, 3]; None if the file is missing or unreadable."""
        try:
            with regular(self.path(sha256)) as file, Image.open(file) as image:
                return np.asarray(image.convert("RGB"))
        except OSError:
            return None

    def remove(self, sha256: str) -> None:
        """Removes a photo if it is there; raises OSError if the folder is read-only."""
        self.path(sha256).unlink(missing_ok=True)

    def path(self, sha256: str) -> Path:
        """Path of a photo."""
        return self._folder / f"{sha256}.png"


def photos_named_in(paths: Iterable[Path], photos: set[str]) -> set[str]:
    """The photos whose SHA-256 occurs in at least one of the files, parsable or not."""
    if not photos:
        return set()
    named = set()
    for path in paths:
        with contextlib.suppress(FileNotFoundError):  # somebody has just deleted it
            content = read_regular(path)
            named |= {sha256 for sha256 in photos if sha256.encode() in content}
    return named
