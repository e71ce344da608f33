"""The server's side of the process that renders small pictures (:mod:`dream.looks.renderer`).

It is sent, pickled: a task to render, or None to abandon the one that is being rendered. Each task is answered by one
reply.
"""

import os
import pickle
import select
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from dream.pictures.start import Photos
from dream.recipe import Recipe

CHECK_EVERY = 0.05  # seconds between two looks at whether a picture is still wanted
PROJECT = Path(__file__).parent.parent.parent


class Task(NamedTuple):
    """A picture to render: the look's name, the recipe, and the photo, uint8 [height, width, 3] by SHA-256."""

    look: str
    recipe: Recipe
    photos: Photos


class Reply(NamedTuple):
    """A JPEG; where there is none, why, as a sentence: empty where the task was abandoned."""

    jpeg: bytes | None = None
    problem: str = ""


class ProcessDied(Exception):
    """The process ended without a reply."""


class RenderProcess:
    """A process that runs, used by one thread."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "dream.looks.renderer"]
        environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        assert self._process.stdin is not None and self._process.stdout is not None  # they were asked for
        self._tasks, self._replies = self._process.stdin, self._process.stdout

    def render(self, task: Task, wanted: Callable[[], bool]) -> Reply:
        """The reply to a task; it is abandoned as soon as it is not ``wanted`` any more.

        Raises:
            ProcessDied: the process has ended, and cannot be used again.
        """
        try:
            self._write(task)
            abandoned = False
            while not select.select([self._replies], [], [], CHECK_EVERY)[0]:
                if not abandoned and not wanted():
                    self._write(None)
                    abandoned = True
            return pickle.load(self._replies)
        except Exception as error:  # a broken pipe, or half a reply
            self.close()
            raise ProcessDied from error

    def close(self) -> None:
        """Ends the process."""
        self._process.kill()
        self._process.communicate()

    def _write(self, task: Task | None) -> None:
        pickle.dump(task, self._tasks)
        self._tasks.flush()
