"""A lock on ``DREAM_HOME``: two servers on one folder would both run its jobs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from dream.errors import UserError


def lock_home(home: Path) -> FileLock:
    """Locks the folder until the lock is released or the process ends, however it ends.

    Raises:
        UserError: another server holds the lock, or the folder cannot be written.
    """
    lock = FileLock(home / "server.lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise UserError(
            f"Another server works in {home} already: stop it, or set DREAM_HOME to another folder for this one."
        ) from None
    except OSError as error:
        raise UserError(f"Cannot write {home}: {error.strerror}. Set DREAM_HOME to another folder.") from None
    return lock


@contextmanager
def released_on_error(lock: FileLock) -> Iterator[None]:
    """Releases a lock if what follows it fails: the next try would take this one for another server."""
    try:
        yield
    except BaseException:
        lock.release()
        raise
