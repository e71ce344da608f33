"""A job: a request and how far it is."""

import time
from dataclasses import dataclass, field
from typing import Literal

from dream.jobs.request import JobRequest
from dream.pictures.start import Photos
from dream.recipe import Plan

State = Literal["waiting", "running", "done", "stopped", "failed"]
FINISHED = ("done", "stopped", "failed")


@dataclass
class Job:
    """A render as a visitor sees it; changed by the server's threads while it runs.

    Attributes:
        request: what was asked for.
        deaths: how often a worker died over it.
        attempt: how often it was handed to a worker.
        photos: pixels that the recipe names.
        scores, progress, preview: how far it is; the preview is a JPEG.
        error: one sentence, where it failed.
        unkept: the finished PNG, where the gallery could not or should not take it.
        dream_id: of the kept dream.
        started, ended: of ``time.monotonic()``.
    """

    request: JobRequest
    deaths: int = 0
    photos: Photos = field(default_factory=dict, repr=False)
    state: State = "waiting"
    scores: list[float] = field(default_factory=list)
    progress: float = 0.0
    preview: bytes | None = field(default=None, repr=False)
    attempt: int = 0
    started: float | None = None
    ended: float | None = None
    first_step: tuple[float, float] | None = None  # when it came, and the progress it made
    error: str | None = None
    unkept: bytes | None = field(default=None, repr=False)
    dream_id: str | None = None
    stopping: bool = False

    @property
    def id(self) -> str:
        """Of the request."""
        return self.request.id

    @property
    def owner(self) -> str:
        """Of the request."""
        return self.request.owner

    @property
    def recipe(self) -> Plan:
        """Of the request."""
        return self.request.recipe

    @property
    def private(self) -> bool:
        """Of the request."""
        return self.request.private

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in FINISHED

    @property
    def seconds_left(self) -> float | None:
        """Expected time to the end, from the pace since the first step; None before the second."""
        if self.first_step is None or self.progress <= self.first_step[1]:
            return None
        since, progress = self.first_step
        return (time.monotonic() - since) * (1 - self.progress) / (self.progress - progress)

    def start(self) -> None:
        """Is handed to a worker."""
        self.state, self.started = "running", time.monotonic()
        self.attempt += 1

    def wait_again(self) -> None:
        """Goes back to the queue, as if it had never started; one that shall stop is stopped."""
        self.state, self.stopping = "stopped" if self.stopping else "waiting", False
        self.scores, self.progress, self.preview, self.first_step = [], 0.0, None, None

    def fail(self, sentence: str) -> None:
        """Ends without a dream."""
        self.state, self.error = "failed", sentence
