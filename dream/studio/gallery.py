"""Dreams that were kept: a folder of files, one PNG and one small JSON a dream, and an index over them.

The files are the truth. A dream is there once its JSON is, which is written last, under a temporary name and renamed:
whatever kills the process, there is no half dream. The index is made anew from the files when it is missing, damaged,
of another version, or does not list what the folder holds.
"""

import logging
import secrets
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock

import numpy as np
from PIL import Image
from pydantic import ValidationError

from dream.errors import UserError
from dream.files import write_whole
from dream.pictures.film import pack, unpack
from dream.pictures.png import encode_png
from dream.pictures.shown import preview
from dream.pictures.start import Photos
from dream.recipe import Recipe
from dream.settings import settings
from dream.studio.index import Index
from dream.studio.kept import KeptDream

THUMBNAIL_SIDE = 320
THUMBNAIL_BYTES = 40_000

log = logging.getLogger(__name__)


class Gallery:
    """The dreams in a folder; one object a process, safe to use from several threads."""

    def __init__(self, home: Path | None = None) -> None:
        home = home or settings().home
        self._dreams = home / "dreams"
        self._photos = home / "photos"
        self._thumbnails = home / "thumbnails"
        try:
            for folder in (self._dreams, self._photos, self._thumbnails):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(
                f"Cannot keep dreams in {home}: {error.strerror}. Set DREAM_HOME to another folder."
            ) from None
        self._index = Index(home / "index.sqlite")
        self._lock = RLock()
        if not self._index.is_sound() or self._index.ids() != self._files():
            self.rebuild()

    # --- keep ------------------------------------------------------------------------------------------------------

    def keep(
        self,
        png: bytes,
        recipe: Recipe,
        scores: tuple[float, ...],
        *,
        size: tuple[int, int],
        seconds: float,
        photos: Photos | None = None,
        film: list[bytes] | None = None,
        owner: str = "",
    ) -> KeptDream:
        """Keeps a dream for good.

        Args:
            png: the picture, its recipe inside.
            recipe, scores: of the dream.
            size: width and height in pixels.
            seconds: how long it took.
            photos: the photos that its recipe names, so that it can be dreamed again.
            film: JPEG frames of how it grew.
            owner: the browser session that made it.

        Raises:
            UserError: the folder is full or read-only.
        """
        now = datetime.now(UTC)
        dream = KeptDream(
            id=f"{now:%Y%m%d-%H%M%S-%f}-{secrets.token_hex(3)}",
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
            for sha256, photo in (photos or {}).items():
                self._keep_photo(sha256, photo)
            if film:
                write_whole(self._film_path(dream.id), pack(film))
            write_whole(self.png_path(dream.id), png)
            write_whole(self._json_path(dream.id), dream.model_dump_json(indent=1).encode())
            self._index.add(dream)
        return dream

    def delete(self, dream_id: str) -> None:
        """Deletes a dream, and the photos that no other dream needs."""
        with self._lock:
            dream = self.find(dream_id)
            # The JSON goes first: without it the dream is gone, whatever happens to the rest.
            for path_of in (self._json_path, self.png_path, self._film_path, self._thumbnail_path):
                path_of(dream_id).unlink(missing_ok=True)
            self._index.remove(dream_id)
            for sha256 in dream.recipe.photos if dream else ():
                self._drop_unused_photo(sha256)

    def rebuild(self) -> int:
        """Makes the index anew from the files; returns how many dreams there are."""
        with self._lock:
            return self._index.rebuild(dream for name in sorted(self._files()) if (dream := self.find(name)))

    # --- look ------------------------------------------------------------------------------------------------------

    def count(self) -> int:
        """How many dreams there are."""
        return self._index.count()

    def page(self, number: int, size: int) -> list[KeptDream]:
        """A page of dreams, newest first; ``number`` counts from 0."""
        return [dream for name in self._index.page(number * size, size) if (dream := self.find(name))]

    def find(self, dream_id: str) -> KeptDream | None:
        """The dream of this id; None where there is none, or its JSON cannot be read."""
        if not _is_id(dream_id):
            return None
        try:
            return KeptDream.model_validate_json(self._json_path(dream_id).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            log.warning("The dream %s cannot be read: %s", dream_id, str(error).splitlines()[0])
            return None

    def png_path(self, dream_id: str) -> Path:
        """Where the picture is."""
        return self._dreams / f"{dream_id}.png"

    def thumbnail(self, dream_id: str) -> bytes | None:
        """A JPEG of at most 40 kB; None where the picture is gone."""
        path = self._thumbnail_path(dream_id)
        try:
            return path.read_bytes()
        except FileNotFoundError:
            pass
        try:
            with Image.open(self.png_path(dream_id)) as image:
                pixels = np.asarray(image.convert("RGB"))
        except OSError:
            return None
        thumbnail = _at_most(pixels, THUMBNAIL_BYTES)
        write_whole(path, thumbnail)
        return thumbnail

    def has_film(self, dream_id: str) -> bool:
        """Whether :meth:`film` has frames."""
        return self._film_path(dream_id).exists()

    def film(self, dream_id: str) -> list[bytes]:
        """JPEG frames of how a dream grew; empty where none were kept."""
        try:
            return unpack(self._film_path(dream_id).read_bytes())
        except (OSError, zipfile.BadZipFile):
            return []

    def photos(self, recipe: Recipe) -> dict[str, np.ndarray]:
        """The photos that a recipe names; raises UserError where one is not kept."""
        found = {sha256: self.photo(sha256) for sha256 in recipe.photos}
        if any(photo is None for photo in found.values()):
            raise UserError("A photo that this recipe names is not kept here: upload it on the Picture page.")
        return found

    def photo(self, sha256: str) -> np.ndarray | None:
        """A photo that some dream needs, uint8 [height, width, 3]; None where it is not kept."""
        try:
            with Image.open(self._photo_path(sha256)) as image:
                return np.asarray(image.convert("RGB"))
        except OSError:
            return None

    # --- files -----------------------------------------------------------------------------------------------------

    def _files(self) -> set[str]:
        return {path.stem for path in self._dreams.glob("*.json") if _is_id(path.stem)}

    def _keep_photo(self, sha256: str, photo: np.ndarray) -> None:
        if not self._photo_path(sha256).exists():
            write_whole(self._photo_path(sha256), encode_png(photo))

    def _drop_unused_photo(self, sha256: str) -> None:
        if not any(sha256 in path.read_text() for path in self._dreams.glob("*.json")):
            self._photo_path(sha256).unlink(missing_ok=True)

    def _film_path(self, dream_id: str) -> Path:
        return self._dreams / f"{dream_id}.film.zip"

    def _json_path(self, dream_id: str) -> Path:
        return self._dreams / f"{dream_id}.json"

    def _thumbnail_path(self, dream_id: str) -> Path:
        return self._thumbnails / f"{dream_id}.jpg"

    def _photo_path(self, sha256: str) -> Path:
        return self._photos / f"{sha256}.png"


def _is_id(text: str) -> bool:
    """Ids come back from addresses: nothing but what :meth:`Gallery.keep` makes may become a path."""
    return bool(text) and all(part.isalnum() for part in text.split("-"))


def _at_most(pixels: np.ndarray, size: int) -> bytes:
    for quality in (85, 70, 55, 40, 25):
        jpeg = preview(pixels, THUMBNAIL_SIDE, quality)
        if len(jpeg) <= size:
            return jpeg
    return preview(pixels, THUMBNAIL_SIDE // 2, 50)
