"""Logins that have ended.

Streamlit's log-out takes the cookie from one browser. A copy of it, and other pages that are open there, would stay
logged in for the cookie's 30 days; so what was logged out is remembered as long, across restarts too.
"""

import hashlib
import json
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from dream.files import write_atomically

DAY = 24 * 3600
DAYS = 32  # a cookie is believed for 31

_lock = Lock()


def login_id(claims: Mapping[str, Any]) -> str:
    """Names one login of one person by what the provider said at it.

    Its time is always among that: ``iat`` is required in ID tokens (OpenID Connect Core 1.0, section 2), and Authlib
    takes none without it.
    """
    said = json.dumps({key: value for key, value in claims.items() if key != "tokens"}, sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


class LoggedOut:
    """The logins that have ended, in a file of ``DREAM_HOME``."""

    def __init__(self, home: Path) -> None:
        """Reads the file; a damaged one counts as empty."""
        self._path = home / "logged-out.json"
        try:
            self._ended: dict[str, float] = dict(json.loads(self._path.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            self._ended = {}

    def __contains__(self, login: str) -> bool:
        """Whether a login, named by :func:`login_id`, has ended."""
        return login in self._ended

    def add(self, login: str) -> None:
        """Ends a login; raises UserError if that cannot be written, though it has ended until the server restarts."""
        with _lock:
            now = time.time()
            recent = {name: when for name, when in self._ended.items() if now - when < DAYS * DAY}
            self._ended = {**recent, login: now}
            write_atomically(self._path, json.dumps(self._ended).encode())
