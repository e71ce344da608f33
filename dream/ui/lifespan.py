"""The server's lifespan: what it does at start and end, independently of visitors."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from threading import Thread

from dream.errors import UserError
from dream.files import make_private
from dream.jobs import shutdown
from dream.jobs.log import to_standard_error
from dream.jobs.monitoring import RecentErrors
from dream.settings import settings

RECENT_ERRORS = RecentErrors()
# What is written into DREAM_HOME and DREAM_CACHE. Other things may lie there, which are left alone.
OF_HOME = ("dreams", "photos", "thumbnails", "bin", "jobs", "networks", "index.sqlite*", "server.lock")
OF_CACHE = ("atlas", "inception5h*", "trial-*", "*.pb", "*.npz", "*.sha256")


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[None]:
    """Starts the jobs with the server, so unfinished ones resume before the first visit; closes them at its end."""
    os.umask(0o077)  # what the server and its processes write is theirs alone
    shutdown.watch_signals()
    to_standard_error()
    logging.getLogger("dream").addHandler(RECENT_ERRORS)
    Thread(target=_start_jobs, name="start-jobs", daemon=True).start()
    yield
    await asyncio.to_thread(_close_jobs)


def _start_jobs() -> None:
    from dream.ui import resources  # late: Streamlit's caches need a running server

    make_private(path for name in OF_HOME for path in settings().home.glob(name))
    make_private(path for name in OF_CACHE for path in settings().cache.glob(name))
    with suppress(UserError):  # shown to every visitor by app.py
        resources.jobs()


def _close_jobs() -> None:
    from dream.ui import resources

    with suppress(UserError):
        resources.jobs().close()
