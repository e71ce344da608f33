"""What gradients are taken of, and how they become faster: channels that the score does not need are not computed."""

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

import numpy as np

from dream.networks.tensorflow import tensorflow


class Scalar(NamedTuple):
    """What a gradient is taken of: ``value`` turns the network's tensors of these names into one number.

    ``arguments`` are whole numbers that follow the tensors, a class's index for example. They are no part of ``key``:
    scalars of one key share a gradient function, whose building takes long.
    """

    tensors: tuple[str, ...]
    value: Callable[..., Any]
    key: Hashable
    arguments: tuple[int, ...] = ()


def single_channel(tensor: Any, channel: int) -> Any:
    """``tensor[..., channel:channel + 1]`` without computing the other channels, where the graph allows it.

    A convolution with a constant kernel is reduced to one filter, the operations after it to one channel. The skipped
    channels have a gradient of zero, so the result is the same.

    Args:
        tensor: of a frozen graph, inside the ``tf.Graph`` that is being built.
        channel: 0 to channels - 1.
    """
    tf = tensorflow()
    operation = tensor.op
    inputs = operation.inputs
    constant = tf.get_static_value(inputs[1]) if len(inputs) == 2 else None
    match operation.type:
        case "Relu":
            return tf.nn.relu(single_channel(inputs[0], channel))
        case "Relu6":
            return tf.nn.relu6(single_channel(inputs[0], channel))
        case "BiasAdd" if constant is not None and _channels_last(operation):
            return tf.nn.bias_add(single_channel(inputs[0], channel), constant[channel : channel + 1])
        case "Conv2D" if constant is not None and _channels_last(operation):
            return tf.nn.conv2d(
                inputs[0],
                np.ascontiguousarray(constant[..., channel : channel + 1]),
                operation.get_attr("strides"),
                _padding(operation),
                dilations=operation.get_attr("dilations"),
            )
        case "ConcatV2" if tf.get_static_value(inputs[-1]) in (-1, tensor.shape.rank - 1):
            for part in inputs[:-1]:
                if channel < part.shape[-1]:
                    return single_channel(part, channel)
                channel -= part.shape[-1]
        case "Mean" if constant is not None and tensor.shape.rank == 2 and sorted(np.ravel(constant)) == [1, 2]:
            return tf.reduce_mean(single_channel(inputs[0], channel), [1, 2])
    return tensor[..., channel : channel + 1]


def _channels_last(operation: Any) -> bool:
    return operation.get_attr("data_format") == b"NHWC"


def _padding(operation: Any) -> Any:
    padding = operation.get_attr("padding").decode()
    return np.reshape(operation.get_attr("explicit_paddings"), (4, 2)) if padding == "EXPLICIT" else padding
