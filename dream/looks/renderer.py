"""A separate, low-priority process that renders small pictures one after the other and ends with the server.

Tasks come on standard input, replies go to standard output (:mod:`dream.looks.process`). The end of the input, which
comes whenever and however the server ends, ends the process. Networks and gradient functions stay loaded from one task
to the next.
"""

import os
import pickle
import queue
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache, partial
from threading import Event, Thread
from typing import BinaryIO

from dream.ascent.make import make
from dream.ascent.render import Load
from dream.errors import UserError
from dream.looks.process import Reply, Task
from dream.networks.user.sandbox import limit_process
from dream.networks.zoo.catalog import load_network
from dream.pictures.display import preview, to_uint8

NICE = 15  # after dreams that somebody waits for, which have 10
NETWORKS_LOADED = 3


def render_tasks(tasks: BinaryIO, replies: BinaryIO, load: Load, ended: Callable[[], None]) -> None:
    """Answers tasks; returns when there are no more. ``ended`` is called as soon as that is known."""
    waiting: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
    abandoned = Event()

    def listen() -> None:
        with suppress(EOFError):
            while True:
                task = pickle.load(tasks)
                if task is None:
                    abandoned.set()
                else:
                    abandoned.clear()  # what was abandoned has been answered: the server waits for that
                    waiting.put(task)
        ended()
        waiting.put(None)

    Thread(target=listen, daemon=True).start()
    while (task := waiting.get()) is not None:
        pickle.dump(_reply(task, load, abandoned.is_set), replies)
        replies.flush()


def _reply(task: Task, load: Load, stop: Callable[[], bool]) -> Reply:
    try:
        dream = make(load, task.recipe, task.photos, stop=stop)
    except UserError as error:
        return Reply(problem=str(error))
    except Exception as error:  # of TensorFlow: this picture fails, not the next one
        return Reply(problem=f"TensorFlow fails on it: {error!r}")
    if dream is None or dream.plan.stopped_after:
        return Reply()
    return Reply(preview(to_uint8(dream.picture, task.recipe.stretched), max(dream.picture.shape)))


def main() -> None:
    """Renders at low priority; what others print goes to standard error instead of between the replies."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    limit_process()  # a team's look may name a network that somebody brought
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # in a terminal it comes to all processes: this one ends with its input
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    render_tasks(sys.stdin.buffer, replies, lru_cache(NETWORKS_LOADED)(load_network), ended=partial(os._exit, 0))


if __name__ == "__main__":
    main()
