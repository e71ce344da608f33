"""Identity of channels: a concatenation's channels are those of its inputs, a class is the feature map averaged to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dream.networks.layers import Layer

PASSING = {"Relu", "Relu6", "Identity"}
AVERAGING = PASSING | {"Mean", "AvgPool", "Reshape", "Squeeze"}


@dataclass(frozen=True)
class Unit:
    """One channel of a layer, or one class: ``tensor`` is the layer's name or that of the class output."""

    tensor: str
    index: int


@dataclass(frozen=True)
class UnitRange:
    """A range of a layer's channels: all ``count`` channels of another tensor, in their order."""

    tensor: str
    count: int


def find_unit_ranges(
    nodes: Mapping[str, Any], layers: tuple[Layer, ...], logits: str | None, classes: int
) -> dict[str, tuple[UnitRange, ...]]:
    """For each layer the tensors that its channels come from, in order; itself if they are its own.

    Args:
        nodes: of the frozen graph, by their names.
        layers: of the network, in topological order.
        logits, classes: name of the class output (None if there is none) and number of classes.
    """
    channels = {layer.name: layer.channels for layer in layers}
    unit_ranges: dict[str, tuple[UnitRange, ...]] = {
        layer.name: (UnitRange(layer.name, layer.channels),) for layer in layers
    }
    last = _behind(logits, nodes, channels, AVERAGING) if logits else None
    if logits is not None and last is not None and channels[last] == classes:
        unit_ranges[last] = (UnitRange(logits, classes),)
    for layer in layers:
        if layer.operation.startswith("Concat"):
            inputs = [name for name in nodes[layer.name].input if not name.startswith("^")]
            joined = inputs[:-1] if nodes[layer.name].op == "ConcatV2" else inputs[1:]
            found = [_behind(name, nodes, channels, PASSING) for name in joined]
            sources = [source for source in found if source is not None]
            if sources == found and sum(channels[source] for source in sources) == layer.channels:
                unit_ranges[layer.name] = tuple(run for source in sources for run in unit_ranges[source])
    return unit_ranges


def unit_of(unit_ranges: tuple[UnitRange, ...], channel: int) -> Unit:
    """The unit of a layer's channel; raises IndexError if the channel is out of range."""
    for run in unit_ranges:
        if channel < run.count:
            return Unit(run.tensor, channel)
        channel -= run.count
    raise IndexError("no such channel")


def _behind(name: str, nodes: Mapping[str, Any], channels: Mapping[str, int], passing: set[str]) -> str | None:
    """The layer reached from a tensor backwards through operations of ``passing`` only; None if there is none."""
    name = name.split(":")[0]
    while name not in channels:
        node = nodes.get(name)
        if node is None or node.op not in passing:
            return None
        name = node.input[0].split(":")[0]
    return name
