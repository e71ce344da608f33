"""Fair scheduling: owners take turns, so one person's ten jobs do not delay another person's first."""

from collections import Counter, deque
from collections.abc import Sequence

from dream.jobs.job import Job


def queue_order(jobs: Sequence[Job]) -> list[Job]:
    """The waiting jobs in the order in which they will start.

    Round-robin: the n-th job of each owner comes before the n+1-th of any other; within a round the oldest is first.

    Args:
        jobs: all jobs, oldest first; an owner's running jobs count as rounds already had.
    """
    rounds = Counter(job.owner for job in jobs if job.state == "running")
    order = []
    for place, job in enumerate(jobs):
        if job.state == "waiting":
            order.append((rounds[job.owner], place, job))
            rounds[job.owner] += 1
    return [job for _, _, job in sorted(order, key=lambda entry: entry[:2])]


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
