"""Retention of finished jobs in memory; their dreams are in the gallery."""

import time
from collections import Counter
from collections.abc import Iterable

from dream.jobs.job import Job

MOST_PER_OWNER = 5
MOST_JOBS = 200
PRIVATE_SECONDS = 3600  # how long a private job's picture is held in memory after its end


def expired_jobs(jobs: Iterable[Job]) -> list[Job]:
    """The finished jobs to forget: beyond the latest of each owner or of all, and private ones after an hour."""
    now = time.monotonic()
    retained: Counter[str] = Counter()
    expired = []
    ended = [(job.ended, job) for job in jobs if job.ended is not None]
    for when, job in sorted(ended, key=lambda pair: pair[0], reverse=True):
        too_old = job.private and now - when > PRIVATE_SECONDS
        if too_old or retained[job.owner] >= MOST_PER_OWNER or retained.total() >= MOST_JOBS:
            expired.append(job)
        else:
            retained[job.owner] += 1
    return expired
