"""A network as a value that travels to a worker: no file of it is needed there."""

from collections.abc import Mapping
from typing import NamedTuple

from dream.networks.graph import Network
from dream.networks.preprocessing import Preprocessing
from dream.networks.statistics import Statistics
from dream.networks.tensorflow import tensorflow


class SerializedNetwork(NamedTuple):
    """What :class:`~dream.networks.graph.Network` is made of; ``graph`` is a serialized GraphDef."""

    name: str
    graph: bytes
    input_name: str
    preprocessing: Preprocessing
    class_names: tuple[str, ...]
    native_size: tuple[int, int] | None
    class_size: tuple[int, int] | None
    statistics: Mapping[str, Statistics]


def serialize(network: Network) -> SerializedNetwork:
    """Packs a network."""
    return SerializedNetwork(
        network.name,
        network.graph_def().SerializeToString(),
        network.input_name,
        network.preprocessing,
        network.class_names,
        network.native_size,
        network.class_size,
        network.statistics,
    )


def deserialize(serialized: SerializedNetwork) -> Network:
    """The network that was serialized."""
    graph_def = tensorflow().compat.v1.GraphDef()
    graph_def.ParseFromString(serialized.graph)
    return Network(
        serialized.name,
        graph_def,
        serialized.input_name,
        serialized.preprocessing,
        serialized.class_names,
        serialized.native_size,
        serialized.class_size,
        serialized.statistics,
    )
