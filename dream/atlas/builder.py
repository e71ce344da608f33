"""Makes what is missing of an atlas in the background, in a process of its own that ends with the server.

The server writes a line, network and layer, for each look at pictures that are missing; what was looked at last is made
first, and what was looked at before it after that. When the server is gone, however it ended, its end of the pipe is
closed and the process leaves.
"""

import json
import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from threading import Lock, Thread

from dream.atlas.atlas import Atlas, Sheet
from dream.networks.zoo.catalog import load_network

NICE = 19
AGAIN_AFTER = 600  # seconds: a process that ended with pictures still missing has broken down
PROJECT = Path(__file__).parent.parent.parent


class AtlasMaker:
    """The server's side: starts the process when it is needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen | None = None
        self._started: dict[str, float] = {}
        self._lock = Lock()

    @property
    def busy(self) -> bool:
        """Whether pictures are being made."""
        if self._process is None or self._process.poll() is None:
            return self._process is not None
        self._process.stdin.close()  # type: ignore[union-attr]  # it was opened as a pipe
        return False

    def want(self, network: str, layer: str) -> None:
        """Asks for the missing pictures of a layer, then of the whole network."""
        with self._lock:
            process = self._process
            if process is None or process.poll() is not None:
                if time.monotonic() - self._started.get(network, -AGAIN_AFTER) < AGAIN_AFTER:
                    return
                self._started[network] = time.monotonic()
                self._process = process = _process()
            try:
                print(json.dumps([network, layer]), file=process.stdin, flush=True)
            except OSError:  # it has just ended: the next look starts another
                process.kill()


def _process() -> subprocess.Popen:
    command = [sys.executable, "-m", "dream.atlas.builder"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(PROJECT)})


class _Wishes:
    """The networks that were looked at and are not finished, each with the layer that was looked at last."""

    def __init__(self) -> None:
        self._layers: dict[str, str] = {}
        self._changing = Lock()
        self._take(sys.stdin.readline())
        Thread(target=self._listen, daemon=True).start()

    def last(self) -> tuple[str, str] | None:
        """Network and layer of the last look; None where all are finished."""
        with self._changing:
            return next(reversed(self._layers.items()), None)

    def finished(self, network: str) -> None:
        """Nothing more is to be made of this network."""
        with self._changing:
            self._layers.pop(network)

    def _listen(self) -> None:
        for line in sys.stdin:
            self._take(line)
        os._exit(0)

    def _take(self, line: str) -> None:
        network, layer = json.loads(line)
        with self._changing:
            self._layers.pop(network, None)
            self._layers[network] = layer


def main() -> None:
    """The process: makes what is wished for until nothing is missing."""
    os.nice(NICE)
    wishes = _Wishes()
    while wish := wishes.last():
        network = wish[0]
        atlas = Atlas(load_network(network))
        for _ in atlas.make(partial(_wanted, wishes, network, atlas)):
            pass
        if not _can_be_made(atlas, atlas.missing()):  # else another network is looked at: this one's turn comes again
            atlas.compare_all()
            wishes.finished(network)


def _wanted(wishes: _Wishes, network: str, atlas: Atlas) -> list[Sheet]:
    """What is to be made of a network: nothing once another one is looked at."""
    wish = wishes.last()
    if wish is None or wish[0] != network:
        return []
    return _can_be_made(atlas, [*atlas.missing(wish[1]), *atlas.missing()])


def _can_be_made(atlas: Atlas, sheets: list[Sheet]) -> list[Sheet]:
    return [sheet for sheet in sheets if not atlas.why_not(sheet.tensor)]


if __name__ == "__main__":
    main()
