"""Code that runs on Dask workers: one job is one call of :func:`render_job`.

Pixels are passed as values, so workers need no disk in common with the server.
"""

import os
import time
from collections.abc import Mapping, Sequence
from threading import Condition, RLock, Thread
from typing import Any, NamedTuple

import numpy as np
from cachetools import LRUCache, cached
from distributed import CancelledError, Client, Event, KilledWorker, WorkerPlugin, get_worker
from distributed.comm.core import CommClosedError

from dream.ascent.make import make
from dream.ascent.render import Frame, render
from dream.errors import UserError
from dream.networks.graph import Network
from dream.networks.serialization import SerializedNetwork, deserialize
from dream.networks.zoo.catalog import DEFAULT, load_network
from dream.pictures.display import preview, to_uint8
from dream.pictures.film import FilmRecorder
from dream.pictures.png import encode_png
from dream.pictures.start import Photos
from dream.private_apis import closed_client_error
from dream.recipe import Plan, Recipe

TOPIC = "dream-frames"
PREVIEW_SIDE = 640
PREVIEW_QUALITY = 75
PREVIEW_EVERY = 0.2  # seconds
CHECK_STOP_EVERY = 0.1  # seconds: each check is a round trip to the scheduler
NICE = 10

NETWORKS_LOADED = 3


class Result(NamedTuple):
    """The result of a job: the PNG with its recipe inside, the film's frames as JPEG, and metadata of the dream.

    ``plan`` says after how many steps it was stopped; ``size`` is width and height; ``seconds`` the duration;
    ``out_of_time`` whether it was stopped because it took too long.
    """

    png: bytes
    film: list[bytes]
    plan: Plan
    scores: tuple[float, ...]
    size: tuple[int, int]
    seconds: float
    out_of_time: bool = False


def render_job(
    job_id: str, plan: Plan, photos: Photos, serialized: Mapping[str, SerializedNetwork], most_seconds: float
) -> Result | None:
    """Renders a plan, sending frames as worker events; None if it was stopped before the first step.

    Args:
        job_id: named in the events.
        plan: what to render.
        photos: that the plan names, uint8 [height, width, 3] by SHA-256.
        serialized: networks that the worker may lack, by name.
        most_seconds: after these it is stopped; what it takes to load its networks is not counted.

    Raises:
        UserError: the plan does not fit its networks or photos, the picture is not finite any more, or no step was done
            in time.
    """
    started = time.monotonic()
    reporter = _Reporter(job_id, plan)

    def load(name: str) -> Network:
        return _network(name, serialized.get(name))

    stop = _StopSignal(job_id, most_seconds)
    dream = make(load, plan, photos, reporter.report, stop)
    if dream is None:
        if stop.out_of_time:
            raise UserError(
                f"Not one step was done in {most_seconds:.0f} seconds, all that a dream may take here: choose a smaller size."
            )
        return None
    pixels = to_uint8(dream.picture, plan.stretched)
    height, width = pixels.shape[:2]
    png = encode_png(pixels, dream.plan)
    return Result(
        png,
        reporter.recorder.frames,
        dream.plan,
        dream.scores,
        (width, height),
        time.monotonic() - started,
        stop.out_of_time and bool(dream.plan.stopped_after),
    )


def worker_died(error: BaseException) -> bool:
    """Whether the worker process ended during the job: killed, crashed, or out of memory."""
    return isinstance(error, KilledWorker)


def connection_lost(error: BaseException) -> bool:
    """Whether the job was lost because the scheduler went away or the server is shutting down."""
    return isinstance(error, CancelledError | CommClosedError | closed_client_error())


def stop_event(job_id: str, client: Client | None = None) -> Event:
    """The Dask event that stops a job; on a worker, ``client`` is the worker's own."""
    return Event(f"dream-stop-{job_id}", client=client)


class WorkerSetup(WorkerPlugin):
    """Sets up a worker process: lower priority than the server's, threads, and a warm-up before the first job."""

    name = "dream-worker-setup"
    idempotent = True  # a restarted server does not set up the workers of the same scheduler again

    def __init__(self, likely: tuple[Recipe, ...] = (), threads: int | None = None) -> None:
        """``likely`` recipes to warm up with; ``threads`` of the processor for each worker, None for all."""
        self._likely = likely
        self._threads = threads

    def setup(self, worker: Any) -> None:
        """Called by Dask in every worker process, including restarted ones."""
        if self._threads:
            os.environ.setdefault("TF_NUM_INTRAOP_THREADS", str(self._threads))  # read when TensorFlow is imported
        if hasattr(os, "nice"):
            os.nice(NICE)
        Thread(target=warm_up, args=(self._likely,), daemon=True).start()


def warm_up(likely: Sequence[Recipe]) -> None:
    """Imports TensorFlow, loads the default network and renders the first step of some recipes."""
    _network(DEFAULT)
    for recipe in likely:
        next(render(_network, recipe))


@cached(LRUCache(NETWORKS_LOADED), key=lambda name, serialized=None: name, condition=Condition(RLock()))
def _network(name: str, serialized: SerializedNetwork | None = None) -> Network:
    """A network by its name; the three used last stay loaded."""
    return deserialize(serialized) if serialized else load_network(name)


class _Reporter:
    """Sends the score of every step and a JPEG a few times a second as worker events; records the film."""

    def __init__(self, job_id: str, plan: Plan) -> None:
        self.recorder = FilmRecorder(every=plan.film_every)
        self._job_id = job_id
        self._stretched = plan.stretched
        self._next_preview = 0.0

    def report(self, frame: Frame) -> None:
        if frame.score is not None:
            _check_finite(frame.score)
        message = {
            "job": self._job_id,
            "step": frame.step,
            "steps": frame.steps,
            "score": frame.score,
            "progress": frame.progress,
        }
        last = frame.progress == 1 or frame.score is None
        shown_now = last or time.monotonic() >= self._next_preview
        filmed = last or self.recorder.wants(frame.step)
        if shown_now or filmed:
            _check_finite(frame.picture)
            jpeg = preview(to_uint8(frame.picture, self._stretched), PREVIEW_SIDE, PREVIEW_QUALITY)
        if filmed:
            self.recorder.add(jpeg)
        if shown_now:
            message["preview"] = jpeg
            self._next_preview = time.monotonic() + PREVIEW_EVERY
        get_worker().log_event(TOPIC, message)


def _check_finite(numbers: np.ndarray | float) -> None:
    if not np.isfinite(numbers).all():
        raise UserError("The picture left all bounds: choose a smaller step.")


class _StopSignal:
    """A callable that returns whether the job was told to stop, or its time is over."""

    def __init__(self, job_id: str, seconds: float) -> None:
        """Its time are these seconds after it is first asked, before the first step."""
        self.out_of_time = False
        self._event = stop_event(job_id)
        self._seconds = seconds
        self._last: float | None = None
        self._next_check = 0.0
        self._stopped = False

    def __call__(self) -> bool:
        if not self._stopped and time.monotonic() >= self._next_check:
            last = self._last = self._last or time.monotonic() + self._seconds
            self._stopped = self._event.is_set()
            self.out_of_time = not self._stopped and time.monotonic() >= last
            self._next_check = time.monotonic() + CHECK_STOP_EVERY
        return self._stopped or self.out_of_time
