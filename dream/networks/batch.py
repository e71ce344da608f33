"""Gradients of several pictures at once, each by a unit of its own: what an atlas is made with."""

from collections.abc import Callable
from typing import Any

import numpy as np

from dream.networks.graph import Network
from dream.networks.tensorflow import tensorflow

LEAK = 0.1  # of a ReLU's slope where it lets nothing through: a channel that says nothing yet still has a direction


def units_gradient(
    network: Network, tensor: str, apart: float
) -> Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]:
    """A function from pictures, the index of each one's channel or class, and a ghost's factors to the gradients.

    It takes float32 [pictures, height, width, 3], RGB 0..255, int32 [pictures] and float32
    [``network.ghost_channels((tensor,))``], and returns float32 of the pictures' shape.

    Args:
        network: the one to look into.
        tensor: a layer of it, whose channel's mean is followed, or its class output, whose logit is.
        apart: share of what all classes answer that is taken off a logit (:class:`dream.recipe.Class`).
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
        if tensor == network.logits:
            found = tf.reshape(found, [tf.shape(pictures)[0], -1])
            scores = tf.gather(found, indices, axis=1, batch_dims=1) - apart * tf.reduce_logsumexp(found, axis=1)
        else:
            scores = tf.gather(tf.reduce_mean(_leaking(found), [1, 2]), indices, axis=1, batch_dims=1)
        return tf.gradients(scores, pictures)[0]

    run = gradient.get_concrete_function()
    return lambda pictures, indices, factors: run(*map(tf.constant, (pictures, indices, factors))).numpy()


def _leaking(tensor: Any) -> Any:
    tf = tensorflow()
    match tensor.op.type:
        case "Relu":
            return tf.nn.leaky_relu(tensor.op.inputs[0], LEAK)
        case "ConcatV2" if tf.get_static_value(tensor.op.inputs[-1]) in (-1, tensor.shape.rank - 1):
            return tf.concat([_leaking(unit) for unit in tensor.op.inputs[:-1]], -1)
    return tensor
