"""Finds the layers and the class output in a graph, by its structure alone."""

from dataclasses import dataclass
from typing import Any

CONVOLUTIONS = {"Conv2D", "DepthwiseConv2dNative"}
BLOCKS = {"Concat", "ConcatV2", "Add", "AddV2"}


@dataclass(frozen=True)
class Layer:
    """A 4-D tensor [batch, height, width, channel] of a network.

    Attributes:
        name: of the tensor; for a convolution the tensor before the activation.
        operation: ``Conv2D``, ``DepthwiseConv2dNative``, or the block's ``Concat``, ``ConcatV2``, ``Add``, ``AddV2``.
        channels: how many feature maps.
        depth: convolutions on the longest way from the input, itself included; 1 is the shallowest.
    """

    name: str
    operation: str
    channels: int
    depth: int


def find_layers(graph: Any) -> tuple[Layer, ...]:
    """The layers of a ``tf.Graph`` in its order: convolutions before their activation, and block outputs."""
    depths = _depths(graph)
    layers = []
    for operation in graph.get_operations():
        if operation.type in CONVOLUTIONS:
            tensor = _before_activation(operation)
        elif operation.type in BLOCKS and _joins_feature_maps(operation):
            tensor = operation.outputs[0]
        else:
            continue
        if tensor.shape.rank == 4 and tensor.shape[-1] is not None:
            layers.append(Layer(tensor.op.name, operation.type, tensor.shape[-1], depths[operation.name]))
    return tuple(layers)


def find_logits(graph: Any) -> str | None:
    """The name of the class output, the vector before the last softmax; None where there is none."""
    for operation in reversed(graph.get_operations()):
        if operation.type == "Softmax" and operation.inputs[0].shape.rank == 2:
            return operation.inputs[0].op.name
    return None


def _before_activation(convolution: Any) -> Any:
    tensor = convolution.outputs[0]
    consumers = tensor.consumers()
    if len(consumers) == 1 and consumers[0].type == "BiasAdd":
        return consumers[0].outputs[0]
    return tensor


def _joins_feature_maps(operation: Any) -> bool:
    return sum(tensor.shape.rank == 4 and tensor.op.type != "Const" for tensor in operation.inputs) >= 2


def _depths(graph: Any) -> dict[str, int]:
    depths: dict[str, int] = {}
    for operation in graph.get_operations():  # in topological order: import_graph_def adds inputs first
        above = max((depths.get(tensor.op.name, 0) for tensor in operation.inputs), default=0)
        depths[operation.name] = above + (operation.type in CONVOLUTIONS)
    return depths
