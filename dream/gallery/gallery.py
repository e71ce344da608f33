"""The gallery: a folder with one PNG and one small JSON file a dream, and an index over them.

The files are authoritative. A dream exists once its JSON file does, which is written last and atomically, so a killed
process leaves no incomplete dream. The index is rebuilt from the files when it is missing, damaged, of another version,
or lists other dreams than the folder holds.
"""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock

import numpy as np
from pydantic import ValidationError
from sqlalchemy.exc import DatabaseError

from dream.errors import UserError
from dream.files import remove_stale_temporaries, write_atomically
from dream.gallery.dream_files import DreamFiles
from dream.gallery.index import DreamFilter, Index
from dream.gallery.owners import hide_browsers
from dream.gallery.photos import PhotoFiles, photos_named_in
from dream.gallery.record import DreamRecord, is_id, new_id, read_record
from dream.gallery.thumbnails import Thumbnails
from dream.gallery.trash import Trash
from dream.pictures.film import pack
from dream.pictures.start import Photos
from dream.recipe import Plan, first_problem
from dream.settings import settings
from dream.trace import trace

EVERYTHING = DreamFilter()
log = logging.getLogger(__name__)


class Gallery:
    """The dreams in a folder; safe to use from several threads, and one object a process is enough."""

    def __init__(self, home: Path | None = None) -> None:
        self.home = home = home or settings().home
        self._files = DreamFiles(home / "dreams")
        self._photo_files = PhotoFiles(home / "photos")
        self._index = Index(home / "index.sqlite")
        self._lock = RLock()
        self._unreadable: set[str] = set()
        try:
            for folder in (self._files.folder, home / "photos"):
                folder.mkdir(parents=True, exist_ok=True)
                remove_stale_temporaries(folder)
            self._thumbnails = Thumbnails(home / "thumbnails")
            self._trash = Trash(home / "bin")
            if not self._index.is_valid() or self._index.ids() != self._files.ids():
                self.rebuild()  # also if some files were unreadable: they may be readable now
        except OSError as error:
            raise self._unusable(error.strerror) from None
        self._purge_trash()

    # --- write -----------------------------------------------------------------------------------------------------

    def keep(
        self,
        png: bytes,
        recipe: Plan,
        scores: tuple[float, ...],
        *,
        size: tuple[int, int],
        seconds: float,
        photos: Photos | None = None,
        film: list[bytes] | None = None,
        owner: str = "",
        dream_id: str | None = None,
    ) -> DreamRecord:
        """Stores a dream. Idempotent: if a dream with this id is stored already, nothing is written and it is returned.

        Args:
            png: the picture, with its recipe in a text chunk.
            recipe, scores: of the dream.
            size: width and height in pixels.
            seconds: duration of the render.
            photos: the photos that the recipe names, uint8 [height, width, 3] by their SHA-256.
            film: its frames as JPEG.
            owner: the browser, or the person who is logged in.
            dream_id: from :func:`new_id`; None for a new one.

        Raises:
            UserError: the folder is full or read-only.
        """
        now = datetime.now(UTC)
        dream = DreamRecord(
            id=dream_id or new_id(),
            title=recipe.title(),
            recipe=recipe,
            scores=scores,
            width=size[0],
            height=size[1],
            seconds=seconds,
            created=now,
            owner=owner,
        )
        with self._lock:
            if existing := self.find(dream.id):
                return existing
            for sha256, photo in (photos or {}).items():
                self._photo_files.write(sha256, photo)
            if film:
                write_atomically(self._files.film(dream.id), pack(film))
            write_atomically(self.png_path(dream.id), png)
            write_atomically(self._files.json(dream.id), dream.model_dump_json(indent=1).encode())
            self._index.add(dream)
        trace("kept", owner, dream=dream.id)
        return dream

    def change(
        self,
        dream_id: str,
        *,
        title: str | None = None,
        note: str | None = None,
        star: bool | None = None,
        by: str = "",
    ) -> None:
        """Changes title, note or star of a dream; None leaves a value as it is. ``by`` is who asks, for the trace.

        Raises:
            UserError: the dream is gone, a text is too long, or the folder is full or read-only.
        """
        given = {"title": title, "note": note, "star": star}
        changes = {name: value for name, value in given.items() if value is not None}
        with self._lock:
            dream = self.find(dream_id)
            if dream is None:
                raise UserError("There is no such dream in the gallery any more.")
            try:
                changed = DreamRecord.model_validate(dream.model_dump() | changes)
            except ValidationError as error:
                raise UserError(f"That cannot be kept: {first_problem(error)}.") from None
            write_atomically(self._files.json(dream_id), changed.model_dump_json(indent=1).encode())
            self._index.add(changed)
        trace("changed", by, dream=dream_id, **changes)

    def delete(self, dream_id: str, by: str = "") -> None:
        """Moves a dream to the trash, where it stays for a week; nothing if there is no such dream.

        Raises:
            UserError: the folder is read-only.
        """
        with self._lock:
            if self.find(dream_id) is not None:
                try:
                    self._trash.add(*self._files.of(dream_id))
                except OSError as error:
                    raise UserError(f"Cannot delete it: {error.strerror}.") from None
                self._index.remove(dream_id)
                trace("deleted", by, dream=dream_id)
            self._purge_trash()

    def restore(self, dream_id: str, by: str = "") -> None:
        """Moves a dream from the trash back to the gallery.

        Raises:
            UserError: it is not there any more, or the folder is read-only.
        """
        with self._lock:
            if is_id(dream_id):
                try:
                    self._trash.restore(*self._files.of(dream_id))
                except OSError as error:
                    raise UserError(f"Cannot take it out of the bin: {error.strerror}.") from None
            dream = self.find(dream_id)
            if dream is None:
                raise UserError("This dream is not in the bin any more.")
            self._index.add(dream)
        trace("restored", by, dream=dream_id)

    def deleted(self) -> list[tuple[DreamRecord, datetime]]:
        """The dreams in the trash with the time of their deletion, UTC, latest first."""
        self._purge_trash()
        return [(dream, when) for path, when in self._trash.entries() if (dream := read_record(path)) is not None]

    def rebuild(self) -> int:
        """Rebuilds the index from the files; returns the number of dreams.

        Raises:
            UserError: the folder is full or read-only.
        """
        try:
            with self._lock:
                hide_browsers(self.home, self._files.folder, self.home / "bin")
                return self._index.rebuild(self._all())
        except DatabaseError as error:
            raise self._unusable(error.orig) from None

    # --- read ------------------------------------------------------------------------------------------------------

    def count(self, wanted: DreamFilter = EVERYTHING) -> int:
        """The number of dreams that match a filter."""
        return self._index.count(wanted)

    def count_by_owner(self) -> dict[str, int]:
        """The number of dreams of each owner."""
        return self._index.count_by_owner()

    def networks(self) -> list[str]:
        """The names of the networks of all dreams, sorted."""
        return self._index.networks()

    def page(self, number: int, size: int, wanted: DreamFilter = EVERYTHING) -> list[DreamRecord]:
        """A page of the dreams that match a filter, newest first; ``number`` counts from 0."""
        dreams = []
        for name in self._index.page(wanted, number * size, size):
            if dream := self.find(name):
                dreams.append(dream)
            elif self._note_unreadable(name):
                self._index.remove(name)
        return dreams

    @property
    def unreadable(self) -> int:
        """How many JSON files were found to be unreadable; they and what belongs to them are never removed."""
        return len(self._unreadable)

    def find(self, dream_id: str) -> DreamRecord | None:
        """The dream with this id; None if there is none or its JSON file cannot be read."""
        return read_record(self._files.json(dream_id)) if is_id(dream_id) else None

    def png_path(self, dream_id: str) -> Path:
        """Path of a dream's picture."""
        return self._files.png(dream_id)

    def thumbnail(self, dream_id: str) -> bytes | None:
        """A JPEG of at most 40 kB; None if the picture is missing."""
        return self._thumbnails.of(self.png_path(dream_id))

    def has_film(self, dream_id: str) -> bool:
        """Whether :meth:`film` has frames."""
        return self._files.film(dream_id).exists()

    def film(self, dream_id: str) -> list[bytes]:
        """The frames of a dream's film as JPEG; empty if there is no film."""
        return self._files.frames(dream_id)

    def photos(self, recipe: Plan) -> dict[str, np.ndarray]:
        """The photos that a recipe names, uint8 [height, width, 3] by SHA-256; raises UserError if one is missing."""
        return {sha256: self.needed_photo(sha256) for sha256 in recipe.photos}

    def needed_photo(self, sha256: str) -> np.ndarray:
        """A photo that a recipe names, uint8 [height, width, 3]; raises UserError if it is missing."""
        photo = self.photo(sha256)
        if photo is None:
            raise UserError("A photo that this recipe names is not kept here: upload it on the Picture page.")
        return photo

    def photo(self, sha256: str) -> np.ndarray | None:
        """A photo by its SHA-256, uint8 [height, width, 3]; None if it is missing or unreadable."""
        return self._photo_files.read(sha256)

    # --- files -----------------------------------------------------------------------------------------------------

    def _unusable(self, reason: object) -> UserError:
        return UserError(f"Cannot keep dreams in {self.home}: {reason}. Set DREAM_HOME to another folder.")

    def _all(self) -> Iterator[DreamRecord]:
        self._unreadable.clear()
        for name in sorted(self._files.ids()):
            if dream := self.find(name):
                yield dream
            else:
                self._note_unreadable(name)

    def _note_unreadable(self, dream_id: str) -> bool:
        """Called for a dream that :meth:`find` did not find: whether its file exists, and so is unreadable."""
        there = self._files.json(dream_id).exists()
        if there:
            self._unreadable.add(dream_id)
        return there

    def _purge_trash(self) -> None:
        """Deletes dreams that have been in the trash for a week, and photos that no other dream needs.

        Errors, of a read-only disk for instance, are logged: it is tried again with the next call.
        """
        with self._lock:
            try:
                # Unreadable files stay: their photos are unknown, and a later release may be able to read them.
                expired = {path: dream for path in self._trash.expired() if (dream := read_record(path)) is not None}
                photos = {sha256 for dream in expired.values() for sha256 in dream.recipe.photos}
                others = {
                    *self._files.folder.glob("*.json"),
                    *(path for path, _ in self._trash.entries()),
                } - expired.keys()
                for sha256 in photos - photos_named_in(others, photos):
                    self._photo_files.remove(sha256)
                for path in expired:
                    json_path, files = self._files.of(path.stem)
                    trace("purged", "", dream=path.stem)
                    self._trash.purge(json_path, (*files, self._thumbnails.path(self.png_path(path.stem))))
            except OSError as error:
                log.warning("The bin cannot be emptied: %s", error.strerror)
