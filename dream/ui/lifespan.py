"""The server's lifespan: what it does at start and end, independently of visitors."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from threading import Thread

from dream.errors import UserError
from dream.jobs import shutdown
from dream.jobs.log import to_standard_error
from dream.jobs.monitoring import RecentErrors

RECENT_ERRORS = RecentErrors()


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[None]:
    """Starts the jobs with the server, so unfinished ones resume before the first visit; closes them at its end."""
    shutdown.watch_signals()
    to_standard_error()
    logging.getLogger("dream").addHandler(RECENT_ERRORS)
    Thread(target=_start_jobs, name="start-jobs", daemon=True).start()
    yield
    await asyncio.to_thread(_close_jobs)


def _start_jobs() -> None:
    from dream.ui import resources  # late: Streamlit's caches need a running server

    with suppress(UserError):  # shown to every visitor by app.py
        resources.jobs()


def _close_jobs() -> None:
    from dream.ui import resources

    with suppress(UserError):
        resources.jobs().close()
