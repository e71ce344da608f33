"""Atomic file writes."""

import contextlib
import os
import tempfile
import time
from pathlib import Path

from dream.errors import StorageError


def write_atomically(path: Path, content: bytes) -> None:
    """Writes ``content`` to ``path`` under a temporary name, syncs it, then renames it over ``path``.

    Raises StorageError where the folder is missing, read-only or full; nothing half-written stays behind.
    """
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        raise StorageError(f"Cannot write {path}: {error.strerror}.") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise StorageError(f"Cannot write {path}: {error.strerror}.") from None


def remove_stale_temporaries(folder: Path) -> None:
    """Removes temporary files of :func:`write_atomically` older than an hour: their processes were killed."""
    for path in folder.glob(".*.part"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < time.time() - 3600:
                path.unlink()
