"""Long-running work in threads of the server: downloading a network, checking an uploaded one.

Tasks are identified by keys: starting a key that is running returns the running task.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import Any

from dream.errors import UserError

log = logging.getLogger(__name__)
Progress = Callable[[int, int], None]


@dataclass
class Task:
    """A function that runs in its own thread.

    Attributes:
        title: shown while it runs.
        done, total: progress, in units chosen by the work; ``total`` is 0 if unknown.
        result: the work's return value.
        error: one sentence, if it failed.
        started: by ``time.monotonic()``.
    """

    title: str
    done: int = 0
    total: int = 0
    result: Any = None
    error: str | None = None
    finished: bool = False
    started: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Seconds since its start."""
        return time.monotonic() - self.started


class Tasks:
    """The tasks of this server; the latest one of each key is kept."""

    def __init__(self) -> None:
        self._tasks: dict[str, Task] = {}
        self._lock = Lock()

    def start(self, key: str, title: str, work: Callable[[Progress], Any]) -> Task:
        """Starts ``work(progress)`` in a thread, unless a task with this key is running; returns the task.

        ``work`` reports with ``progress(done, total)``. A UserError that it raises becomes the task's error; any other
        exception is logged."""
        with self._lock:
            running = self._tasks.get(key)
            if running is not None and not running.finished:
                return running
            task = self._tasks[key] = Task(title)
        Thread(target=_run, args=(task, work), name=f"task-{key}", daemon=True).start()
        return task

    def find(self, key: str) -> Task | None:
        """The latest task with this key; None if there is none."""
        return self._tasks.get(key)


def _run(task: Task, work: Callable[[Progress], Any]) -> None:
    def progress(done: int, total: int) -> None:
        task.done, task.total = done, total

    try:
        task.result = work(progress)
    except UserError as error:
        task.error = str(error)
    except Exception:
        log.exception("%s failed", task.title)
        task.error = "Something went wrong: the server's log has the details."
    task.finished = True
