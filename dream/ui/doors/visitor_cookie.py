"""The cookie by which a browser is known again where nobody logs in.

Whoever has its value is that visitor, so no script may read it, and under HTTPS it travels encrypted only.
"""

import secrets
from http.cookies import SimpleCookie

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dream.ui.doors.addresses import base_path

NAME = "dream_visitor"
YEAR = 365 * 24 * 3600


class VisitorCookie:
    """Sets the cookie with every page that a browser loads: a new one, or the same again for another year."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, and its answer back with the cookie."""

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", _set_cookie(HTTPConnection(scope)))
            await send(message)

        loads_page = scope["type"] == "http" and "text/html" in HTTPConnection(scope).headers.get("accept", "")
        await self._app(scope, receive, send_with_cookie if loads_page else send)


def is_valid(value: str) -> bool:
    """Whether this can be a value of the cookie: 32 characters, letters and digits."""
    return len(value) == 32 and value.isascii() and value.isalnum()


def new_value() -> str:
    """A value that nobody can guess."""
    return secrets.token_hex(16)


def _set_cookie(request: HTTPConnection) -> str:
    known = request.cookies.get(NAME, "")
    cookie: SimpleCookie = SimpleCookie({NAME: known if is_valid(known) else new_value()})
    cookie[NAME].update({"path": base_path(), "max-age": str(YEAR), "samesite": "Lax"})
    for flag in ("httponly", *(["secure"] if request.url.scheme == "https" else [])):
        cookie[NAME][flag] = True
    return cookie[NAME].OutputString()
