"""A job: a request and its state."""

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
    """A request and the state of its render, changed by the server's threads while it runs.

    Attributes:
        request: what was asked for; never changes.
        deaths: how many workers died over it.
        attempt: how many times it was sent to a worker.
        photos: that the recipe names, uint8 [height, width, 3] by SHA-256; empty before it is sent and after its end.
        scores, progress, preview: of the render so far: one a step, 0..1, and a JPEG.
        first_step: time (``time.monotonic()``) and progress of the first step.
        error: one sentence for the visitor, if it failed.
        unsaved_png: the finished PNG, if the gallery could not or should not store it.
        tried_again: whether the next server renders it again, as the gallery's disk was full or read-only.
        dream_id: of the stored dream.
        stop_asked: when a running job was told to stop, by ``time.monotonic()``.
        heard: when it was started or its last frame came, by ``time.monotonic()``.
        out_of_time: whether it was stopped because it took too long.
        overdue: whether its worker did not stop in time, and is being killed.
        started, ended: by ``time.monotonic()``.
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
    first_step: tuple[float, float] | None = None
    error: str | None = None
    unsaved_png: bytes | None = field(default=None, repr=False)
    tried_again: bool = False
    dream_id: str | None = None
    stop_asked: float | None = None
    heard: float = 0.0
    out_of_time: bool = False
    overdue: bool = False

    @property
    def id(self) -> str:
        """The request's id."""
        return self.request.id

    @property
    def owner(self) -> str:
        """The request's owner."""
        return self.request.owner

    @property
    def recipe(self) -> Plan:
        """The request's recipe or comparison."""
        return self.request.recipe

    @property
    def private(self) -> bool:
        """Whether the dream stays out of the gallery."""
        return self.request.private

    @property
    def finished(self) -> bool:
        """Whether it has reached a final state."""
        return self.state in FINISHED

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop while it runs."""
        return self.stop_asked is not None

    @property
    def seconds_left(self) -> float | None:
        """Expected seconds to the end, from the pace since the first step; None before the second."""
        if self.first_step is None or self.progress <= self.first_step[1]:
            return None
        since, progress = self.first_step
        return (time.monotonic() - since) * (1 - self.progress) / (self.progress - progress)

    def start(self) -> None:
        """Changes the state to running, when it is sent to a worker."""
        self.state, self.started = "running", time.monotonic()
        self.heard, self.overdue = self.started, False
        self.attempt += 1

    def requeue(self) -> None:
        """Puts it back into the queue, its progress reset; one that was told to stop becomes stopped."""
        self.state, self.stop_asked = "stopped" if self.stopping else "waiting", None
        self.scores, self.progress, self.preview, self.first_step = [], 0.0, None, None

    def fail(self, sentence: str) -> None:
        """Changes the state to failed, with a sentence for the visitor."""
        self.state, self.error = "failed", sentence
