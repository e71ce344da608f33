"""Laplacian normalisation: all frequencies of a gradient made equally strong (Mordvintsev, the Deep Dream notebook)."""

from functools import cache
from typing import Any

import numpy as np

from dream.networks.tensorflow import tensorflow

BINOMIAL = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]).astype(np.float32)
KERNEL = (BINOMIAL / BINOMIAL.sum())[:, :, None, None] * np.eye(3, dtype=np.float32)


def normalised(g: np.ndarray, levels: int) -> np.ndarray:
    """A gradient, float32 [height, width, 3], with each band of its Laplacian pyramid divided by its root mean square.

    ``levels`` bands are split off, each with the frequencies of one octave; what remains is the last band.
    """
    return _normaliser(levels)(g).numpy()


@cache
def _normaliser(levels: int) -> Any:
    tf = tensorflow()

    def expand(picture: Any, like: Any) -> Any:
        return tf.nn.conv2d_transpose(picture, KERNEL * 4, tf.shape(like), 2, "SAME")

    def to_unit(band: Any) -> Any:
        return band / tf.maximum(tf.sqrt(tf.reduce_mean(tf.square(band))), 1e-10)

    @tf.function(input_signature=[tf.TensorSpec([None, None, 3], tf.float32)])
    def normalise(g: Any) -> Any:
        rest, bands = g[None], []
        for _ in range(levels):
            low = tf.nn.conv2d(rest, KERNEL, 2, "SAME")
            bands.append(rest - expand(low, rest))
            rest = low
        merged = to_unit(rest)
        for band in reversed(bands):
            merged = expand(merged, band) + to_unit(band)
        return merged[0]

    return normalise
