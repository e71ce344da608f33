"""Pictures at several sizes."""

import numpy as np

from dream.networks.tensorflow import tensorflow


def resize(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    """Bilinear resize of float32 [height, width, 3], as TensorFlow 1's ``resize_bilinear`` did it.

    Pixels are aligned at the top left corner, so that shrinking and growing again moves nothing. It is what the
    published notebooks use, and what keeps dreams comparable with theirs.
    """
    return tensorflow().raw_ops.ResizeBilinear(images=picture[None], size=[height, width]).numpy()[0]


def split_octaves(picture: np.ndarray, octaves: int, scale: float) -> tuple[np.ndarray, list[np.ndarray]]:
    """Splits a picture into its smallest size and the details lost on the way there, smallest first.

    ``resize(small, *detail.shape[:2]) + detail`` for each detail in turn gives the picture back.
    """
    details = []
    for _ in range(octaves - 1):
        height, width = (np.float32(picture.shape[:2]) / np.float32(scale)).astype(int)
        smaller = resize(picture, max(height, 1), max(width, 1))
        details.insert(0, picture - resize(smaller, *picture.shape[:2]))
        picture = smaller
    return picture, details
