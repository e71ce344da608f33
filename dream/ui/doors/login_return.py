"""The way back after a login: to the address that was asked for.

Streamlit leads everybody to the first page. Here the address is kept in a cookie while the browser is at the provider.
"""

from urllib.parse import quote, unquote, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dream.ui.doors.addresses import base_path, path_of

NAME = "dream_wanted"
MINUTES = 15  # for a login


class ReturnAfterLogin:
    """Keeps the page that a login starts from, and leads there after it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on; changes the answer of the login's first and last step."""
        if scope["type"] != "http" or scope["path"] not in (path_of("auth/login"), path_of("oauth2callback")):
            await self._app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        starts = scope["path"] == path_of("auth/login")

        async def send_changed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if starts:
                    headers.append("set-cookie", _cookie(_address_of_referrer(request), 60 * MINUTES))
                elif "location" in headers:
                    headers["location"] = _wanted(request) or headers["location"]
                    headers.append("set-cookie", _cookie("", 0))
            await send(message)

        await self._app(scope, receive, send_changed)


def _address_of_referrer(request: HTTPConnection) -> str:
    """Path and query of the page that asked for the login; empty if that is on another server."""
    page = urlsplit(request.headers.get("referer", ""))
    if page.hostname is None or page.hostname != urlsplit(f"//{request.headers.get('host', '')}").hostname:
        return ""
    return f"{page.path}?{page.query}" if page.query else page.path


def _wanted(request: HTTPConnection) -> str:
    """The address in the cookie; empty if it is not one of this app's pages."""
    address = unquote(request.cookies.get(NAME, ""))
    inside = address.startswith(path_of("")) and not address.startswith(("//", "/\\"))
    return quote(address, safe="/?&=%:,*+~-._") if inside else ""


def _cookie(address: str, seconds: int) -> str:
    return f"{NAME}={quote(address, safe='')}; Path={base_path()}; Max-Age={seconds}; HttpOnly; SameSite=Lax"
