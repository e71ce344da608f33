"""The last few of what takes long to build."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any


class LastFew:
    """Keeps the ``most`` things that were asked for last; they are built one after the other, whoever asks."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[Hashable, Any] = {}
        self._building = Lock()

    def get(self, key: Hashable, build: Callable[[], Any]) -> Any:
        """What is kept under this key, built where there is nothing."""
        with self._building:
            found = self._kept.pop(key, None) or build()
            self._kept[key] = found  # last: the first in the dictionary is the one unused for longest
            if len(self._kept) > self._most:
                self._kept.pop(next(iter(self._kept)))
            return found
