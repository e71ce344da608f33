"""What the server does before anybody comes."""

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
async def before_anybody_comes(_: object) -> AsyncIterator[None]:
    """The server's lifespan: jobs that an earlier server left go on before the first visitor comes.

    At its end the workers are sent home; what they were rendering is written down, and the next server goes on.
    """
    shutdown.watch_signals()
    to_standard_error()
    logging.getLogger("dream").addHandler(RECENT_ERRORS)
    Thread(target=_start_jobs, name="start-jobs", daemon=True).start()
    yield
    await asyncio.to_thread(_close_jobs)


def _start_jobs() -> None:
    from dream.ui import resources  # late: Streamlit's caches want a server that runs

    with suppress(UserError):  # every visitor is told
        resources.jobs()


def _close_jobs() -> None:
    from dream.ui import resources

    with suppress(UserError):
        resources.jobs().close()
