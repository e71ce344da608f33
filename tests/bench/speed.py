"""How long a gradient takes: ours against the peers', in turns, in one run. ``python -m tests.bench.speed``.

PyTorch needs an environment of its own: ``python -m venv …; pip install torch==2.13.0 numpy``, then
``BENCH_TORCH_PYTHON=…/bin/python``; without it that column is empty. It speaks squeezenet only; inception5h is measured
as its stand-in, the same graph with random weights.
"""

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
from dream.networks import inception5h, squeezenet, standin
from dream.networks.graph import Network
from dream.networks.tensorflow import tensorflow
from dream.recipe import Channel
from dream.settings import settings
from tests.bench.peers import book, tutorial


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
    """The PyTorch process; ``seconds`` asks it for one gradient."""

    def __init__(self, python: str) -> None:
        self._weights = Path(tempfile.mkdtemp()) / "weights.npz"
        named = squeezenet.read_weights().items()
        np.savez(self._weights, **{f"{n}.{s}": w for n, both in named for s, w in zip("kb", both)})
        command = [python, str(Path(__file__).with_name("torch_peer.py")), str(self._weights)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def seconds(self, height: int, width: int, channel: int) -> float:
        self._process.stdin.write(f"{height} {width} {channel}\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline().split()[0])


def timed(run) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def main() -> None:
    tf = tensorflow()
    torch_python = os.environ.get("BENCH_TORCH_PYTHON")
    torch_peer = TorchPeer(torch_python) if torch_python else None
    square = tf.random.normal([1024, 1024])
    multiply = tf.function(lambda: tf.reduce_sum(tf.matmul(square, square)))
    print(f"{date.today()}, {os.cpu_count()} cores, {platform.processor() or platform.machine()}, ", end="")
    print(f"TensorFlow {tf.__version__}, median (least) of {ROUNDS} rounds in turns, milliseconds\n")
    print("| network | picture | ours | book | tutorial | PyTorch | ours / fastest | of matrix multiply |")
    print("|---|---|---|---|---|---|---|---|")
    for name, (load, layer, channel) in NETWORKS.items():
        network = load()
        ours = network.gradient(scalar_of(Channel(layer=layer, channel=channel), network))
        peers = {"book": book(network, layer, channel), "tutorial": tutorial(network, layer, channel)}
        for height, width in SIZES:
            picture = np.random.default_rng(0).uniform(0, 255, (height, width, 3)).astype(np.float32)
            reference = peers["book"](picture)
            np.testing.assert_allclose(ours(picture)[1], reference, atol=1e-3 * np.abs(reference).max())
            runs = {"ours": partial(ours, picture)} | {peer: partial(run, picture) for peer, run in peers.items()}
            times = {key: [] for key in [*runs, "PyTorch", "multiply"]}
            for _ in range(ROUNDS):
                for key, run in runs.items():
                    times[key].append(timed(run))
                times["multiply"].append(timed(lambda: multiply().numpy()))
                if torch_peer and name == "squeezenet":
                    times["PyTorch"].append(torch_peer.seconds(height, width, channel))
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
