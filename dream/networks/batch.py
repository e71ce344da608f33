"""Gradients of several pictures at once, each by a unit of its own: what an atlas is made with."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from dream.networks.graph import Network
from dream.networks.tensorflow import tensorflow


class BatchScores(NamedTuple):
    """What gradients are taken of: ``value`` turns tensors of these names, [pictures, …], and the index of each picture's
    unit, int32 [pictures], into one number a picture."""

    tensors: tuple[str, ...]
    value: Callable[..., Any]


def batch_gradient(network: Network, scores: BatchScores) -> Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]:
    """A function from pictures, the index of each one's unit, and a ghost's factors to the gradients.

    It takes float32 [pictures, height, width, 3], RGB 0..255, int32 [pictures] and float32
    [``network.ghost_channels(scores.tensors)``], and returns float32 of the pictures' shape.
    """
    tf = tensorflow()
    signature = [
        tf.TensorSpec([None, None, None, 3], tf.float32),
        tf.TensorSpec([None], tf.int32),
        tf.TensorSpec([network.ghost_channels(scores.tensors)], tf.float32),
    ]

    @tf.function(input_signature=signature, autograph=False)
    def gradient(pictures: Any, indices: Any, factors: Any) -> Any:
        found = network.imported(pictures, scores.tensors, factors)
        return tf.gradients(scores.value(*found, indices), pictures)[0]

    run = gradient.get_concrete_function()
    return lambda pictures, indices, factors: run(*map(tf.constant, (pictures, indices, factors))).numpy()
