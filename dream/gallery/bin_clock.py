"""How long deleted dreams have been in the trash, whatever happens to the clock of the machine.

A clock that jumps ahead, as one without a battery does once it hears the time, would make every deleted dream old at
once. So age is counted by a clock of the trash's own: it goes on by the seconds that this process has seen pass, and over
a restart by what the machine's clock says, but by a day at most. It may be late, never early: a dream stays a little longer.
"""

import json
import logging
import time
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ValidationError

from dream.errors import StorageError
from dream.files import read_regular, write_atomically

DAY = 24 * 3600.0
WRITTEN_EVERY = 60.0  # seconds of the trash's clock

log = logging.getLogger(__name__)


class Sightings(BaseModel):
    """The file's content.

    Attributes:
        clock: of the trash, in seconds.
        seen: when that was written, by the machine's clock, in seconds since 1970.
        deleted: for each dream in the trash the trash's clock when it was first seen there.
    """

    clock: float = 0.0
    seen: float | None = None
    deleted: dict[str, float] = {}


class BinClock:
    """Ages of what is in the trash; not safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sightings = _read(path)
        self._written = self._sightings.clock
        self._last = time.monotonic()
        if self._sightings.seen is not None:
            self._sightings.clock += min(max(time.time() - self._sightings.seen, 0), DAY)

    def ages(self, dreams: Iterable[str]) -> dict[str, float]:
        """For each of these dreams, all that are in the trash, how many seconds it has been there at least."""
        now = time.monotonic()
        sightings, before = self._sightings, set(self._sightings.deleted)
        sightings.clock += now - self._last
        self._last = now
        sightings.deleted = {dream: sightings.deleted.get(dream, sightings.clock) for dream in dreams}
        if before != set(sightings.deleted) or sightings.clock - self._written >= WRITTEN_EVERY:
            self._write()
        return {dream: sightings.clock - since for dream, since in sightings.deleted.items()}

    def _write(self) -> None:
        self._sightings.seen = time.time()
        try:
            write_atomically(self._path, json.dumps(self._sightings.model_dump()).encode())
        except StorageError as error:  # counted again from here after a restart: later, never earlier
            log.warning("%s", error)
        else:
            self._written = self._sightings.clock


def _read(path: Path) -> Sightings:
    try:
        return Sightings.model_validate_json(read_regular(path))
    except FileNotFoundError:
        return Sightings()
    except (OSError, ValidationError) as error:
        log.warning("The ages in %s cannot be read, and are counted anew: %s", path, str(error).splitlines()[0])
        return Sightings()
