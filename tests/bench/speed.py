"""How long a gradient takes: ours against the peers', in turns, in one run. ``python -m tests.bench.speed``.

PyTorch needs an environment of its own: ``python -m venv …; pip install torch==2.13.0 numpy``, then
``BENCH_TORCH_PYTHON=…/bin/python``; without it that column is empty. inception5h is measured as its stand-in, the same
graph with random weights.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np

from dream.ascent.objectives import scalar_of
from dream.networks.graph import Network
from dream.networks.tensorflow import tensorflow
from dream.networks.zoo.catalog import inception5h, squeezenet
from dream.recipe import Channel
from dream.settings import settings
from tests.bench.peers import book, tutorial
from tests.helpers import standin


def load_standin() -> Network:
    """inception5h's graph with random weights."""
    os.environ["DREAM_INCEPTION5H"] = str(standin.write())
    settings.cache_clear()
    return inception5h.load()


NETWORKS = {"squeezenet": (squeezenet.load, "fire7", 10), "inception5h stand-in": (load_standin, inception5h.LAYER, 10)}
SIZES = [(224, 224), (320, 480), (768, 1024)]
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "15"))
# Multiplications and additions of squeezenet's fire7 channel 10, forth and back, per pixel of the picture.
OPERATIONS_PER_PIXEL = 15_424


class TorchPeer:
    """The PyTorch process for a layer; ``seconds`` asks it for one gradient."""

    def __init__(self, python: str, network: Network, layer: str) -> None:
        stored = Path(tempfile.mkdtemp()) / "graph.npz"
        np.savez(stored, **as_arrays(network, layer))
        command = [python, str(Path(__file__).with_name("torch_peer.py")), str(stored)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, height: int, width: int, channel: int) -> tuple[float, int, float]:
        """Seconds of one gradient, the process's peak memory in MiB, and the gradient's mean size."""
        self._process.stdin.write(f"{height} {width} {channel}\n")
        self._process.stdin.flush()
        seconds, peak, size = self._process.stdout.readline().split()
        return float(seconds), int(peak), float(size)


def as_arrays(network: Network, layer: str) -> dict[str, np.ndarray]:
    """What a layer is computed by, as :mod:`tests.bench.torch_peer` reads it."""
    tf = tensorflow()
    needed = network._needed((layer,))
    arrays = {f"const:{n.name}": tf.make_ndarray(n.attr["value"].tensor) for n in needed if n.op == "Const"}
    nodes = []
    with tf.Graph().as_default() as graph:
        network.imported(tf.compat.v1.placeholder(tf.float32, [1, None, None, 3]), (layer,))
        order = [operation.name.removeprefix("network/") for operation in graph.get_operations()]
    for node in sorted((node for node in needed if node.op != "Const"), key=lambda node: order.index(node.name)):
        fields = {"name": node.name, "op": node.op, "inputs": list(node.input)}
        fields |= {key: list(node.attr[key].list.i) for key in ("strides", "ksize") if key in node.attr}
        fields |= {key: node.attr[key].f for key in ("alpha", "beta", "bias") if key in node.attr}
        if "padding" in node.attr:
            fields["padding"] = node.attr["padding"].s.decode()
        if "depth_radius" in node.attr:
            fields["depth_radius"] = node.attr["depth_radius"].i
        nodes.append(fields)
    of = network.preprocessing
    how = {"channel_order": of.channel_order, "mean": of.mean, "scale": of.scale}
    return {"graph": np.array(json.dumps({"input": network.input_name, "nodes": nodes, **how})), **arrays}


def timed(run) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def main() -> None:
    tf = tensorflow()
    torch_python = os.environ.get("BENCH_TORCH_PYTHON")
    square = tf.random.normal([1024, 1024])
    multiply = tf.function(lambda: tf.reduce_sum(tf.matmul(square, square)))
    print(f"{date.today()}, {os.cpu_count()} cores, {platform.processor() or platform.machine()}, ", end="")
    print(f"TensorFlow {tf.__version__}, median (least) of {ROUNDS} rounds in turns, milliseconds\n")
    print("| network | picture | ours | book | tutorial | PyTorch | ours / fastest | of matrix multiply |")
    print("|---|---|---|---|---|---|---|---|")
    for name, (load, layer, channel) in NETWORKS.items():
        network = load()
        ours = network.gradient(scalar_of(Channel(layer=layer, channel=channel), network))
        torch_peer = TorchPeer(torch_python, network, layer) if torch_python else None
        peers = {"book": book(network, layer, channel), "tutorial": tutorial(network, layer, channel)}
        for height, width in SIZES:
            picture = np.random.default_rng(0).uniform(0, 255, (height, width, 3)).astype(np.float32)
            reference = peers["book"](picture)
            np.testing.assert_allclose(ours(picture)[1], reference, atol=1e-3 * np.abs(reference).max())
            if torch_peer:
                np.testing.assert_allclose(
                    torch_peer.ask(height, width, channel)[2], np.abs(reference).mean(), rtol=1e-2
                )
            runs = {"ours": partial(ours, picture)} | {peer: partial(run, picture) for peer, run in peers.items()}
            times = {key: [] for key in [*runs, "PyTorch", "multiply"]}
            for _ in range(ROUNDS):
                for key, run in runs.items():
                    times[key].append(timed(run))
                times["multiply"].append(timed(lambda: multiply().numpy()))
                if torch_peer:
                    times["PyTorch"].append(torch_peer.ask(height, width, channel)[0])
                    time.sleep(0.4)  # its threads go on spinning for a while, at the cost of whoever is next
            fastest = min(median(times[peer][2:]) for peer in ("book", "tutorial", "PyTorch") if times[peer])
            share = ""
            if name == "squeezenet":
                flops = OPERATIONS_PER_PIXEL * height * width / min(times["ours"])
                share = f"{flops / (2 * 1024**3 / min(times['multiply'])):.0%}"
            cells = [
                f"{median(times[k][2:]) * 1e3:.0f} ({min(times[k]) * 1e3:.0f})" if times[k] else "–"
                for k in ("ours", "book", "tutorial", "PyTorch")
            ]
            ratio = median(times["ours"][2:]) / fastest
            print(f"| {name} | {width}x{height} | {' | '.join(cells)} | {ratio:.2f} | {share} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
