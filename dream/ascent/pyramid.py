"""Pictures at several sizes."""

from collections.abc import Iterator

import numpy as np

Size = tuple[int, int]
STRIP = 128  # rows worked on at a time: big pictures leave no room for copies of their size


def resize(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    """Bilinear resize of [height, width, channels] to float32, as TensorFlow 1's ``resize_bilinear`` did it, to the bit.

    Pixels are aligned at the top left corner, so that shrinking and growing again moves nothing. It is what the
    published notebooks use, and what keeps dreams comparable with theirs.
    """
    resized = np.empty((height, width, picture.shape[2]), np.float32)
    for rows in _strips(height):
        resized[rows] = _resized_rows(picture, height, width, rows)
    return resized


class _Resized:
    """A resized picture whose rows are worked out when they are asked for: it takes no memory of its own."""

    def __init__(self, picture: np.ndarray, height: int, width: int) -> None:
        self.shape = (height, width, picture.shape[2])
        self._picture = picture

    def __getitem__(self, rows: np.ndarray) -> np.ndarray:
        return _resized_rows(self._picture, *self.shape[:2], rows)


def _resized_rows(picture: np.ndarray | _Resized, height: int, width: int, rows: slice | np.ndarray) -> np.ndarray:
    """Some rows of the resized picture, float32."""
    above, below, down = (values[rows] for values in _neighbours(height, picture.shape[0]))
    left, right, across = _neighbours(width, picture.shape[1])

    def at(lines: np.ndarray) -> np.ndarray:
        source = picture[lines].astype(np.float32)
        on_the_left = source.take(left, axis=1)
        return on_the_left + (source.take(right, axis=1) - on_the_left) * across[:, None]

    upper = at(above)
    return upper + (at(below) - upper) * down[:, None, None]


def _neighbours(length: int, source: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each of ``length`` pixels the two of the source that it lies between, and how far along, 0..1."""
    place = np.arange(length, dtype=np.float32) * (np.float32(source) / np.float32(length))
    first = np.floor(place)
    index = first.astype(int)
    return np.minimum(index, source - 1), np.minimum(index + 1, source - 1), place - first


def _strips(height: int) -> Iterator[slice]:
    return (slice(top, top + STRIP) for top in range(0, height, STRIP))


def octave_sizes(height: int, width: int, octaves: int, scale: float, growing: bool) -> list[Size]:
    """(height, width) of each octave, small to large: growing from this size, or shrinking so that the last has it."""
    sizes = [(height, width)]
    for _ in range(octaves - 1):
        factor = np.float32(scale)
        size = np.array(sizes[-1], np.float32)
        high, wide = (size * factor if growing else size / factor).astype(int).tolist()
        sizes.append((high, wide))
    return sizes if growing else sizes[::-1]


class Details:
    """What a photo loses when it is shrunk, to be put back when it grows.

    Keeps the photo alone and works a detail out when it is put back: all of them at once would take as much memory
    as two more photos.

    Args:
        photo: float32 [height, width, 3].
        sizes: of the octaves, small to large; the last is the photo's own.
    """

    def __init__(self, photo: np.ndarray, sizes: list[Size]) -> None:
        self._sizes = sizes
        as_bytes = photo.astype(np.uint8)  # photos are made of bytes: a quarter of the memory
        exact = all(np.array_equal(row, given) for row, given in zip(as_bytes, photo))
        self._photo = as_bytes if exact else photo

    def smallest(self) -> np.ndarray:
        """The photo at the first octave's size, float32."""
        return self._at(0).astype(np.float32)

    def grow(self, picture: np.ndarray, octave: int) -> np.ndarray:
        """A picture of the octave before, grown to this octave's size, with the detail that the photo lost there."""
        size = self._sizes[octave]
        own = self._at(octave)
        smaller = _Resized(own, *self._sizes[octave - 1])
        grown = np.empty((*size, 3), np.float32)
        for rows in _strips(size[0]):
            detail = own[rows] - _resized_rows(smaller, *size, rows)
            grown[rows] = _resized_rows(picture, *size, rows) + detail
        if octave == len(self._sizes) - 1:
            self._photo = np.empty((0, 0, 3), np.uint8)  # no detail is left to be put back: its memory is free
        return grown

    def _at(self, octave: int) -> np.ndarray:
        """The photo shrunk octave by octave, as the notebook does."""
        photo = self._photo
        for size in reversed(self._sizes[octave:-1]):
            photo = resize(photo, *size)
        return photo
