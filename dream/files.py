"""Files that are written whole, read only where they are files, and their owner's alone."""

import contextlib
import errno
import os
import stat
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from dream.errors import StorageError


def write_atomically(path: Path, content: bytes, shared: bool = False) -> None:
    """Writes ``content`` to ``path`` under a temporary name, syncs it, then renames it over ``path``.

    Only its owner may read it, unless it is ``shared``.

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
        if shared:
            Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise StorageError(f"Cannot write {path}: {error.strerror}.") from None


def read_regular(path: Path) -> bytes:
    """The content of a file; raises OSError where it is anything else: reading a pipe or a device may never end."""
    with regular(path) as file:
        return file.read()


def regular(path: Path) -> BinaryIO:
    """A file opened for reading; raises OSError where it is no regular file."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "Not a regular file", str(path))
    return os.fdopen(handle, "rb")


def make_private(paths: Iterable[Path]) -> None:
    """Takes from others what they may do with these files and folders, and with all that is in them.

    Links are not followed; what belongs to another user stays as it is.
    """
    for path in paths:
        inside = (Path(folder, name) for folder, *names in os.walk(path) for name in (*names[0], *names[1]))
        for each in (path, *inside):
            with contextlib.suppress(OSError):  # gone, or another user's
                mode = each.lstat().st_mode
                if not stat.S_ISLNK(mode) and mode & 0o077:
                    each.chmod(stat.S_IMODE(mode) & 0o700)


def remove_stale_temporaries(folder: Path) -> None:
    """Removes temporary files of :func:`write_atomically` older than an hour: their processes were killed."""
    for path in folder.glob(".*.part"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < time.time() - 3600:
                path.unlink()
