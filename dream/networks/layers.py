"""The layers and the class output of a graph, found by its structure alone."""

import difflib
from dataclasses import dataclass, replace
from typing import Any

from dream.errors import UserError

CONVOLUTIONS = {"Conv2D", "DepthwiseConv2dNative"}
ADDITIONS = {"Add", "AddV2", "AddN"}
BLOCKS = {"Concat", "ConcatV2"} | ADDITIONS
# Linear operations between a convolution and its activation: a bias, or a batch normalisation, folded or not.
LINEAR = {"BiasAdd", "BiasAddV1", "Add", "AddV2", "Sub", "Mul", "RealDiv", "Identity"}
ACTIVATIONS = {"Relu", "Relu6"}
NORMALISATIONS = {"FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3", "BatchNormWithGlobalNormalization"}


@dataclass(frozen=True)
class Layer:
    """A 4-D tensor [batch, height, width, channel] of a network.

    Attributes:
        name: of the tensor; for a convolution the tensor before the activation.
        operation: ``Conv2D``, ``DepthwiseConv2dNative``, or the block's ``Concat``, ``AddV2`` and the like.
        channels: how many feature maps.
        depth: convolutions on the longest way from the input, itself included; 1 is the shallowest.
        hidden: an inner step of an inverted bottleneck (:func:`find_layers`): found by its name, but not listed.
    """

    name: str
    operation: str
    channels: int
    depth: int
    hidden: bool = False


def find_layer(network: str, layers: tuple[Layer, ...], name: str) -> Layer:
    """The layer of this name; raises UserError, which calls the network by its name, where there is none."""
    for layer in layers:
        if layer.name == name:
            return layer
    near = difflib.get_close_matches(name, [layer.name for layer in layers], n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else f"`python -m dream layers {network}` lists them."
    raise UserError(f"{network} has no layer named {name}: {hint}")


def find_layers(graph: Any) -> tuple[Layer, ...]:
    """The layers of a ``tf.Graph`` in its order: convolutions before their activation, and block outputs.

    In an inverted bottleneck (MobileNetV2, Sandler et al. 2018, arXiv:1801.04381) two layers are hidden: the depthwise
    convolution, each channel of which looks at one channel of the expansion before it, and the narrow linear
    convolution behind it, where nothing but an addition takes it: the sum, which is listed, shows more.
    """
    depths = _depths(graph)
    layers: dict[str, Layer] = {}
    for operation in graph.get_operations():
        if operation.name not in depths:
            continue
        if operation.type in CONVOLUTIONS:
            tensor = _before_activation(operation, depths)
        elif operation.type in BLOCKS and _joins_feature_maps(operation, depths):
            tensor = operation.outputs[0]
        else:
            continue
        if tensor.shape.rank == 4 and tensor.shape[-1] is not None:
            layer = Layer(tensor.op.name, operation.type, tensor.shape[-1], depths[operation.name])
            layers.setdefault(layer.name, layer)
    hidden = _inner_steps(graph, depths)
    return tuple(replace(layer, hidden=layer.name in hidden) for layer in layers.values())


def find_logits(graph: Any) -> str | None:
    """The name of the class output, the vector before the last softmax; None where there is none.

    Without a softmax it is the last vector that a dense layer makes and nothing else takes.
    """
    depths = _depths(graph)
    operations = [operation for operation in reversed(graph.get_operations()) if depths.get(operation.name)]
    for operation in operations:
        if operation.type == "Softmax" and _is_vector(operation.inputs[0]):
            return operation.inputs[0].op.name
    for operation in operations:
        if operation.type in LINEAR | {"MatMul"} and _is_vector(operation.outputs[0]) and _is_last(operation):
            return operation.name
    return None


def _is_vector(tensor: Any) -> bool:
    return tensor.shape.rank == 2 and tensor.shape[-1] is not None and tensor.op.outputs[0] is tensor


def _is_last(operation: Any) -> bool:
    consumers = operation.outputs[0].consumers()
    return all(consumer.type in {"Identity", "Sigmoid"} and _is_last(consumer) for consumer in consumers)


def _before_activation(convolution: Any, depths: dict[str, int]) -> Any:
    """The input of a convolution's activation: follows bias and batch normalisation as long as there is one consumer."""
    tensor = convolution.outputs[0]
    while len(consumers := tensor.consumers()) == 1:
        (consumer,) = consumers
        others = [other for other in consumer.inputs if other is not tensor]
        by_constants = all(other.op.name not in depths for other in others) and consumer.inputs.count(tensor) == 1
        if not (consumer.type in LINEAR | NORMALISATIONS and by_constants):
            break
        tensor = consumer.outputs[0]
    return tensor


def _inner_steps(graph: Any, depths: dict[str, int]) -> set[str]:
    """The names of the layers to hide: see :func:`find_layers`."""
    found = set()
    for operation in graph.get_operations():
        if operation.type != "DepthwiseConv2dNative" or operation.name not in depths:
            continue
        deep = _before_activation(operation, depths)
        narrow = _only_consumer(deep)
        if narrow is not None and narrow.type in ACTIVATIONS:
            narrow = _only_consumer(narrow.outputs[0])
        if narrow is None or narrow.type != "Conv2D":
            continue
        linear = _before_activation(narrow, depths)
        is_linear = not any(consumer.type in ACTIVATIONS for consumer in linear.consumers())
        if is_linear and None not in (linear.shape[-1], deep.shape[-1]) and linear.shape[-1] < deep.shape[-1]:
            found.add(deep.op.name)
            added = _only_consumer(linear)
            if added is not None and added.type in ADDITIONS:
                found.add(linear.op.name)
    return found


def _only_consumer(tensor: Any) -> Any:
    """The operation that takes this tensor; None where several do, or none."""
    consumers = tensor.consumers()
    return consumers[0] if len(consumers) == 1 else None


def _joins_feature_maps(operation: Any, depths: dict[str, int]) -> bool:
    return sum(tensor.shape.rank == 4 and tensor.op.name in depths for tensor in operation.inputs) >= 2


def _depths(graph: Any) -> dict[str, int]:
    """For each operation that depends on the picture: convolutions on the longest path from it, itself included."""
    depths: dict[str, int] = {}
    for operation in graph.get_operations():  # in topological order: import_graph_def adds inputs first
        above = [depths[tensor.op.name] for tensor in operation.inputs if tensor.op.name in depths]
        if above or operation.type == "Placeholder":
            depths[operation.name] = max(above, default=0) + (operation.type in CONVOLUTIONS)
    return depths
