"""Which channels are the same thing: a concatenation's channels are those of what it joins, a class its last map."""

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
    """``count`` channels of a layer that are those of another tensor, in their order."""

    tensor: str
    count: int


def find_unit_ranges(
    nodes: Mapping[str, Any], layers: tuple[Layer, ...], logits: str | None, classes: int
) -> dict[str, tuple[UnitRange, ...]]:
    """For each layer, where its channels come from; a layer whose channels are its own comes from itself.

    Args:
        nodes: of the frozen graph, by their names.
        layers: of the network, inputs before what takes them.
        logits, classes: the class output and its length.
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
    """The unit that a layer's channel is."""
    for run in unit_ranges:
        if channel < run.count:
            return Unit(run.tensor, channel)
        channel -= run.count
    raise IndexError("no such channel")


def _behind(name: str, nodes: Mapping[str, Any], channels: Mapping[str, int], passing: set[str]) -> str | None:
    """The layer that this tensor is, but for what only passes it on; None where there is none."""
    name = name.split(":")[0]
    while name not in channels:
        node = nodes.get(name)
        if node is None or node.op not in passing:
            return None
        name = node.input[0].split(":")[0]
    return name
