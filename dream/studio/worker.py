"""What runs on a Dask worker: one job is one call of :func:`render_job`.

Pixels go in and out as values, so that a worker needs no disk in common with the server.
"""

import os
import time
from functools import lru_cache
from threading import Lock, Thread
from typing import Any, NamedTuple

import numpy as np
from distributed import Client, Event, WorkerPlugin, get_worker

from dream.ascent.render import Frame, make_dream, render
from dream.errors import UserError
from dream.networks.graph import Network
from dream.networks.zoo import DEFAULT, load_network
from dream.pictures.film import Reel
from dream.pictures.png import encode_png
from dream.pictures.shown import preview, shown
from dream.pictures.start import Photos
from dream.recipe import Recipe, parse_recipe

TOPIC = "dream-frames"
PREVIEW_SIDE = 640
PREVIEW_QUALITY = 75
PREVIEW_EVERY = 0.2  # seconds
LOOK_FOR_STOP_EVERY = 0.1  # seconds: the look is a round trip to the scheduler
NICE = 10

_loading = Lock()


class Result(NamedTuple):
    """What a job brings home: the picture as PNG with its recipe inside, its film as JPEGs, and the dream's facts."""

    png: bytes
    film: list[bytes]
    recipe: Recipe
    scores: tuple[float, ...]
    size: tuple[int, int]
    seconds: float


def render_job(job_id: str, recipe_json: str, photos: Photos) -> Result | None:
    """Renders a recipe, reporting frames as worker events on the way; None where it was stopped before a step."""
    recipe = parse_recipe(recipe_json)
    network = _network(recipe.network)
    started = time.monotonic()
    reporter = _Reporter(job_id, recipe)
    dream = make_dream(network, recipe, photos, reporter.report, _StopSign(job_id))
    if dream is None:
        return None
    pixels = shown(dream.picture, recipe.stretched)
    height, width = pixels.shape[:2]
    png = encode_png(pixels, dream.recipe)
    return Result(png, reporter.reel.frames, dream.recipe, dream.scores, (width, height), time.monotonic() - started)


def stop_sign(job_id: str, client: Client | None = None) -> Event:
    """The Dask event that stops a job; on a worker, ``client`` is the worker's own."""
    return Event(f"dream-stop-{job_id}", client=client)


class Prepared(WorkerPlugin):
    """Makes a worker give way to the page, and ready before the first job comes."""

    name = "dream-prepared"

    def __init__(self, likely: tuple[Recipe, ...] = ()) -> None:
        """``likely``: recipes that somebody may soon start."""
        self._likely = [recipe.to_json() for recipe in likely]

    def setup(self, worker: Any) -> None:
        """Called once in every worker process, restarted ones too."""
        if hasattr(os, "nice"):
            os.nice(NICE)
        Thread(target=warm_up, args=(self._likely,), daemon=True).start()


def warm_up(likely: list[str]) -> None:
    """Imports TensorFlow, loads the default network and does the first step of some recipes."""
    network = _network(DEFAULT)
    for recipe in likely:
        next(render(network, parse_recipe(recipe)))


def _network(name: str) -> Network:
    with _loading:
        return _load_network(name)


@lru_cache(maxsize=3)
def _load_network(name: str) -> Network:
    return load_network(name)


class _Reporter:
    """Sends every step's score, and a small JPEG a few times a second; keeps the film."""

    def __init__(self, job_id: str, recipe: Recipe) -> None:
        self.reel = Reel(every=recipe.film_every)
        self._job_id = job_id
        self._stretched = recipe.stretched
        self._next_preview = 0.0

    def report(self, frame: Frame) -> None:
        message = {
            "job": self._job_id,
            "step": frame.step,
            "steps": frame.steps,
            "score": frame.score,
            "progress": frame.progress,
        }
        last = frame.progress == 1 or frame.score is None
        shown_now = last or time.monotonic() >= self._next_preview
        filmed = last or self.reel.wants(frame.step)
        if shown_now or filmed:
            if not np.isfinite(frame.picture).all():
                raise UserError("The picture left all bounds: choose a smaller step.")
            jpeg = preview(shown(frame.picture, self._stretched), PREVIEW_SIDE, PREVIEW_QUALITY)
        if filmed:
            self.reel.add(jpeg)
        if shown_now:
            message["preview"] = jpeg
            self._next_preview = time.monotonic() + PREVIEW_EVERY
        get_worker().log_event(TOPIC, message)


class _StopSign:
    """True once somebody has pressed stop."""

    def __init__(self, job_id: str) -> None:
        self._event = stop_sign(job_id)
        self._next_look = 0.0
        self._stopped = False

    def __call__(self) -> bool:
        if not self._stopped and time.monotonic() >= self._next_look:
            self._stopped = self._event.is_set()
            self._next_look = time.monotonic() + LOOK_FOR_STOP_EVERY
        return self._stopped
