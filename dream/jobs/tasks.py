"""Long work that is no render: fetching a network, trying one that somebody brought.

A task has a key; whoever starts it while it runs gets the one that runs, with its progress.
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
    """Work in a thread of its own.

    Attributes:
        title: what a person waits for.
        done, total: progress in units of the work's own; ``total`` is 0 where it is not known.
        result: what the work returned.
        error: one sentence, where it failed.
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
        """Since its start."""
        return time.monotonic() - self.started


class Tasks:
    """The tasks of this server; the last one of each key is remembered."""

    def __init__(self) -> None:
        self._tasks: dict[str, Task] = {}
        self._lock = Lock()

    def start(self, key: str, title: str, work: Callable[[Progress], Any]) -> Task:
        """Starts work that is told a function to report its progress with, or finds it running already."""
        with self._lock:
            running = self._tasks.get(key)
            if running is not None and not running.finished:
                return running
            task = self._tasks[key] = Task(title)
        Thread(target=_run, args=(task, work), name=f"task-{key}", daemon=True).start()
        return task

    def find(self, key: str) -> Task | None:
        """The last task of a key."""
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
