"""Deleted dreams, for a week: their files in a folder of their own, to be had back or forgotten."""

import contextlib
import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

DAYS = 7


class Trash:
    """The folder. A dream's JSON is moved first on the way in and last on the way out: it decides where the dream is."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, json_path: Path, others: Iterable[Path]) -> None:
        """Takes a dream's files, those that exist."""
        os.utime(json_path)  # when it was deleted
        for path in (json_path, *others):
            if path.exists():
                path.replace(self._folder / path.name)

    def restore(self, json_path: Path, others: Iterable[Path]) -> None:
        """Puts a dream's files back where they were."""
        for path in (*others, json_path):
            if (self._folder / path.name).exists():
                (self._folder / path.name).replace(path)

    def entries(self) -> list[tuple[Path, datetime]]:
        """The JSON file of each dream in it and when it was thrown in, UTC; the last one first."""
        found = []
        for path in self._folder.glob("*.json"):
            with contextlib.suppress(FileNotFoundError):  # somebody has just had it back
                found.append((path, datetime.fromtimestamp(path.stat().st_mtime, UTC)))
        return sorted(found, key=lambda thrown: thrown[1], reverse=True)

    def expired(self) -> list[Path]:
        """The JSON files of dreams that have been here for longer than a week."""
        longest_ago = datetime.now(UTC) - timedelta(days=DAYS)
        return [path for path, when in self.entries() if when < longest_ago]

    def purge(self, json_path: Path, others: Iterable[Path]) -> None:
        """Deletes a dream's files for good, the JSON last: broken off, it is done again."""
        for path in (*others, *(self._folder / path.name for path in (*others, json_path))):
            path.unlink(missing_ok=True)
