"""A log of finished jobs, one line of JSON each, for monitoring."""

import json
import logging
import sys
import time

from dream.jobs.job import Job

log = logging.getLogger("dream.jobs")


def log_end(job: Job) -> None:
    """Logs a finished job."""
    line = {
        "job": job.id,
        "owner": job.owner.removeprefix("browser:")[:8],
        "ended": job.state,
        "seconds": round(time.monotonic() - job.started, 1) if job.started else 0,
        "network": job.recipe.base.network,
        "objective": job.recipe.base.objective.title(),
        "method": job.recipe.base.method.kind,
        "steps": len(job.scores),
        "deaths": job.deaths,
        "dream": job.dream_id,
        "error": job.error,
    }
    log.info(json.dumps(line, ensure_ascii=False))


def to_standard_error() -> None:
    """Sends what the whole project logs to standard error, independently of other logging."""
    everything = logging.getLogger("dream")
    if not everything.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
        everything.addHandler(handler)
        everything.setLevel(logging.INFO)
        everything.propagate = False
