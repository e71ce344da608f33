"""A large picture that is worked on tile by tile: its logits, and a smaller copy to look at meanwhile."""

import numpy as np
import scipy.ndimage
from PIL import Image

SHOWN_SIDE = 1280  # pixels: the longest side of the copy, at the most
ENDS = np.float32(0.01)  # a picture's black and white are brought this far from the ends, so that logits are finite
BLUR = 0.8  # deviation, in pixels before they are enlarged, of the colours without the light
STRIP = 128  # rows worked on at a time: big pictures leave no room for copies of their size


class Canvas:
    """A picture as logits (light 0..1 -> log(x / (1 - x))), float32 [height, width, 3]; no other copy is of its size.

    Attributes:
        shown: the picture as it is, reduced, float32 [rows, columns, 3], RGB 0..255.
    """

    def __init__(self, picture: np.ndarray, size: tuple[int, int]) -> None:
        """Begins with a picture, float32 [rows, columns, 3], RGB 0..255, enlarged to a height and width.

        The light is enlarged as it is (bicubic), the colours a little blurred, as eyes see them: enlarged, a dream's
        fine noise of colours would be specks.
        """
        self._size, (height, width) = size, size
        self._logits = np.empty((height, width, 3), np.float32)
        light = picture.mean(axis=-1)
        for colour in range(3):
            plane = Image.fromarray(light + scipy.ndimage.gaussian_filter(picture[..., colour] - light, BLUR))
            self._logits[..., colour] = np.asarray(plane.resize((width, height), Image.Resampling.BICUBIC))
        self._block = -(-max(size) // SHOWN_SIDE)  # pixels a side of which the copy has one
        self.shown = np.empty((-(-height // self._block), -(-width // self._block), 3), np.float32)
        for top in range(0, height, STRIP):
            strip = self._logits[top : top + STRIP]
            np.clip(strip / 255, ENDS, 1 - ENDS, out=strip)
            np.log(strip / (1 - strip), out=strip)
        for top in range(0, height, STRIP):
            self._show(slice(top, top + STRIP), slice(None))

    def pixels(self, rows: range, columns: range) -> np.ndarray:
        """A tile, float32 [rows, columns, 3], RGB within 0..255; beyond the borders the picture is mirrored."""
        return _light(self._logits[np.ix_(_mirrored(rows, self._size[0]), _mirrored(columns, self._size[1]))])

    def add(self, rows: range, columns: range, change: np.ndarray) -> None:
        """Changes the logits of a tile, as far as it lies within the borders; shown at once."""
        (own_rows, down), (own_columns, across) = (_within(*each) for each in zip((rows, columns), self._size))
        self._logits[own_rows, own_columns] += change[down, across]
        self._show(own_rows, own_columns)

    def finish(self) -> np.ndarray:
        """The whole picture, float32 [height, width, 3], RGB within 0..255; the canvas is used up by it."""
        for top in range(0, len(self._logits), STRIP):
            strip = self._logits[top : top + STRIP]
            strip[:] = _light(strip)
        return self._logits

    def _show(self, rows: slice, columns: slice) -> None:
        """Brings the smaller copy up to date where these pixels are: each of its own is the mean of a block."""
        block = self._block
        (top, bottom), (left, right) = (
            (first // block, -(-last // block))
            for first, last, _ in (each.indices(length) for each, length in zip((rows, columns), self._size))
        )
        light = _light(self._logits[top * block : bottom * block, left * block : right * block])
        lines = np.add.reduceat(light, range(0, light.shape[0], block), axis=0)
        sums = np.add.reduceat(lines, range(0, light.shape[1], block), axis=1)
        down, across = (np.diff([*range(0, length, block), length]) for length in light.shape[:2])
        self.shown[top:bottom, left:right] = sums / (down[:, None, None] * across[:, None]).astype(np.float32)


def _light(logits: np.ndarray) -> np.ndarray:
    return 255 / (1 + np.exp(-logits))


def _within(places: range, length: int) -> tuple[slice, slice]:
    """Those of some places in a row that are within the borders, and which of them these are."""
    first, last = max(places.start, 0), min(places.stop, length)
    return slice(first, last), slice(first - places.start, last - places.start)


def _mirrored(places: range, length: int) -> np.ndarray:
    """Places beyond the borders brought back as a mirror at the border does: -1 is 0, ``length`` is the last."""
    indices = np.arange(places.start, places.stop) % (2 * length)
    return np.minimum(indices, 2 * length - 1 - indices)
