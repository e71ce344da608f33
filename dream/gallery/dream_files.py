"""The files of stored dreams: a picture, a record and perhaps a film each, in one folder."""

import zipfile
from pathlib import Path

from dream.files import read_regular
from dream.gallery.record import is_id
from dream.pictures.film import unpack


class DreamFiles:
    """Names of the files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ids(self) -> set[str]:
        """The ids of all dreams, readable or not: those with a JSON file."""
        return {path.stem for path in self.folder.glob("*.json") if is_id(path.stem)}

    def json(self, dream_id: str) -> Path:
        """Path of the record."""
        return self.folder / f"{dream_id}.json"

    def png(self, dream_id: str) -> Path:
        """Path of the picture."""
        return self.folder / f"{dream_id}.png"

    def film(self, dream_id: str) -> Path:
        """Path of the film."""
        return self.folder / f"{dream_id}.film.zip"

    def of(self, dream_id: str) -> tuple[Path, tuple[Path, ...]]:
        """Paths of a dream's JSON file, and of its other files."""
        return self.json(dream_id), (self.png(dream_id), self.film(dream_id))

    def frames(self, dream_id: str) -> list[bytes]:
        """The frames of a dream's film as JPEG; empty if there is no film, or it cannot be read."""
        try:
            return unpack(read_regular(self.film(dream_id)))
        except (OSError, zipfile.BadZipFile):
            return []
