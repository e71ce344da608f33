"""Gradients of several pictures at once, each by a unit of its own: what an atlas is made with."""

from collections.abc import Callable
from typing import Any

import numpy as np

from dream.networks.graph import Network
from dream.networks.tensorflow import tensorflow

Scores = Callable[[Any, Any], Any]


def batch_gradient(
    network: Network, tensor: str, scores: Scores
) -> Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]:
    """A function from pictures, the index of each one's unit, and a ghost's factors to the gradients.

    It takes float32 [pictures, height, width, 3], RGB 0..255, int32 [pictures] and float32
    [``network.ghost_channels((tensor,))``], and returns float32 of the pictures' shape.

    Args:
        network: the one to look into.
        tensor: of the network.
        scores: from that tensor, [pictures, …], and the indices to one number a picture.
    """
    tf = tensorflow()
    signature = [
        tf.TensorSpec([None, None, None, 3], tf.float32),
        tf.TensorSpec([None], tf.int32),
        tf.TensorSpec([network.ghost_channels((tensor,))], tf.float32),
    ]

    @tf.function(input_signature=signature, autograph=False)
    def gradient(pictures: Any, indices: Any, factors: Any) -> Any:
        (found,) = network.imported(pictures, (tensor,), factors)
        return tf.gradients(scores(found, indices), pictures)[0]

    run = gradient.get_concrete_function()
    return lambda pictures, indices, factors: run(*map(tf.constant, (pictures, indices, factors))).numpy()
