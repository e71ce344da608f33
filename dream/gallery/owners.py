"""Owners without a login: browsers, known by a cookie, and the addresses that they come from.

Whoever has a browser's cookie is that visitor, so no file holds it: files hold a hash of it, keyed with a secret of this
``DREAM_HOME``. Without the key nobody can tell from a hash whose it is; without the file all those browsers are strangers.
"""

import hashlib
import hmac
import ipaddress
import logging
import os
import re
import secrets
import tempfile
from contextlib import suppress
from functools import lru_cache
from itertools import chain
from pathlib import Path

from dream.errors import UserError
from dream.files import read_regular, write_atomically

KEY_FILE = "visitor-key"
# How files of earlier versions name a browser: by its cookie itself.
_RAW = re.compile(rb'("owner":\s*")([A-Za-z0-9]{32})"')

log = logging.getLogger(__name__)


def browser(home: Path, cookie: str) -> str:
    """The owner that a browser's cookie stands for."""
    return f"browser:{_hash(home, 'browser', cookie)}"


def address(home: Path, ip: str) -> str:
    """The address of a visitor as a job names it; a whole /64 network of IPv6 counts as one, as one person has it."""
    return f"address:{_hash(home, 'address', _network(ip))}"


def hide_browsers(home: Path, *folders: Path) -> None:
    """Replaces cookies in the JSON files of folders by their owners; what cannot be written is logged, and stays.

    Times of modification stay too: in the bin they say when a dream was deleted.
    """
    for path in chain.from_iterable(folder.glob("*.json") for folder in folders):
        with suppress(FileNotFoundError):  # moved in this moment
            try:
                content, times = read_regular(path), path.stat()
                if (found := _RAW.search(content)) is None:
                    continue
                owner = browser(home, found[2].decode()).encode()
                write_atomically(path, content[: found.start()] + found[1] + owner + b'"' + content[found.end() :])
                os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
            except (OSError, UserError) as error:
                log.warning("The owner of %s stays as it is: %s", path.name, error)


def _network(ip: str) -> str:
    try:
        parsed = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:  # a proxy's own word for a visitor
        return ip
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(parsed) if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))


def _hash(home: Path, kind: str, value: str) -> str:
    return hmac.new(_key(home / KEY_FILE), f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()[:32]


@lru_cache(maxsize=8)
def _key(path: Path) -> bytes:
    """The secret, made by whoever needs it first; readable by the server alone."""
    with suppress(FileNotFoundError):
        return path.read_bytes()
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another thread was quicker
            os.link(temporary, path)
        Path(temporary).unlink()
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"Cannot write {path}: {error.strerror}.") from None
