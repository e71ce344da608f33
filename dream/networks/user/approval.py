"""Who may use a network that somebody brought.

With the setting ``approve_networks`` a new one is for those who uploaded it, until an admin approves it for everybody. A
file beside its graph says that it waits; a network without that file is for everybody.
"""

import shutil
from pathlib import Path

from pydantic import BaseModel, ValidationError

from dream.errors import StorageError, UserError
from dream.files import write_atomically
from dream.people import Asker
from dream.settings import settings
from dream.trace import trace

FILE = "waits-for-approval.json"


class Waiting(BaseModel):
    """The file's content: who uploaded it, each as :attr:`dream.people.Asker.name`."""

    uploaders: tuple[str, ...] = ()


def mark(folder: Path, uploader: str) -> None:
    """Lets the network in this folder wait, or adds another uploader; raises StorageError if the disk is full."""
    before = _waiting(folder)
    uploaders = dict.fromkeys((*(before.uploaders if before else ()), uploader))
    write_atomically(folder / FILE, Waiting(uploaders=tuple(uploaders)).model_dump_json().encode())


def waiting() -> dict[str, tuple[str, ...]]:
    """The uploaders of each network that waits, by its name."""
    found = {path.parent.name: _waiting(path.parent) for path in sorted(_networks().glob(f"*/{FILE}"))}
    return {name: entry.uploaders for name, entry in found.items() if entry is not None}


def may_use(name: str, person: str) -> bool:
    """Whether a person may use a network, by its name; zoo networks and unknown names are nobody's secret."""
    entry = _waiting(_networks() / name) if name == Path(name).name else None
    return entry is None or person in entry.uploaders


def check(names: frozenset[str], person: str) -> None:
    """Raises UserError where a person may not use one of these networks."""
    for name in sorted(names):
        if not may_use(name, person):
            raise UserError(f"{name} waits for an admin's approval: until then only who brought it can use it.")


def approve(name: str, asker: Asker) -> None:
    """Opens a waiting network to everybody; raises UserError if the asker is no admin or the disk is read-only."""
    asker.check_admin("approve networks")
    if name in waiting():
        _removed(_networks() / name / FILE)
        trace("approved", asker.name, network=name)


def refuse(name: str, asker: Asker) -> None:
    """Removes a waiting network with its graph; raises UserError if the asker is no admin or the disk is read-only."""
    asker.check_admin("refuse networks")
    if name in waiting():
        _removed(_networks() / name)
        trace("refused", asker.name, network=name)


def _waiting(folder: Path) -> Waiting | None:
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        return Waiting.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):  # damaged: it waits, and is nobody's
        return Waiting()


def _removed(path: Path) -> None:
    try:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(f"Cannot remove {path}: {error.strerror}.") from None


def _networks() -> Path:
    return settings().home / "networks"
