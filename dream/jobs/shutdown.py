"""Whether the server has been told to leave: workers that die now die because everything ends."""

import signal
from functools import partial
from threading import Event, current_thread, main_thread
from types import FrameType
from typing import Any

_requested = Event()


def watch_signals() -> None:
    """Notes SIGTERM and SIGINT from now on, and passes them on to who had them before.

    Only the main thread can do this; for any other, and where nobody had them, everything stays as it is.
    """
    if current_thread() is not main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)
        if callable(before):
            signal.signal(number, partial(_note, before))


def requested(within: float = 0) -> bool:
    """Whether the server has been told to leave, or is within so many seconds."""
    return _requested.wait(within)


def _note(before: Any, number: int, frame: FrameType | None) -> None:
    _requested.set()
    before(number, frame)
