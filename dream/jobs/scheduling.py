"""Whose turn it is, and when: sessions take turns, so that one person's ten jobs do not hold up another's first."""

from collections import Counter, deque
from collections.abc import Sequence

from dream.jobs.job import Job


def queue_order(jobs: Sequence[Job]) -> list[Job]:
    """The waiting jobs in the order in which they will start.

    Args:
        jobs: all jobs, oldest first; a session's running ones count as turns that it has had.

    The n-th job of each session comes before the n+1-th of any; within a round the oldest is first.
    """
    rounds = Counter(job.owner for job in jobs if job.state == "running")
    order = []
    for place, job in enumerate(jobs):
        if job.state == "waiting":
            order.append((rounds[job.owner], place, job))
            rounds[job.owner] += 1
    return [job for _, _, job in sorted(order, key=lambda entry: entry[:2])]


class RenderPace:
    """What the last renders took, for the wait that is to be expected."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=20)

    def took(self, seconds: float) -> None:
        """A render has ended."""
        self._seconds.append(seconds)

    def seconds_for(self, running: Sequence[Job], waiting: int) -> float | None:
        """Until the running jobs and this many waiting ones are done; None where nothing has ended yet."""
        if not self._seconds:
            return None
        usual = sum(self._seconds) / len(self._seconds)
        left = [usual if job.seconds_left is None else job.seconds_left for job in running]
        return (sum(left) + usual * waiting) / max(len(running), 1)


def ahead(job: Job, jobs: Sequence[Job], pace: RenderPace) -> tuple[int, float | None]:
    """How many jobs end before this waiting one starts, and in how many seconds it is expected to.

    None where no job has ended yet on this server.
    """
    running = [other for other in jobs if other.state == "running"]
    waiting = queue_order(jobs)
    before = waiting[: waiting.index(job)] if job in waiting else []
    return len(running) + len(before), pace.seconds_for(running, len(before))
