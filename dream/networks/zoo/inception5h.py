"""The book's network: GoogLeNet as Google released it in 2015, ``tensorflow_inception_graph.pb``.

It is looked for where ``DREAM_INCEPTION5H`` points, then in the cache, where :func:`dream.networks.zoo.download.fetch` puts
it. A copy of the archive or of the graph placed there by hand is used as well.
"""

from pathlib import Path

from dream.errors import UserError
from dream.networks.graph import Network
from dream.networks.preprocessing import Preprocessing
from dream.networks.user.checks import check_graph
from dream.networks.zoo.download import (
    ARCHIVE_FILE,
    GRAPH_FILE,
    LABELS_FILE,
    by_hand,
    check_hashes,
    folder,
    unpack_laid_down,
)
from dream.settings import settings

CLASSES = 1008
NATIVE_SIZE = (224, 224)  # of the class output: a 7x7 window over mixed5b, then a fixed reshape
LAYER = "mixed4d_3x3_bottleneck_pre_relu"


def ready() -> bool:
    """Whether it can be loaded without a connection."""
    pointed_at = settings().inception5h
    places = [pointed_at] if pointed_at else [folder() / GRAPH_FILE, folder() / ARCHIVE_FILE]
    return any(place.is_file() for place in places)


def load() -> Network:
    """The network; raises UserError where it is not there, damaged, or another one."""
    path = settings().inception5h
    if path is None:
        path = folder() / GRAPH_FILE
        unpack_laid_down()
        if not path.is_file():
            raise UserError(f"inception5h is not here yet: run `python -m dream fetch inception5h`, or {by_hand()}")
        check_hashes(folder())
    elif not path.is_file():
        raise UserError(f"There is no file {path}: DREAM_INCEPTION5H must point to {GRAPH_FILE}.")
    graph_def = check_graph(path.read_bytes())
    names = {node.name for node in graph_def.node}
    if not {"input", LAYER, "softmax2_pre_activation"} <= names:
        raise UserError(f"{path} is a graph, but not inception5h: give the {GRAPH_FILE} of the published archive.")
    preprocessing = Preprocessing("RGB", mean=(117.0, 117.0, 117.0))
    labels = _labels(path.parent / LABELS_FILE)
    return Network("inception5h", graph_def, "input", preprocessing, labels, NATIVE_SIZE)


def _labels(path: Path) -> tuple[str, ...]:
    """The class names beside the graph; the output's last places have none in some copies of the file."""
    if not path.is_file():
        return ()
    names = path.read_text("utf-8", errors="replace").splitlines()[:CLASSES]
    return tuple(names + [f"unnamed {index}" for index in range(len(names), CLASSES)])
