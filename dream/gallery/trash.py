"""The trash: files of deleted dreams, which can be restored for a week."""

import contextlib
import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dream.gallery.bin_clock import DAY, BinClock

DAYS = 7
CLOCK = "clock"  # name of the file


class Trash:
    """The folder of deleted dreams.

    The location of a dream's JSON file decides whether the dream is deleted: it is moved first into the trash, and last
    out of it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._clock = BinClock(folder / CLOCK)

    def add(self, json_path: Path, others: Iterable[Path]) -> None:
        """Moves a dream's files here, those that exist."""
        os.utime(json_path)  # the modification time is the time of deletion
        for path in (json_path, *others):
            if path.exists():
                path.replace(self._folder / path.name)

    def restore(self, json_path: Path, others: Iterable[Path]) -> None:
        """Moves a dream's files back to these paths."""
        for path in (*others, json_path):
            if (self._folder / path.name).exists():
                (self._folder / path.name).replace(path)

    def entries(self) -> list[tuple[Path, datetime]]:
        """The JSON file of each dream with the time of deletion, UTC; latest first."""
        found = []
        for path in self._folder.glob("*.json"):
            with contextlib.suppress(FileNotFoundError):  # restored in this moment
                found.append((path, datetime.fromtimestamp(path.stat().st_mtime, UTC)))
        return sorted(found, key=lambda thrown: thrown[1], reverse=True)

    def expired(self) -> list[Path]:
        """The JSON files of dreams that were deleted more than a week ago, by the machine's clock and the trash's own."""
        longest_ago = datetime.now(UTC) - timedelta(days=DAYS)
        entries = self.entries()
        ages = self._clock.ages(path.stem for path, _ in entries)
        return [path for path, when in entries if when < longest_ago and ages[path.stem] > DAYS * DAY]

    def purge(self, json_path: Path, others: Iterable[Path]) -> None:
        """Deletes a dream's files permanently, JSON last: interrupted, it is repeated the next time."""
        for path in (*others, *(self._folder / path.name for path in (*others, json_path))):
            path.unlink(missing_ok=True)
