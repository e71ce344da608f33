"""Makes what is missing of an atlas in the background, in a process of its own that ends with the server.

The server writes a line, network and layer, for each look at pictures that are missing; what was looked at last is made
first. When the server is gone, however it ended, its end of the pipe is closed and the process leaves.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Lock, Thread

from dream.networks.zoo import load_network
from dream.studio.atlas import Atlas, Sheet

NICE = 19
AGAIN_AFTER = 600  # seconds: a process that ended with pictures still missing could not make them
PROJECT = Path(__file__).parent.parent.parent


class AtlasMaker:
    """The server's side: starts the process when it is needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen | None = None
        self._started: dict[str, float] = {}
        self._lock = Lock()

    def want(self, network: str, layer: str) -> None:
        """Asks for the missing pictures of a layer, then of the whole network."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                if time.monotonic() - self._started.get(network, -AGAIN_AFTER) < AGAIN_AFTER:
                    return
                self._started[network] = time.monotonic()
                self._process = _process()
            try:
                self._process.stdin.write(json.dumps([network, layer]) + "\n")
                self._process.stdin.flush()
            except OSError:  # it has just ended: the next look starts another
                self._process.kill()


def _process() -> subprocess.Popen:
    command = [sys.executable, "-m", "dream.studio.atlas_maker"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(PROJECT)})


class _Wishes:
    """What was looked at last."""

    def __init__(self) -> None:
        self.network, self.layer = json.loads(sys.stdin.readline())
        Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in sys.stdin:
            self.network, self.layer = json.loads(line)
        os._exit(0)


def main() -> None:
    """The process: makes what is wished for until nothing is missing."""
    os.nice(NICE)
    wishes = _Wishes()
    network = None
    while wishes.network != network:
        network = wishes.network
        atlas = Atlas(load_network(network))
        for _ in atlas.make(lambda name=network, atlas=atlas: _wanted(wishes, name, atlas)):
            pass
        atlas.compare_all()


def _wanted(wishes: _Wishes, network: str, atlas: Atlas) -> list[Sheet]:
    return [*atlas.missing(wishes.layer), *atlas.missing()] if wishes.network == network else []


if __name__ == "__main__":
    main()
