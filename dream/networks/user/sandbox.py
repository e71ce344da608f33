"""Trying a handed-in network in a process of its own: whatever it does there, the server is unharmed.

The list of operations in :mod:`dream.networks.user.checks` keeps a graph from reaching files; it cannot keep a graph from
crashing TensorFlow's C++ code, from taking all memory or from never ending. So a graph is imported and dreamt with for
one step here first: :func:`run_in_sandbox` starts :func:`main` as a process with limits and reads what it found.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import psutil
from pydantic import BaseModel

import dream
from dream.errors import UserError
from dream.networks.gradient import Scalar
from dream.networks.graph import Network
from dream.networks.tensorflow import tensorflow
from dream.networks.user.checks import check_bytes, check_graph
from dream.networks.user.freezing import first_line, free, freeze
from dream.settings import settings

FILE_MEGABYTES = 2000  # a protocol buffer cannot be larger
SIDE = 224  # of the picture that a network without a size of its own is tried with
# Height and width of more pictures, smaller, larger and not square: a graph may misbehave at some sizes alone.
OTHER_SIZES = ((64, 64), (240, 320), (448, 352))
BATCH, BATCH_PIXELS = 3, 64 * 64  # pictures at once, of no more pixels each: an atlas looks at many small ones
LEAST_BYTES = 4 * 2**30  # of memory for a trial, on machines that have less than twice that
START = "from dream.networks.user.sandbox import main; main()"
GRAPH, REPORT = "graph.pb", "report.json"
TOO_MUCH_MEMORY = "The graph needs more memory than a network may take here."
_one_at_a_time = Lock()  # a trial takes a core and gigabytes: visitors who try at once would take all of them


class Report(BaseModel):
    """What a trial found; ``problem`` is the sentence for the user where the network cannot be used."""

    problem: str | None = None
    native_size: tuple[int, int] | None = None
    layers: int = 0
    classes: int = 0


def run_in_sandbox(source: Path, folder: Path, megabytes: int = FILE_MEGABYTES) -> Report:
    """Checks and tries a model; leaves its freed, frozen graph as ``graph.pb`` in ``folder``. Takes 5 to 60 seconds.

    Args:
        source: a ``.pb`` or ``.keras`` file or a SavedModel folder.
        folder: an empty one.
        megabytes: how large a graph may be.

    Raises:
        UserError: it cannot be used, and why.
    """
    root = str(Path(dream.__file__).parents[1])
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-c", START, str(source.resolve()), str(folder), str(megabytes)]
    with _one_at_a_time, tempfile.TemporaryFile() as said:
        try:
            done = subprocess.run(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                timeout=settings().network_seconds,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise UserError(
                f"Trying {source.name} took more than {settings().network_seconds:.0f} seconds: it is too large for this "
                "machine, or never ends."
            ) from None
    report = folder / REPORT
    if not report.exists():
        raise UserError(
            f"TensorFlow broke down when {source.name} was tried (exit code {done.returncode}): it is damaged or needs "
            "too much memory."
        )
    found = Report.model_validate_json(report.read_bytes())
    if found.problem:
        raise UserError(found.problem)
    return found


def examine(source: Path, folder: Path, megabytes: int) -> Report:
    """The trial itself; call it in a process that may die.

    Raises:
        UserError: the network cannot be used, and why.
    """

    if source.is_dir() or source.suffix == ".keras":
        content = freeze(source)
    else:
        check_bytes(source.stat().st_size, megabytes)
        content = source.read_bytes()
    graph_def, native = free(check_graph(content, megabytes))
    check_weights(graph_def)
    report = try_gradient(graph_def, native)
    (folder / GRAPH).write_bytes(graph_def.SerializeToString(deterministic=True))
    return report


def check_weights(graph_def: Any) -> None:
    """Raises UserError where a weight is not a number: a ReLU may hide that from everything behind it."""
    tf = tensorflow()
    for node in graph_def.node:
        tensor = node.attr["value"].tensor if node.op == "Const" else None
        if tensor is not None and tf.as_dtype(tensor.dtype).is_floating and np.isnan(tf.make_ndarray(tensor)).any():
            raise UserError(f"The weights {node.name} are not finite: the network is damaged.")


def try_gradient(graph_def: Any, native: tuple[int, int] | None) -> Report:
    """Imports a checked graph and takes the gradient of its last layer and its class output by a picture.

    Raises:
        UserError: TensorFlow refuses the graph, it has no convolutions, or no finite gradient.
    """

    tf = tensorflow()
    name = "The network"
    try:
        network = Network(name, graph_def, native_size=native)
    except Exception as error:  # importing raises ValueError, but also TypeError and TensorFlow's own
        raise UserError(f"TensorFlow cannot import this graph: {first_line(error)}") from None
    if not network.layers:
        raise UserError("The graph has no convolution that a picture reaches: only networks for pictures can dream.")
    tensors = (max(network.layers, key=lambda layer: layer.depth).name, *filter(None, [network.logits]))
    height, width = native or (SIDE, SIDE)
    network.check_size(tensors, height, width)
    picture = np.random.default_rng(0).uniform(0, 255, (height, width, 3)).astype(np.float32)
    scalar = Scalar(tensors, lambda *found: tf.add_n([tf.reduce_mean(tensor) for tensor in found]), "trial")
    try:
        score, gradient = network.gradient(scalar)(picture)
    except Exception as error:  # an operation without a gradient, shapes that do not fit at run time
        raise UserError(f"TensorFlow cannot run this graph: {first_line(error)}") from None
    if not (np.isfinite(score) and np.isfinite(gradient).all()):
        raise UserError("The network computes numbers that are not finite: its weights are damaged.")
    for other in OTHER_SIZES:
        _try_size(network, scalar, tensors, other)
    return Report(native_size=native, layers=len(network.layers), classes=len(network.class_names))


def _try_size(network: Network, scalar: Scalar, tensors: tuple[str, ...], size: tuple[int, int]) -> None:
    """Takes the gradient by a picture of another size, and the features of a batch of such pictures if they are small.

    A network need not take every size; it may not take all memory at one.
    """
    tf = tensorflow()
    exhausted = (tf.errors.ResourceExhaustedError, MemoryError)
    try:
        network.check_size(tensors, *size)
        network.gradient(scalar)(np.full((*size, 3), 128, np.float32))
        if size[0] * size[1] <= BATCH_PIXELS:
            network.features(tensors[:1], np.full((BATCH, *size, 3), 128, np.uint8))
    except exhausted:
        raise UserError(TOO_MUCH_MEMORY) from None
    except (UserError, ValueError, tf.errors.OpError) as error:
        if isinstance(error.__context__, exhausted):
            raise UserError(TOO_MUCH_MEMORY) from None


def limit_process(most_bytes: int | None = None) -> None:
    """Bounds what this process may take, whatever a graph does in it.

    Args:
        most_bytes: of memory; half of the machine's by default. Its address space is ``network_gigabytes`` at most.

    Where the system knows no limits, those of time remain.
    """
    with contextlib.suppress(OSError):  # not Linux; where memory runs out, this process is the one that is killed
        Path("/proc/self/oom_score_adj").write_text("1000")
    try:
        import resource
    except ImportError:
        return
    space = settings().network_gigabytes * 2**30
    most = min(space, most_bytes or max(psutil.virtual_memory().total // 2, LEAST_BYTES))
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """The process of a trial: source, folder and megabytes are its arguments, the report in the folder its answer."""
    source, folder, megabytes = sys.argv[1:]
    os.nice(10)
    limit_process()
    # Making the graph quick takes longer than the one step that is done here: 97 s against 41 s for VGG16.
    tensorflow().config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    try:
        report = examine(Path(source), Path(folder), int(megabytes))
    except UserError as error:
        report = Report(problem=str(error))
    except (MemoryError, RecursionError):
        report = Report(problem=TOO_MUCH_MEMORY)
    part = Path(folder, f"{REPORT}.part")
    part.write_text(json.dumps(report.model_dump()))
    part.rename(Path(folder, REPORT))
