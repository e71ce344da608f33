"""Whether the server is shutting down: workers that die then are not counted as crashed."""

import signal
from functools import partial
from threading import Event, current_thread, main_thread
from types import FrameType
from typing import Any

_requested = Event()


def watch_signals() -> None:
    """Records SIGTERM and SIGINT from now on, then calls the handlers that were installed before.

    Does nothing outside the main thread, or for a signal without a handler.
    """
    if current_thread() is not main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)
        if callable(before):
            signal.signal(number, partial(_note, before))


def requested(within: float = 0) -> bool:
    """Whether a shutdown was requested; waits up to ``within`` seconds for one."""
    return _requested.wait(within)


def _note(before: Any, number: int, frame: FrameType | None) -> None:
    _requested.set()
    before(number, frame)
