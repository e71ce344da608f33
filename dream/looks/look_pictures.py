"""Small pictures of a photo in every look, made in the background and kept in memory, never on disk.

A wish, for a photo in all looks, must be renewed again and again, as a page does that waits for its pictures: those of
visitors who left or chose another photo lapse by themselves. The latest wish is served first.
"""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import partial
from threading import Condition, Thread
from typing import NamedTuple

import numpy as np
from cachetools import LRUCache

from dream.looks.process import ProcessDied, RenderProcess, Reply, Task
from dream.pictures.start import pixels_sha256
from dream.recipe import Photo, Recipe
from dream.recipe.looks import SMALL_SIDE, Look

MOST_PICTURES = 1024  # of about 20 kB
MOST_WISHES = 32
LAPSES_AFTER = 3.0  # seconds
PAUSE = 60.0  # seconds, after a process that died before its first reply

log = logging.getLogger(__name__)


class _Wish(NamedTuple):
    """What is wished for one photo, in order, and when it was renewed last by ``time.monotonic()``."""

    tasks: tuple[Task, ...]
    renewed: float


class LookPictures:
    """Small pictures of photos in looks; safe to use from several threads."""

    def __init__(self, start_process: Callable[[], RenderProcess] = RenderProcess) -> None:
        """The process is started with the first wish, by ``start_process``."""
        self._start_process = start_process
        self._thread: Thread | None = None
        self._pictures: LRUCache[Recipe, bytes | None] = LRUCache(MOST_PICTURES)  # None: it cannot be rendered
        self._wishes: OrderedDict[str, _Wish] = OrderedDict()  # by the photo's SHA-256, the latest last
        self._changed = Condition()

    def wish(self, small: np.ndarray, looks: Iterable[Look]) -> dict[str, bytes | None]:
        """A photo in looks as far as they are made, and a wish for those that are missing. Returns at once.

        Args:
            small: the photo, uint8 [height, width, 3], its longest side ``SMALL_SIDE`` pixels.
            looks: in the order in which they shall be made.

        Returns:
            JPEGs by the looks' names, None where one is still to come; looks that cannot be rendered are left out.
        """
        sha256 = pixels_sha256(small)
        start = Photo(sha256=sha256, longest_side=SMALL_SIDE)
        recipes = {look.name: look.small_recipe(start) for look in looks}
        with self._changed:
            failed = {name for name, recipe in recipes.items() if self._pictures.get(recipe, b"") is None}
            pictures = {name: self._pictures.get(recipe) for name, recipe in recipes.items() if name not in failed}
            if None in pictures.values():
                self._renew(sha256, tuple(Task(name, recipe, {sha256: small}) for name, recipe in recipes.items()))
            else:
                self._wishes.pop(sha256, None)
        return pictures

    def _renew(self, sha256: str, tasks: tuple[Task, ...]) -> None:
        """Keeps a wish's place; a new one is the latest."""
        self._wishes[sha256] = _Wish(tasks, time.monotonic())
        if len(self._wishes) > MOST_WISHES:
            self._wishes.popitem(last=False)
        if self._thread is None:
            self._thread = Thread(target=self._work, name="look-pictures", daemon=True)
            self._thread.start()
        self._changed.notify()

    def _next(self) -> Task | None:
        """What to render now, of the latest wish that has not lapsed; None where nothing is missing."""
        with self._changed:
            oldest = time.monotonic() - LAPSES_AFTER
            for sha256 in [sha256 for sha256, wish in self._wishes.items() if wish.renewed < oldest]:
                del self._wishes[sha256]
            latest_first = (task for wish in reversed(self._wishes.values()) for task in wish.tasks)
            return next((task for task in latest_first if task.recipe not in self._pictures), None)

    def _is_next(self, task: Task) -> bool:
        following = self._next()
        return following is not None and following.recipe == task.recipe

    def _wait_for_next(self) -> Task:
        with self._changed:
            while (task := self._next()) is None:
                self._changed.wait()
            return task

    def _work(self) -> None:
        process, replied = None, False
        while True:
            task = self._wait_for_next()
            try:
                if process is None:
                    process, replied = self._start_process(), False
                reply = process.render(task, partial(self._is_next, task))
                replied = True
            except (ProcessDied, OSError):
                process, reply = None, Reply(problem="The process that renders it died.")
                if not replied:
                    time.sleep(PAUSE)
            if reply.problem:
                log.warning("A photo cannot be shown in the look %s: %s", task.look, reply.problem)
            if reply.jpeg or reply.problem:
                with self._changed:
                    self._pictures[task.recipe] = reply.jpeg
