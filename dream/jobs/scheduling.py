"""Fair scheduling: owners take turns, so one person's ten jobs do not delay another person's first; expected waits.

A browser can have as many cookies as it likes, and be as many owners. So addresses take turns first, then the owners at
one address; people who are logged in are known, and count by themselves.
"""

import heapq
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from dream.errors import UserError
from dream.jobs.job import Job
from dream.jobs.request import JobRequest
from dream.recipe import Plan
from dream.settings import settings

VIEWED_SIDE = 640  # pixels: methods that look at views take hardly longer for larger pictures
LATEST = 20  # renders of a method that its pace is known from


def queue_order(jobs: Sequence[Job]) -> list[Job]:
    """The waiting jobs in the order in which they will start.

    Round-robin: the n-th job of each address comes before the n+1-th of any other, and so for the owners at one address;
    within a round the oldest is first.

    Args:
        jobs: all jobs, oldest first; running jobs count as rounds already had.
    """
    running = [job for job in jobs if job.state == "running"]
    waiting = [job for job in jobs if job.state == "waiting"]
    by_owner = _in_turns(waiting, running, lambda job: job.owner)
    return _in_turns(by_owner, running, lambda job: job.request.address or job.owner)


def _in_turns(waiting: Sequence[Job], running: Sequence[Job], party: Callable[[Job], str]) -> list[Job]:
    """The waiting jobs so that the parties take turns; in a round, and for each party, their order stays."""
    rounds = Counter(party(job) for job in running)
    turns = []
    for job in waiting:
        turns.append((rounds[party(job)], job))
        rounds[party(job)] += 1
    return [job for _, job in sorted(turns, key=lambda turn: turn[0])]


def check_room(request: JobRequest, jobs: Iterable[Job]) -> None:
    """Raises UserError if its owner, its address or the whole server has as many unfinished jobs as the settings allow."""
    unfinished = [job for job in jobs if not job.finished]
    if sum(job.owner == request.owner for job in unfinished) > settings().max_waiting:
        raise UserError(
            f"One dream is running and {settings().max_waiting} are waiting: wait for one of them, or stop one."
        )
    here = sum(job.request.address == request.address for job in unfinished) if request.address else 0
    if here >= settings().max_jobs_address:
        raise UserError(f"{here} dreams from your address are running or waiting: wait for one of them.")
    if len(unfinished) >= settings().max_jobs:
        raise UserError(f"{len(unfinished)} dreams are running or waiting on this server: try again a little later.")


class Render(NamedTuple):
    """A finished render: its :func:`work` and how many seconds it took."""

    work: float
    seconds: float


def work(plan: Plan) -> float:
    """How much there is to compute, in steps times pixels."""
    sides = [
        min(recipe.longest_side, VIEWED_SIDE if recipe.method.random_views else recipe.longest_side)
        for recipe in plan.recipes
    ]
    return float(sum(recipe.all_steps * side**2 for recipe, side in zip(plan.recipes, sides)))


class RenderPace:
    """What the latest renders took, by the kind of their method, to estimate how long others will take."""

    def __init__(self) -> None:
        self._renders: dict[str, deque[Render]] = {}

    def add(self, plan: Plan, seconds: float) -> None:
        """Adds the duration of a finished render."""
        if done := work(plan) * plan.steps / plan.all_steps:
            self._renders.setdefault(plan.base.method.kind, deque(maxlen=LATEST)).append(Render(done, seconds))

    def seconds_for(self, plan: Plan, running: Sequence[Job] = ()) -> float | None:
        """Expected seconds for a whole render; None if nothing is known.

        From finished renders by the same method, else from those that are running by any, else from finished ones.
        """
        same = list(self._renders.get(plan.base.method.kind, ()))
        under_way = [Render(work(job.recipe) * job.progress, _seconds_running(job)) for job in running if job.progress]
        others = [render for renders in self._renders.values() for render in renders]
        for known in (same, under_way, others):
            if known:
                return work(plan) * sum(render.seconds for render in known) / sum(render.work for render in known)
        return None

    def seconds_left(self, job: Job) -> float | None:
        """Expected seconds until a running job ends; None if nothing is known.

        From its own pace; before its first step, from that of others, but then it takes at least as long again.
        """
        so_far = _seconds_running(job)
        left = job.seconds_left
        if left is None and job.progress:
            left = so_far * (1 - job.progress) / job.progress
        if left is None:
            whole = self.seconds_for(job.recipe)
            left = None if whole is None else max(whole - so_far, so_far)
        return None if left is None else min(left, max(settings().job_seconds - so_far, 0))


def ahead(job: Job, jobs: Sequence[Job], pace: RenderPace) -> tuple[int, float | None]:
    """How many jobs end before this waiting one starts, and the expected seconds until then (None if unknown)."""
    running = [other for other in jobs if other.state == "running"]
    waiting = queue_order(jobs)
    before = waiting[: waiting.index(job)] if job in waiting else []
    lefts = [pace.seconds_left(other) for other in running] or [0.0]
    lengths = [pace.seconds_for(other.recipe, running) for other in before]
    ends = [left for left in lefts if left is not None]  # of the workers, as their jobs follow each other
    heapq.heapify(ends)
    for length in lengths:
        if length is None or len(ends) < len(lefts):
            return len(running) + len(before), None
        heapq.heappush(ends, heapq.heappop(ends) + min(length, settings().job_seconds))
    return len(running) + len(before), ends[0] if len(ends) == len(lefts) else None


def _seconds_running(job: Job) -> float:
    return time.monotonic() - job.started if job.started is not None else 0.0
