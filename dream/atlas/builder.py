"""Renders missing pictures of atlases in a separate, low-priority process that ends with the server.

Each time a visitor views pictures that are missing, the server writes a line of JSON, ``[network, layer]``, to the
process's standard input; several networks that imagine classes together are joined by commas. The latest request is
served first. The end of the input, which comes whenever and however the server ends, ends the process.
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
from dream.networks.user.sandbox import limit_process
from dream.networks.zoo.catalog import load_network

NICE = 19
AGAIN_AFTER = 600  # seconds until a process is started again for a network: one that ended early has probably crashed
PROJECT = Path(__file__).parent.parent.parent


class AtlasBuilder:
    """The server's side: starts the process when it is needed and sends it requests."""

    def __init__(self) -> None:
        self._process: subprocess.Popen | None = None
        self._started: dict[str, float] = {}
        self._lock = Lock()

    @property
    def busy(self) -> bool:
        """Whether the process is running."""
        if self._process is None or self._process.poll() is None:
            return self._process is not None
        self._process.stdin.close()  # type: ignore[union-attr]  # it was opened as a pipe
        return False

    def request(self, network: str, layer: str) -> None:
        """Requests the missing pictures of a layer, and after them those of the whole network."""
        with self._lock:
            process = self._process
            if process is None or process.poll() is not None:
                if time.monotonic() - self._started.get(network, -AGAIN_AFTER) < AGAIN_AFTER:
                    return
                self._started[network] = time.monotonic()
                self._process = process = _process()
            try:
                print(json.dumps([network, layer]), file=process.stdin, flush=True)
            except OSError:  # it has just ended: the next request starts another
                process.kill()


def _process() -> subprocess.Popen:
    command = [sys.executable, "-m", "dream.atlas.builder"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(PROJECT)})


class _RequestQueue:
    """The networks with pictures missing, each with the layer that was requested last; read from standard input."""

    def __init__(self) -> None:
        self._layers: dict[str, str] = {}
        self._changing = Lock()
        self._add(sys.stdin.readline())
        Thread(target=self._listen, daemon=True).start()

    def latest(self) -> tuple[str, str] | None:
        """Network and layer of the latest request; None if all are done."""
        with self._changing:
            return next(reversed(self._layers.items()), None)

    def remove(self, network: str) -> None:
        """Removes a network that is done."""
        with self._changing:
            self._layers.pop(network)

    def _listen(self) -> None:
        for line in sys.stdin:
            self._add(line)
        os._exit(0)

    def _add(self, line: str) -> None:
        network, layer = json.loads(line)
        with self._changing:
            self._layers.pop(network, None)
            self._layers[network] = layer


def main() -> None:
    """The process: renders what is requested until nothing is missing."""
    os.nice(NICE)
    limit_process()
    requests = _RequestQueue()
    while latest := requests.latest():
        network = latest[0]
        atlas = Atlas(*map(load_network, network.split(",")))
        for _ in atlas.make(partial(_sheets_to_make, requests, network, atlas)):
            pass
        if not _can_be_made(atlas, atlas.missing()):  # else another network was requested: this one is resumed later
            atlas.find_neighbours()
            requests.remove(network)


def _sheets_to_make(requests: _RequestQueue, network: str, atlas: Atlas) -> list[Sheet]:
    """The sheets to render of a network, in order; none once another network is requested."""
    latest = requests.latest()
    if latest is None or latest[0] != network:
        return []
    return _can_be_made(atlas, [*atlas.missing(latest[1]), *atlas.missing()])


def _can_be_made(atlas: Atlas, sheets: list[Sheet]) -> list[Sheet]:
    return [sheet for sheet in sheets if not atlas.problem_with(sheet.tensor)]


if __name__ == "__main__":
    main()
