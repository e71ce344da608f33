"""Dreams that were kept: a folder of files, one PNG and one small JSON a dream, and an index over them.

The files are the truth. A dream is there once its JSON is, which is written last, under a temporary name and renamed:
whatever kills the process, there is no half dream. The index is made anew from the files when it is missing, damaged,
of another version, or does not list what the folder holds.
"""

import logging
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock

import numpy as np
from pydantic import ValidationError
from sqlalchemy.exc import DatabaseError

from dream.errors import UserError
from dream.files import sweep, write_atomically
from dream.gallery.index import DreamFilter, Index
from dream.gallery.photos import PhotoFiles, named_in
from dream.gallery.record import DreamRecord, is_id, new_id, read_record
from dream.gallery.thumbnails import Thumbnails
from dream.gallery.trash import Trash
from dream.pictures.film import pack, unpack
from dream.pictures.start import Photos
from dream.recipe import Plan, first_problem
from dream.settings import settings

EVERYTHING = DreamFilter()
log = logging.getLogger(__name__)


class Gallery:
    """The dreams in a folder; one object a process, safe to use from several threads."""

    def __init__(self, home: Path | None = None) -> None:
        self.home = home = home or settings().home
        self._dreams = home / "dreams"
        self._photo_files = PhotoFiles(home / "photos")
        self._index = Index(home / "index.sqlite")
        self._lock = RLock()
        self._unreadable: set[str] = set()
        try:
            for folder in (self._dreams, home / "photos"):
                folder.mkdir(parents=True, exist_ok=True)
                sweep(folder)
            self._thumbnails = Thumbnails(home / "thumbnails")
            self._trash = Trash(home / "bin")
            if not self._index.is_sound() or self._index.ids() != self._files():
                self.rebuild()  # also where some cannot be read: they may be readable now
        except OSError as error:
            raise self._unusable(error.strerror) from None
        self._purge_trash()

    # --- keep ------------------------------------------------------------------------------------------------------

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
        """Keeps a dream for good; once, where its id says that it is kept already.

        Args:
            png: the picture, its recipe inside.
            recipe, scores: of the dream.
            size: width and height in pixels.
            seconds: how long it took.
            photos: the photos that its recipe names, so that it can be dreamed again.
            film: JPEG frames of how it grew.
            owner: the browser session that made it.
            dream_id: from :func:`new_id`; a new one where there is none.

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
            if kept := self.find(dream.id):
                return kept
            for sha256, photo in (photos or {}).items():
                self._photo_files.write(sha256, photo)
            if film:
                write_atomically(self._film_path(dream.id), pack(film))
            write_atomically(self.png_path(dream.id), png)
            write_atomically(self._json_path(dream.id), dream.model_dump_json(indent=1).encode())
            self._index.add(dream)
        return dream

    def change(
        self, dream_id: str, *, title: str | None = None, note: str | None = None, star: bool | None = None
    ) -> None:
        """Changes what people say of a dream; what is not given stays.

        Raises:
            UserError: the dream is gone, a text is too long, or the folder is full or read-only.
        """
        changes = {"title": title, "note": note, "star": star}
        with self._lock:
            dream = self.find(dream_id)
            if dream is None:
                raise UserError("There is no such dream in the gallery any more.")
            changes = {name: value for name, value in changes.items() if value is not None}
            try:
                changed = DreamRecord.model_validate(dream.model_dump() | changes)
            except ValidationError as error:
                raise UserError(f"That cannot be kept: {first_problem(error)}.") from None
            write_atomically(self._json_path(dream_id), changed.model_dump_json(indent=1).encode())
            self._index.add(changed)

    def delete(self, dream_id: str) -> None:
        """Throws a dream into the bin, where it stays for a week.

        Raises:
            UserError: the folder is read-only.
        """
        with self._lock:
            if self.find(dream_id) is not None:
                try:
                    self._trash.add(*self._files_of(dream_id))
                except OSError as error:
                    raise UserError(f"Cannot delete it: {error.strerror}.") from None
                self._index.remove(dream_id)
            self._purge_trash()

    def restore(self, dream_id: str) -> None:
        """Takes a dream out of the bin.

        Raises:
            UserError: it is not there any more, or the folder is read-only.
        """
        with self._lock:
            if is_id(dream_id):
                try:
                    self._trash.restore(*self._files_of(dream_id))
                except OSError as error:
                    raise UserError(f"Cannot take it out of the bin: {error.strerror}.") from None
            dream = self.find(dream_id)
            if dream is None:
                raise UserError("This dream is not in the bin any more.")
            self._index.add(dream)

    def deleted(self) -> list[tuple[DreamRecord, datetime]]:
        """The dreams in the bin and when they were thrown in, the last one first."""
        self._purge_trash()
        return [(dream, when) for path, when in self._trash.entries() if (dream := read_record(path)) is not None]

    def rebuild(self) -> int:
        """Makes the index anew from the files; returns how many dreams there are.

        Raises:
            UserError: the folder is full or read-only.
        """
        try:
            with self._lock:
                return self._index.rebuild(self._all())
        except DatabaseError as error:
            raise self._unusable(error.orig) from None

    # --- look ------------------------------------------------------------------------------------------------------

    def count(self, wanted: DreamFilter = EVERYTHING) -> int:
        """How many dreams there are."""
        return self._index.count(wanted)

    def networks(self) -> list[str]:
        """The networks that dreams here were made with."""
        return self._index.networks()

    def page(self, number: int, size: int, wanted: DreamFilter = EVERYTHING) -> list[DreamRecord]:
        """A page of dreams, newest first; ``number`` counts from 0."""
        dreams = []
        for name in self._index.page(wanted, number * size, size):
            if dream := self.find(name):
                dreams.append(dream)
            elif self._note_unreadable(name):
                self._index.remove(name)
        return dreams

    @property
    def unreadable(self) -> int:
        """How many dreams have a file that cannot be read, as far as that was noticed; nothing of them is removed."""
        return len(self._unreadable)

    def find(self, dream_id: str) -> DreamRecord | None:
        """The dream of this id; None where there is none, or its JSON cannot be read."""
        return read_record(self._json_path(dream_id)) if is_id(dream_id) else None

    def png_path(self, dream_id: str) -> Path:
        """Where the picture is."""
        return self._dreams / f"{dream_id}.png"

    def thumbnail(self, dream_id: str) -> bytes | None:
        """A JPEG of at most 40 kB; None where the picture is gone."""
        return self._thumbnails.of(self.png_path(dream_id))

    def has_film(self, dream_id: str) -> bool:
        """Whether :meth:`film` has frames."""
        return self._film_path(dream_id).exists()

    def film(self, dream_id: str) -> list[bytes]:
        """JPEG frames of how a dream grew; empty where none were kept."""
        try:
            return unpack(self._film_path(dream_id).read_bytes())
        except (OSError, zipfile.BadZipFile):
            return []

    def photos(self, recipe: Plan) -> dict[str, np.ndarray]:
        """The photos that a recipe names; raises UserError where one is not kept."""
        return {sha256: self.needed_photo(sha256) for sha256 in recipe.photos}

    def needed_photo(self, sha256: str) -> np.ndarray:
        """A photo that a recipe names, uint8 [height, width, 3]; raises UserError where it is not kept."""
        photo = self.photo(sha256)
        if photo is None:
            raise UserError("A photo that this recipe names is not kept here: upload it on the Picture page.")
        return photo

    def photo(self, sha256: str) -> np.ndarray | None:
        """A photo that some dream needs, uint8 [height, width, 3]; None where it is not kept."""
        return self._photo_files.read(sha256)

    # --- files -----------------------------------------------------------------------------------------------------

    def _unusable(self, reason: object) -> UserError:
        return UserError(f"Cannot keep dreams in {self.home}: {reason}. Set DREAM_HOME to another folder.")

    def _files(self) -> set[str]:
        return {path.stem for path in self._dreams.glob("*.json") if is_id(path.stem)}

    def _all(self) -> Iterator[DreamRecord]:
        self._unreadable.clear()
        for name in sorted(self._files()):
            if dream := self.find(name):
                yield dream
            else:
                self._note_unreadable(name)

    def _note_unreadable(self, dream_id: str) -> bool:
        """Whether a dream that was not found has a file, which cannot be read then."""
        there = self._json_path(dream_id).exists()
        if there:
            self._unreadable.add(dream_id)
        return there

    def _purge_trash(self) -> None:
        """Forgets what has been in the bin for longer than a week, and the photos that no other dream needs.

        Nobody waits for it: where the disk is read-only, say, it is done another time.
        """
        with self._lock:
            try:
                # What cannot be read stays: nobody knows what it needs, and a later release may read it.
                expired = {path: dream for path in self._trash.expired() if (dream := read_record(path)) is not None}
                photos = {sha256 for dream in expired.values() for sha256 in dream.recipe.photos}
                others = {*self._dreams.glob("*.json"), *(path for path, _ in self._trash.entries())} - expired.keys()
                for sha256 in photos - named_in(others, photos):
                    self._photo_files.remove(sha256)
                for path in expired:
                    json_path, files = self._files_of(path.stem)
                    self._trash.purge(json_path, (*files, self._thumbnails.path(self.png_path(path.stem))))
            except OSError as error:
                log.warning("The bin cannot be emptied: %s", error.strerror)

    def _files_of(self, dream_id: str) -> tuple[Path, tuple[Path, ...]]:
        """A dream's JSON, and its other files."""
        return self._json_path(dream_id), (self.png_path(dream_id), self._film_path(dream_id))

    def _film_path(self, dream_id: str) -> Path:
        return self._dreams / f"{dream_id}.film.zip"

    def _json_path(self, dream_id: str) -> Path:
        return self._dreams / f"{dream_id}.json"
