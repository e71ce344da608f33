"""What is damaged and what is orphaned in a gallery's folder; nothing is changed."""

import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from dream.files import read_regular, regular
from dream.gallery.photos import PhotoFiles, photos_named_in
from dream.gallery.record import DreamRecord, is_id, read_record
from dream.networks.user import library
from dream.networks.user.sandbox import GRAPH
from dream.pictures.film import unpack
from dream.pictures.start import pixels_sha256


class Finding(NamedTuple):
    """A file, and what is wrong with it: damaged, or orphaned (nothing needs it)."""

    path: Path
    damaged: bool
    what: str


def check(home: Path) -> Iterator[Finding]:
    """Looks at every file of the gallery: records, pictures, films, photos, brought networks."""
    folders = [home / "dreams", home / "bin"]
    records = {
        path: read_record(path) for folder in folders for path in sorted(folder.glob("*.json")) if is_id(path.stem)
    }
    for path, record in records.items():
        if record is None:
            yield Finding(path, True, "the record cannot be read")
        else:
            yield from _of_dream(home, path, record)
    known = {path.stem for path in records}
    for path in sorted(
        path for folder in folders for suffix in ("*.png", "*.film.zip") for path in folder.glob(suffix)
    ):
        if path.name.split(".")[0] not in known:
            yield Finding(path, False, "no record belongs to it")
    yield from _photos(home, list(records))
    yield from _networks(home)


def _of_dream(home: Path, path: Path, record: DreamRecord) -> Iterator[Finding]:
    picture, film = path.with_suffix(".png"), path.with_suffix(".film.zip")
    if problem := _problem_of_picture(picture):
        yield Finding(picture, True, problem)
    if film.exists():
        try:
            unpack(read_regular(film))
        except (OSError, zipfile.BadZipFile):
            yield Finding(film, True, "the film cannot be read")
    for sha256 in sorted(record.recipe.photos):
        if not PhotoFiles(home / "photos").path(sha256).exists():
            yield Finding(path, True, f"its photo {sha256[:12]} is missing")


def _problem_of_picture(path: Path) -> str | None:
    try:
        with regular(path) as file, Image.open(file) as image:
            image.load()
    except FileNotFoundError:
        return "the picture is missing"
    except (OSError, SyntaxError, Image.DecompressionBombError):
        return "the picture cannot be read"
    return None


def _photos(home: Path, records: list[Path]) -> Iterator[Finding]:
    files = PhotoFiles(home / "photos")
    there = {path.stem: path for path in sorted((home / "photos").glob("*.png"))}
    needed = photos_named_in((path for path in records if path.is_file()), set(there))
    for sha256, path in there.items():
        pixels: np.ndarray | None = files.read(sha256)
        if pixels is None or pixels_sha256(pixels) != sha256:
            yield Finding(path, True, "the photo cannot be read, or is another one")
        elif sha256 not in needed:
            yield Finding(path, False, "no dream needs it")


def _networks(home: Path) -> Iterator[Finding]:
    for folder in sorted((home / "networks").glob("*")):
        details = library.find_details(folder.name)
        try:
            graph = read_regular(folder / GRAPH)
        except OSError:
            graph = b""
        if details is None or hashlib.sha256(graph).hexdigest() != details.graph_sha256:
            yield Finding(folder, True, "the network is damaged")
