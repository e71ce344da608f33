"""Fair scheduling: owners take turns, so one person's ten jobs do not delay another person's first.

A browser can have as many cookies as it likes, and be as many owners. So addresses take turns first, then the owners at
one address; people who are logged in are known, and count by themselves.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence

from dream.errors import UserError
from dream.jobs.job import Job
from dream.jobs.request import JobRequest
from dream.settings import settings


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


class RenderPace:
    """Durations of the latest renders, to estimate waiting times."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=20)

    def add(self, seconds: float) -> None:
        """Adds the duration of a finished render."""
        self._seconds.append(seconds)

    def seconds_for(self, running: Sequence[Job], waiting: int) -> float | None:
        """Expected seconds until the running and ``waiting`` more jobs are done; None without finished renders."""
        if not self._seconds:
            return None
        average = sum(self._seconds) / len(self._seconds)
        left = [average if job.seconds_left is None else job.seconds_left for job in running]
        return (sum(left) + average * waiting) / max(len(running), 1)


def ahead(job: Job, jobs: Sequence[Job], pace: RenderPace) -> tuple[int, float | None]:
    """How many jobs end before this waiting one starts, and the expected seconds until then (None if unknown)."""
    running = [other for other in jobs if other.state == "running"]
    waiting = queue_order(jobs)
    before = waiting[: waiting.index(job)] if job in waiting else []
    return len(running) + len(before), pace.seconds_for(running, len(before))
