"""Uploads come from those alone whom the app has let in.

Streamlit takes files from every browser that has a connection, which a login page has too.
"""

from cachetools import LRUCache
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dream.ui.doors.addresses import path_of

MOST_SESSIONS = 10_000

_admitted: LRUCache[str, bool] = LRUCache(MOST_SESSIONS)


def admit() -> None:
    """Lets the session whose script is running upload files, until :func:`dismiss`."""
    if context := get_script_run_ctx():
        _admitted[context.session_id] = True


def dismiss() -> None:
    """Takes that back."""
    if context := get_script_run_ctx():
        _admitted.pop(context.session_id, None)


class Uploads:
    """Refuses files for sessions that are not admitted, before a byte of them is read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers such an upload with status 403, and passes all else on."""
        if scope["type"] == "http" and scope["method"] == "PUT" and _is_uninvited(scope["path"]):
            await PlainTextResponse("Log in before you upload files.", 403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _is_uninvited(path: str) -> bool:
    uploads = path_of("_stcore/upload_file/")
    return path.startswith(uploads) and path.removeprefix(uploads).split("/")[0] not in _admitted
