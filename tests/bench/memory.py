"""Peak memory of gradients at 1024x768, ours and the peers', each in a process of its own. ``python -m tests.bench.memory``."""

import os
import resource
import subprocess
import sys

import numpy as np

from dream.ascent.objectives import scalar_of
from dream.networks.zoo.catalog import squeezenet
from dream.recipe import Channel
from tests.bench.peers import book, tutorial
from tests.bench.speed import TorchPeer

LAYER, CHANNEL, HEIGHT, WIDTH, ROUNDS = "fire7", 10, 768, 1024, 5


def measure(who: str) -> None:
    network = squeezenet.load()
    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if who == "ours":
        run = network.gradient(scalar_of(Channel(layer=LAYER, channel=CHANNEL), network))
    else:
        run = {"book": book, "tutorial": tutorial}[who](network, LAYER, CHANNEL)
    picture = np.random.default_rng(0).uniform(0, 255, (HEIGHT, WIDTH, 3)).astype(np.float32)
    for _ in range(ROUNDS):
        run(picture)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{who}: {peak / 1024:.0f} MiB at most, {(peak - idle) / 1024:.0f} MiB of it for the gradients")


def main() -> None:
    for who in ("ours", "book", "tutorial"):
        out = subprocess.run(
            [sys.executable, "-m", "tests.bench.memory", who], capture_output=True, text=True, check=True
        )
        print(out.stdout.strip())
    if python := os.environ.get("BENCH_TORCH_PYTHON"):
        peer = TorchPeer(python, squeezenet.load(), LAYER)
        peaks = [peer.ask(HEIGHT, WIDTH, CHANNEL)[1] for _ in range(ROUNDS)]
        print(f"PyTorch: {peaks[-1]} MiB at most")


if __name__ == "__main__":
    measure(sys.argv[1]) if len(sys.argv) > 1 else main()
