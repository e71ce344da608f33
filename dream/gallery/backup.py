"""Backups of a home folder as a tar: dreams, the trash, the photos and networks that they need.

A backup may be taken while a server works in the folder: of every dream the picture and the film are read before its
JSON file is written into the archive, and a dream that is deleted meanwhile is in the archive whole or not at all.
What can be made again (index, thumbnails), and jobs, are left out.
"""

import hashlib
import io
import os
import re
import tarfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from dream.errors import StorageError, UserError
from dream.files import read_regular, write_atomically
from dream.gallery.record import is_id
from dream.networks.user import approval
from dream.networks.user.checks import check_graph
from dream.networks.user.library import DETAILS, NAME, Details
from dream.networks.user.sandbox import FILE_MEGABYTES, GRAPH

DREAM_FILE = re.compile(r"(dreams|bin)/[0-9a-z-]{1,80}\.(json|png|film\.zip)")
PHOTO_FILE = re.compile(r"photos/[0-9a-f]{64}\.png")
NETWORK_FILE = re.compile(rf"networks/(?P<name>{NAME.pattern})/(?P<file>{GRAPH}|{DETAILS}|{approval.FILE})")


def backup(home: Path, out: Path) -> int:
    """Writes a backup; returns how many dreams are in it.

    Raises:
        UserError: ``out`` cannot be written, or there is a file already.
    """
    if out.exists():
        raise UserError(f"{out} exists already: name another file.")
    part = out.with_name(f".{out.name}.part")
    count = 0
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w") as archive:
            for name, content in _contents(home):
                member = tarfile.TarInfo(name)
                member.size, member.mode = len(content), 0o600
                archive.addfile(member, io.BytesIO(content))
                count += name.endswith(".json") and name.startswith("dreams/")
        part.replace(out)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise StorageError(f"Cannot write {out}: {error.strerror}.") from None
    return count


def restore(home: Path, source: Path) -> int:
    """Brings back what a backup has and the folder has not; returns how many dreams. Nothing is overwritten.

    No server may work in the folder. The whole archive is looked at before anything is written.

    Raises:
        UserError: it cannot be read, or has anything in it that a backup has not; or the folder is full or read-only.
    """
    try:
        with tarfile.open(source, "r:") as archive:
            members = archive.getmembers()
            for member in members:
                _check_member(archive, member)
            _check_networks(archive)
            # What a JSON file describes is there before it: interrupted, there is no dream without its picture.
            members.sort(key=lambda member: member.name.endswith(".json"))
            return sum(_restored(archive, member, home) for member in members)
    except (OSError, tarfile.TarError, EOFError) as error:
        raise UserError(f"{source} cannot be read as a backup: {error}.") from None


def _contents(home: Path) -> Iterator[tuple[str, bytes]]:
    """Name in the archive and content of each file."""
    folders = [home / name for name in ("dreams", "bin")]
    for path in sorted(path for folder in folders for path in folder.glob("*.json") if is_id(path.stem)):
        with suppress(OSError):  # deleted or restored in this moment: it is in the other folder, or gone
            record = read_regular(path)
            for suffix in (".png", ".film.zip"):
                file = next(
                    (place / f"{path.stem}{suffix}" for place in folders if _is_there(place, path.stem, suffix)), None
                )
                if file is not None:
                    yield f"{path.parent.name}/{file.name}", read_regular(file)
            yield f"{path.parent.name}/{path.name}", record
    for path in sorted((home / "photos").glob("*.png")):
        with suppress(OSError):
            yield f"photos/{path.name}", read_regular(path)
    for path in sorted((home / "networks").glob("*/*")):
        name = f"networks/{path.parent.name}/{path.name}"
        if NETWORK_FILE.fullmatch(name):
            with suppress(OSError):
                yield name, read_regular(path)


def _is_there(folder: Path, dream_id: str, suffix: str) -> bool:
    return (folder / f"{dream_id}{suffix}").is_file()


def _check_member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
    known = any(pattern.fullmatch(member.name) for pattern in (DREAM_FILE, PHOTO_FILE, NETWORK_FILE))
    if not known or member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
        shown = member.name if member.name.isprintable() else ascii(member.name)
        raise UserError(f"This is no backup: it contains {shown[:100]}. Nothing was restored.")
    if member.offset_data + member.size > Path(str(archive.name)).stat().st_size:
        raise UserError("This backup was cut short. Nothing was restored.")


def _check_networks(archive: tarfile.TarFile) -> None:
    """A graph of an archive is as foreign as an uploaded one: raises UserError where it is not safe to import."""
    for member in archive.getmembers():
        match = NETWORK_FILE.fullmatch(member.name)
        if match is None or match["file"] != DETAILS:
            continue
        try:
            details = Details.model_validate_json(_content(archive, member))
            graph = _content(archive, archive.getmember(f"networks/{match['name']}/{GRAPH}"))
        except (ValidationError, KeyError):
            raise UserError(f"The network {match['name']} in this backup is damaged. Nothing was restored.") from None
        if hashlib.sha256(graph).hexdigest() != details.graph_sha256:
            raise UserError(f"The network {match['name']} in this backup is damaged. Nothing was restored.")
        check_graph(graph, FILE_MEGABYTES)


def _restored(archive: tarfile.TarFile, member: tarfile.TarInfo, home: Path) -> bool:
    """Writes a file unless it is there; whether it is a dream that was not."""
    path = home / member.name
    match = DREAM_FILE.fullmatch(member.name)
    places = [path] if match is None else [home / place / path.name for place in ("dreams", "bin")]
    if any(place.exists() for place in places):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, _content(archive, member))
    return match is not None and path.suffix == ".json"


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    return file.read() if file is not None else b""
