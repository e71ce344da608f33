"""The book's network: GoogLeNet as Google released it in 2015, ``tensorflow_inception_graph.pb``.

It is looked for where ``DREAM_INCEPTION5H`` points, then in the cache, where :func:`dream.networks.download.fetch` puts
it. A copy of the archive or of the graph that somebody laid there by hand is as good.
"""

import hashlib
from pathlib import Path

from dream.errors import UserError
from dream.networks.checks import check_graph
from dream.networks.graph import Network, Preprocessing
from dream.networks.standin import CLASSES, GRAPH_FILE, LABELS_FILE
from dream.settings import Settings, settings

ARCHIVE_FILE = "inception5h.zip"
PUBLISHED = Settings.model_fields["inception5h_sha256"].default
# What the published archive holds. Another archive (DREAM_INCEPTION5H_SHA256) vouches for its content by its own hash.
HASHES = {
    GRAPH_FILE: "a39b08b826c9d5a5532ff424c03a3a11a202967544e389aca4b06c2bd8aef63f",
    LABELS_FILE: "da2a31ecfe9f212ae8dd07379b11a74cb2d7a110eba12c5fc8c862a65b8e6606",
}
NATIVE_SIZE = (224, 224)  # of the class output: a 7x7 window over mixed5b, then a fixed reshape
LAYER = "mixed4d_3x3_bottleneck_pre_relu"


def ready() -> bool:
    """Whether it can be loaded without a connection."""
    return settings().inception5h is not None or any((folder() / name).is_file() for name in (GRAPH_FILE, ARCHIVE_FILE))


def load() -> Network:
    """The network; raises UserError where it is not there, damaged, or another one."""
    from dream.networks.download import unpack_laid_down

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


def folder() -> Path:
    """Where it is kept: a folder of its own for each archive that may stand for it."""
    expected = settings().inception5h_sha256
    return settings().cache / ("inception5h" if expected == PUBLISHED else f"inception5h-{expected[:12]}")


def by_hand() -> str:
    """What to do without a connection, as the end of a sentence."""
    return (
        f"without a connection, download {settings().inception5h_url} elsewhere and put {ARCHIVE_FILE} into {folder()}; "
        "SqueezeNet works meanwhile."
    )


def check_hashes(place: Path) -> None:
    """Removes what is not as published, and raises UserError then."""
    if settings().inception5h_sha256 != PUBLISHED:
        return
    for name, expected in HASHES.items():
        path = place / name
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            path.unlink()
            raise UserError(
                f"{name} was damaged or is not the published one, and was removed: fetch inception5h again."
            )


def _labels(path: Path) -> tuple[str, ...]:
    """The class names beside the graph; the output's last places have none in some copies of the file."""
    if not path.is_file():
        return ()
    names = path.read_text("utf-8", errors="replace").splitlines()[:CLASSES]
    return tuple(names + [f"unnamed {index}" for index in range(len(names), CLASSES)])
