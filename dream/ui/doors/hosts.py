"""Names by which the server may be asked for, against DNS rebinding.

A page anywhere can let its own name lead to an address in its visitor's network, and then ask the server there for
everything, as the browser takes both for one place. Such a request has that page's name as its host.
"""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from dream.errors import UserError
from dream.settings import settings


class AllowedHosts(TrustedHostMiddleware):
    """Starlette's check of the host, of HTTP and websockets, that also lets IP addresses through.

    An address is no name that could lead elsewhere.
    """

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app, allowed_hosts=sorted(allowed_hosts()), www_redirect=False)
        Thread(target=self._add_full_name, name="full-host-name", daemon=True).start()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers with status 400 where the host is not allowed, else passes the request on."""
        if scope["type"] in ("http", "websocket") and _is_address(Headers(scope=scope).get("host", "")):
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    def _add_full_name(self) -> None:
        """Asks for this machine's full name, which can take seconds without a name server."""
        self.allowed_hosts.append(socket.getfqdn().lower())


def allowed_hosts() -> set[str]:
    """This machine's names, those in Streamlit's settings and the login's address, and ``DREAM_HOSTS``."""
    name = socket.gethostname()
    return {host.lower() for host in ("localhost", name, f"{name}.local", *_configured()) if host}


def _configured() -> Iterator[str]:
    yield from (st.get_option("server.address") or "", st.get_option("browser.serverAddress") or "")
    yield from st.get_option("server.allowedHosts")
    with suppress(FileNotFoundError, KeyError):  # no secrets, no login
        yield urlsplit(st.secrets["auth"]["redirect_uri"]).hostname or ""
    with suppress(UserError):  # shown to every visitor by app.py
        yield from settings().hosts


def _is_address(host: str) -> bool:
    """Whether a Host header names an IP address, with or without a port."""
    try:
        ipaddress.ip_address(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False
    return True
