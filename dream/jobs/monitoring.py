"""State of the server: workers, memory, disk, recent errors."""

import logging
import shutil
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import psutil

MOST_ERRORS = 50


class LoggedError(NamedTuple):
    """A warning or error that was logged: time (UTC), logger's name, message."""

    when: datetime
    where: str
    what: str


class RecentErrors(logging.Handler):
    """A logging handler that remembers the last 50 warnings and errors of this process."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.last: deque[LoggedError] = deque(maxlen=MOST_ERRORS)

    def emit(self, record: logging.LogRecord) -> None:
        """Adds a record; called by logging."""
        what = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            what = f"{what}: {record.exc_info[1]!r}"
        self.last.append(LoggedError(datetime.fromtimestamp(record.created, UTC), record.name, what))


class WorkerState(NamedTuple):
    """A worker: its address, memory and memory limit in bytes (0: none), and processor use (1.0: one full thread)."""

    address: str
    memory: int
    memory_limit: int
    processor: float


class DiskState(NamedTuple):
    """The disk of a folder: bytes that the folder takes, free bytes, total bytes."""

    path: Path
    used_here: int
    free: int
    total: int


def worker_states(client: Any) -> list[WorkerState]:
    """The workers of a Dask client, as of their last heartbeat."""
    workers = client.scheduler_info(n_workers=-1)["workers"]
    return [
        WorkerState(
            address, worker["metrics"]["memory"], worker["memory_limit"] or 0, worker["metrics"].get("cpu", 0) / 100
        )
        for address, worker in workers.items()
    ]


def disk_state(folder: Path) -> DiskState:
    """The disk usage of a folder; walks through all of its files."""
    used = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    usage = shutil.disk_usage(folder)
    return DiskState(folder, used, usage.free, usage.total)


def server_memory() -> int:
    """Resident memory of this process in bytes."""
    return psutil.Process().memory_info().rss
