"""Pictures at several sizes."""

import numpy as np

from dream.networks.tensorflow import tensorflow

Size = tuple[int, int]


def resize(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    """Bilinear resize of float32 [height, width, channels], as TensorFlow 1's ``resize_bilinear`` did it.

    Pixels are aligned at the top left corner, so that shrinking and growing again moves nothing. It is what the
    published notebooks use, and what keeps dreams comparable with theirs.
    """
    return tensorflow().raw_ops.ResizeBilinear(images=picture[None], size=[height, width]).numpy()[0]


def octave_sizes(height: int, width: int, octaves: int, scale: float, growing: bool) -> list[Size]:
    """(height, width) of each octave, small to large: growing from this size, or shrinking so that the last has it."""
    sizes = [(height, width)]
    for _ in range(octaves - 1):
        factor = np.float32(scale)
        size = np.float32(sizes[-1])
        high, wide = (size * factor if growing else size / factor).astype(int).tolist()
        sizes.append((high, wide))
    return sizes if growing else sizes[::-1]


class Details:
    """What a photo loses when it is shrunk, to be put back when it grows.

    Keeps the photo alone and works the details out when they are asked for, one colour at a time: all of them at
    once would take as much memory as two more photos.

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
        return np.stack([self._at(0, colour)[..., 0] for colour in range(3)], -1)

    def grow(self, picture: np.ndarray, octave: int) -> np.ndarray:
        """A picture of the octave before, grown to this octave's size, with the detail that the photo lost there."""
        size = self._sizes[octave]
        grown = np.empty((*size, 3), np.float32)
        for colour in range(3):
            own = self._at(octave, colour)
            own -= resize(resize(own, *self._sizes[octave - 1]), *size)
            own += resize(picture[..., colour : colour + 1], *size)
            grown[..., colour] = own[..., 0]
        return grown

    def _at(self, octave: int, colour: int) -> np.ndarray:
        """A colour of the photo, float32 [height, width, 1], shrunk octave by octave as the notebook does."""
        photo = self._photo[..., colour : colour + 1].astype(np.float32)
        for size in reversed(self._sizes[octave:-1]):
            photo = resize(photo, *size)
        return photo
