"""Networks that people brought, computing in a process with limits instead of the server's own.

A graph may behave at every size that it was tried with, and take all memory or never end at another. So the server
knows only the structure of such a network; whatever is computed of a picture is computed by :func:`main` in a process of
its own, of which there is one a server. A process that takes too long is killed, and one that is gone is started anew.

Requests go to its standard input and answers come from its standard output: a line of JSON, then the arrays' bytes.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from select import select
from threading import Lock, Timer
from typing import IO, Any

import numpy as np
from pydantic import TypeAdapter

import dream
from dream.ascent.objectives import scalar_of
from dream.errors import UserError
from dream.networks.gradient import Scalar
from dream.networks.graph import Network
from dream.networks.tensorflow import tensorflow
from dream.networks.user.sandbox import limit_process
from dream.networks.zoo.catalog import load_network
from dream.private_apis import Cancellation
from dream.recipe import Channel

MOST_SECONDS = 120  # for one answer, TensorFlow's start included
MOST_BYTES = 4 * 2**30  # of memory
IDLE_SECONDS = 600  # after which the process ends
NETWORKS_LOADED = 2
LONGEST_LINE = 100_000  # bytes
LARGEST_ANSWER = 2**30  # bytes
START = "from dream.atlas.limited import main; main()"
Arrays = list[np.ndarray]


class LimitedNetwork(Network):
    """A network whose structure is here, and whose computations are done elsewhere.

    Of gradients only those of a :class:`~dream.recipe.Channel` are offered, which is what pages ask for.
    """

    def probabilities(self, picture: np.ndarray) -> np.ndarray:
        """As :meth:`Network.probabilities`; raises UserError if the network fails on the picture."""
        self.class_output  # noqa: B018  # raises UserError where there is none
        return _process().ask("probabilities", self.name, {}, [picture])[0]

    def features(self, layers: tuple[str, ...], pictures: np.ndarray) -> list[np.ndarray]:
        """As :meth:`Network.features`; raises UserError if the network fails on the pictures."""
        return _process().ask("features", self.name, {"layers": layers}, [pictures])

    def check_size(self, tensors: tuple[str, ...], height: int, width: int) -> bool:
        """As :meth:`Network.check_size`: what is asked for sizes may be computed too."""
        _process().ask("check_size", self.name, {"tensors": tensors, "height": height, "width": width}, [])
        return True

    def gradient(self, scalar: Scalar, ghosts: bool = False) -> Callable[..., tuple[float, np.ndarray]]:
        """As :meth:`Network.gradient` without ghosts; raises UserError if the network fails on a picture."""
        if not isinstance(scalar.key, Channel) or ghosts:
            raise NotImplementedError("only the gradient of a channel is computed in the limited process")
        objective = scalar.key.model_dump_json()

        def evaluate(picture: np.ndarray, cancellation: Cancellation | None = None) -> tuple[float, np.ndarray]:
            score, g = _process().ask("gradient", self.name, {"channel": objective}, [picture])
            return float(score[0]), g

        return evaluate


class LimitedProcess:
    """The server's side of the process: starts it when it is needed, one question at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen | None = None
        self._lock = Lock()

    def ask(self, method: str, network: str, arguments: dict[str, Any], arrays: Arrays) -> Arrays:
        """The arrays that a method of a network answers with.

        Raises:
            UserError: what the method raised; or the process ended, or was killed as it took too long.
        """
        with self._lock:
            process = self._running()
            timer = Timer(MOST_SECONDS, process.kill)
            timer.start()
            try:
                _write(process.stdin, {"method": method, "network": network, "arguments": arguments}, arrays)
                answer, found = _read(process.stdout)
            except (OSError, EOFError, ValueError, KeyError, TypeError):
                process.kill()
                process.wait()
                raise UserError(
                    f"{network} took too long or too much memory with this picture: choose another size or network."
                ) from None
            finally:
                timer.cancel()
        if answer.get("problem"):
            raise UserError(str(answer["problem"]))
        return found

    def close(self) -> None:
        """Ends the process."""
        with self._lock:
            if self._process is not None:
                self._process.kill()
                self._process.communicate()

    def _running(self) -> subprocess.Popen:
        if self._process is not None and self._process.poll() is None:
            return self._process
        if self._process is not None:
            self._process.communicate()  # closes its pipes
        root = str(Path(dream.__file__).parents[1])
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])}
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._process = subprocess.Popen([sys.executable, "-c", START], env=environment, **pipes)
        return self._process


@cache
def _process() -> LimitedProcess:
    return LimitedProcess()


def _write(file: Any, message: dict[str, Any], arrays: Arrays) -> None:
    kept = [np.ascontiguousarray(array) for array in arrays]
    shapes = [[array.dtype.str, list(array.shape)] for array in kept]
    file.write(json.dumps({**message, "arrays": shapes}).encode() + b"\n")
    for array in kept:
        file.write(array.tobytes())
    file.flush()


def _read(file: Any) -> tuple[dict[str, Any], Arrays]:
    """A message and its arrays, which are numbers whatever the other side says.

    Raises:
        EOFError, ValueError, TypeError, KeyError: the other side has ended, or what it says is no message.
    """
    line = file.readline(LONGEST_LINE)
    if not line.endswith(b"\n"):
        raise EOFError
    message = json.loads(line)
    arrays, left = [], LARGEST_ANSWER
    for name, shape in message.pop("arrays"):
        dtype = np.dtype(name)
        size = dtype.itemsize * int(np.prod(shape, dtype=object))
        left -= size
        if dtype.kind not in "fiu" or left < 0 or min(shape, default=1) < 0:
            raise ValueError("no array of numbers of a size that is expected")
        content = file.read(size)
        if len(content) != size:
            raise EOFError
        arrays.append(np.frombuffer(content, dtype).reshape(shape))
    return message, arrays


# --- in the process ----------------------------------------------------------------------------------------------------


def main() -> None:
    """The process: answers until nothing is asked for some minutes, or the server ends."""
    os.nice(10)
    limit_process(MOST_BYTES)
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what anything prints goes to the server's log
    # Making a graph quick takes longer than the few pictures that are looked at here.
    tensorflow().config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    while _asked(questions):
        try:
            message, arrays = _read(questions)
        except EOFError:
            return
        signal.alarm(MOST_SECONDS)  # ends the process even if the server has gone
        try:
            _write(answers, {}, _answer(message, arrays))
        except UserError as error:
            _write(answers, {"problem": str(error)}, [])
        except (MemoryError, tensorflow().errors.OpError):
            _write(
                answers, {"problem": f"{message['network']} cannot be computed for this picture: choose another."}, []
            )


def _asked(questions: IO[bytes]) -> bool:
    signal.alarm(0)
    return bool(select([questions], [], [], IDLE_SECONDS)[0])


def _answer(message: dict[str, Any], arrays: Arrays) -> Arrays:
    network, arguments = _network(message["network"]), message["arguments"]
    match message["method"]:
        case "probabilities":
            return [network.probabilities(*arrays)]
        case "features":
            return network.features(tuple(arguments["layers"]), *arrays)
        case "check_size":
            network.check_size(tuple(arguments["tensors"]), arguments["height"], arguments["width"])
            return []
        case _:
            channel = TypeAdapter(Channel).validate_json(arguments["channel"])
            score, g = network.gradient(scalar_of(channel, network))(*arrays)
            return [np.array([score]), g]


@lru_cache(NETWORKS_LOADED)
def _network(name: str) -> Network:
    return load_network(name)
