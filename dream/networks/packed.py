"""A network as a value that travels to a worker: no file of it is needed there."""

from typing import NamedTuple

from dream.networks.graph import Network, Preprocessing
from dream.networks.tensorflow import tensorflow


class PackedNetwork(NamedTuple):
    """What :class:`~dream.networks.graph.Network` is made of; ``graph`` is a serialized GraphDef."""

    name: str
    graph: bytes
    input_name: str
    preprocessing: Preprocessing
    class_names: tuple[str, ...]
    native_size: tuple[int, int] | None


def pack(network: Network) -> PackedNetwork:
    """Packs a network."""
    return PackedNetwork(
        network.name,
        network.graph_def().SerializeToString(),
        network.input_name,
        network.preprocessing,
        network.class_names,
        network.native_size,
    )


def unpack(packed: PackedNetwork) -> Network:
    """The network that was packed."""
    graph_def = tensorflow().compat.v1.GraphDef()
    graph_def.ParseFromString(packed.graph)
    return Network(
        packed.name, graph_def, packed.input_name, packed.preprocessing, packed.class_names, packed.native_size
    )
