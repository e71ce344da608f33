"""The middleware of the server, outermost first."""

from starlette.middleware import Middleware

from dream.ui.doors.headers import SecurityHeaders
from dream.ui.doors.hosts import AllowedHosts
from dream.ui.doors.login_return import ReturnAfterLogin
from dream.ui.doors.uploads import Uploads
from dream.ui.doors.visitor_cookie import VisitorCookie


def middleware() -> list[Middleware]:
    """What ``streamlit.App`` takes as its middleware."""
    return [Middleware(part) for part in (SecurityHeaders, AllowedHosts, Uploads, VisitorCookie, ReturnAfterLogin)]
