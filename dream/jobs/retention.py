"""Which finished jobs a server forgets; their dreams are in the gallery."""

import time
from collections import Counter
from collections.abc import Iterable

from dream.jobs.job import Job

EACH = 5  # of one browser session
ALL = 200
PRIVATE_FOR = 3600  # seconds after its end: a private picture is only in memory, and nobody else's business


def expired_jobs(jobs: Iterable[Job]) -> list[Job]:
    """The finished jobs that are not needed any more; a session's last few stay, whatever others do."""
    now = time.monotonic()
    kept_of: Counter[str] = Counter()
    forgotten = []
    ended = [(job.ended, job) for job in jobs if job.ended is not None]
    for when, job in sorted(ended, key=lambda pair: pair[0], reverse=True):
        outdated = job.private and now - when > PRIVATE_FOR
        if outdated or kept_of[job.owner] >= EACH or kept_of.total() >= ALL:
            forgotten.append(job)
        else:
            kept_of[job.owner] += 1
    return forgotten
