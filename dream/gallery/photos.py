"""Photos that recipes name, as files: a PNG each, by the SHA-256 of its pixels."""

import contextlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from dream.files import write_atomically
from dream.pictures.png import encode_png


class PhotoFiles:
    """A folder of photos."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, sha256: str, pixels: np.ndarray) -> None:
        """Keeps uint8 [height, width, 3], once; raises UserError where the folder is full or read-only."""
        if not self.path(sha256).exists():
            write_atomically(self.path(sha256), encode_png(pixels))

    def read(self, sha256: str) -> np.ndarray | None:
        """The pixels, uint8 [height, width, 3]; None where they are not kept or cannot be read."""
        try:
            with Image.open(self.path(sha256)) as image:
                return np.asarray(image.convert("RGB"))
        except OSError:
            return None

    def remove(self, sha256: str) -> None:
        """Removes a photo that nothing needs; raises OSError where the folder is read-only."""
        self.path(sha256).unlink(missing_ok=True)

    def path(self, sha256: str) -> Path:
        """Where a photo is."""
        return self._folder / f"{sha256}.png"


def named_in(paths: Iterable[Path], photos: set[str]) -> set[str]:
    """Those of the photos, by their SHA-256, that some file names, whether it can be read as a dream or not."""
    if not photos:
        return set()
    named = set()
    for path in paths:
        with contextlib.suppress(FileNotFoundError):  # somebody has just deleted it
            content = path.read_bytes()
            named |= {sha256 for sha256 in photos if sha256.encode() in content}
    return named
