"""How the server is doing: workers, memory, disk, and what went wrong last."""

import logging
import shutil
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import psutil

MOST_ERRORS = 50


class LoggedError(NamedTuple):
    """Something that went wrong."""

    when: datetime
    where: str
    what: str


class RecentErrors(logging.Handler):
    """Remembers the last warnings and errors of this process."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.last: deque[LoggedError] = deque(maxlen=MOST_ERRORS)

    def emit(self, record: logging.LogRecord) -> None:
        """Called by logging."""
        what = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            what = f"{what}: {record.exc_info[1]!r}"
        self.last.append(LoggedError(datetime.fromtimestamp(record.created, UTC), record.name, what))


class WorkerState(NamedTuple):
    """A worker: where it is, its memory in bytes and the share of a processor that it uses, 0..1 a thread."""

    address: str
    memory: int
    memory_limit: int
    processor: float


class DiskState(NamedTuple):
    """A folder's disk, in bytes."""

    path: Path
    used_here: int
    free: int
    total: int


def worker_states(client: Any) -> list[WorkerState]:
    """The workers of a Dask client, as they last reported."""
    workers = client.scheduler_info(n_workers=-1)["workers"]
    return [
        WorkerState(
            address, worker["metrics"]["memory"], worker["memory_limit"] or 0, worker["metrics"].get("cpu", 0) / 100
        )
        for address, worker in workers.items()
    ]


def disk_state(folder: Path) -> DiskState:
    """How full a folder's disk is, and how much of it the folder takes."""
    used = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    usage = shutil.disk_usage(folder)
    return DiskState(folder, used, usage.free, usage.total)


def server_memory() -> int:
    """Memory of this process in bytes."""
    return psutil.Process().memory_info().rss
