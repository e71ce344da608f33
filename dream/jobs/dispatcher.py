"""Sends waiting jobs to workers, and takes what comes back: frames, dreams and errors.

Each worker has one job at a time, in the order of :mod:`dream.jobs.scheduling`.
"""

import logging
import time
from collections.abc import Callable
from threading import RLock, Thread
from typing import Any

from dream.errors import StorageError, UserError
from dream.gallery.gallery import Gallery
from dream.jobs import shutdown
from dream.jobs.files import JobFiles
from dream.jobs.job import Job, State
from dream.jobs.log import log_end
from dream.jobs.retention import expired_jobs
from dream.jobs.scheduling import RenderPace, queue_order
from dream.jobs.workers.cluster import networks_to_send
from dream.jobs.workers.connection import Workers, new_key
from dream.recipe import Recipe
from dream.settings import settings

MOST_DEATHS = 3  # of workers over one job, before it fails
PATIENCE = 120  # seconds for a worker that should stop: growing and packing a large picture takes long
SHUTDOWN_WAIT = 0.3  # seconds: a signal to both server and workers may reach the workers first

log = logging.getLogger(__name__)


class Dispatcher:
    """The side of the queue that faces the workers; its threads change the jobs' states.

    The lock guards the list of jobs and their states. While it is held, nothing may wait for the Dask client's event
    loop: that loop delivers the frames.
    """

    def __init__(
        self,
        gallery: Gallery,
        files: JobFiles,
        jobs: dict[str, Job],
        connect: Callable[[], Any],
        likely: tuple[Recipe, ...],
    ) -> None:
        """Does not connect yet.

        Args:
            gallery: stores finished dreams.
            files: of the unfinished jobs.
            jobs: all jobs by id, oldest first; shared with :class:`~dream.jobs.jobs.Jobs`, which adds to them.
            connect: makes the Dask client.
            likely: recipes to warm up workers with.
        """
        self.lock = RLock()
        self.pace = RenderPace()
        self.workers = Workers(connect, likely, self._on_frame)
        self._gallery, self._files, self._jobs = gallery, files, jobs
        self._futures: set[Any] = set()  # Dask cancels futures without references

    def start(self) -> None:
        """Connects to the workers in the background and keeps them busy from then on."""
        Thread(target=self._monitor, name="dream-jobs", daemon=True).start()

    def dispatch(self) -> None:
        """Sends the next waiting jobs to free workers, unless the queue is paused."""
        client, threads = self.workers.client, self.workers.threads()
        if client is None or shutdown.requested() or self._files.paused:
            return
        with self.lock:
            free = threads - sum(job.state == "running" for job in self._jobs.values())
            next_ones = queue_order(list(self._jobs.values()))[: max(free, 0)]
            for job in next_ones:
                job.start()
        for job in next_ones:
            self._hand_over(job, job.attempt, client)

    def end(self, job: Job) -> None:
        """Cleans up after a finished job. Its file stays if the next server shall try again."""
        job.ended, job.preview, job.photos = time.monotonic(), None, {}
        if not job.tried_again:
            self._files.remove(job)
        log_end(job)

    # --- internal --------------------------------------------------------------------------------------------------

    def _monitor(self) -> None:
        self.workers.monitor(on_lost=self._requeue_running, on_check=self._check)

    def _requeue_running(self) -> None:
        """Puts running jobs back into the queue: the workers that had them are lost."""
        with self.lock:
            self._futures.clear()
            for job in self._jobs.values():
                if job.state == "running":
                    job.requeue()
                    self._end_if_finished(job)

    def _check(self) -> None:
        with self.lock:
            for job in expired_jobs(self._jobs.values()):
                del self._jobs[job.id]
            overdue = [job for job in self._jobs.values() if _is_overdue(job)]
            for job in overdue:
                job.overdue = True
        for job in overdue:
            self.workers.restart_worker_of(job.id)
        self.dispatch()

    def _hand_over(self, job: Job, attempt: int, client: Any) -> None:
        """Sends one job; an error fails this job only."""
        try:
            if self._gallery.find(job.request.reserved_id) is not None:  # stored before the server was killed
                job.state, job.dream_id = "done", job.request.reserved_id
            else:
                self._send(job, attempt, client)
        except Exception as error:
            self._on_error(job, attempt, error)
        self._end_if_finished(job)

    def _send(self, job: Job, attempt: int, client: Any) -> None:
        from dream.jobs.workers.worker import render_job

        job.photos = job.photos or self._files.photos(job)
        sent = networks_to_send(job.recipe.networks)
        arguments = (job.id, job.recipe, job.photos, sent, settings().job_seconds)
        future = client.submit(render_job, *arguments, key=new_key(job.id), pure=False)
        self._futures.add(future)
        future.add_done_callback(lambda future: self._on_done(job, attempt, future))

    def _on_frame(self, event: tuple[float, dict]) -> None:
        """Runs on the client's event loop, hence without the lock: a thread that holds it may wait for this loop."""
        message = event[1]
        job = self._jobs.get(message["job"])
        if job is None or job.state != "running":
            return
        job.heard = time.monotonic()
        if message["score"] is not None:
            if message["step"] == 1:
                job.first_step = (time.monotonic(), message["progress"])
                job.scores = []
            job.scores.append(message["score"])
        job.progress = message["progress"]
        job.preview = message.get("preview", job.preview)

    def _on_done(self, job: Job, attempt: int, future: Any) -> None:
        try:
            if _is_current(job, attempt):
                self._take_result(job, future.result())
        except Exception as error:
            self._on_error(job, attempt, error)
        finally:
            self._futures.discard(future)
            self._end_if_finished(job)
            self.dispatch()

    def _on_error(self, job: Job, attempt: int, error: Exception) -> None:
        from dream.jobs.workers.worker import connection_lost, worker_died

        if not _is_current(job, attempt):
            return
        if isinstance(error, UserError):
            job.fail(str(error))
        elif connection_lost(error) or self.workers.client is None:
            job.requeue()
        elif worker_died(error):
            self._count_death(job)
        else:
            log.error("A job failed", exc_info=error)
            job.fail("Something went wrong inside this render: the server's log has the details.")

    def _take_result(self, job: Job, result: Any) -> None:
        """Stores a finished dream; ``result`` is None for a job that was stopped before its first step."""
        if result is None:
            job.state = "stopped"
            return
        job.scores, job.unsaved_png, job.out_of_time = list(result.scores), result.png, result.out_of_time
        self.pace.add(result.plan, result.seconds)
        ended: State = "stopped" if result.plan.stopped_after else "done"
        if job.private:
            job.state = ended
            return
        try:
            self._store(job, result, ended)
        except (StorageError, OSError) as error:  # the disk is full or read-only, which may pass
            job.tried_again = True
            job.fail(str(error) if isinstance(error, StorageError) else f"Cannot keep it: {error.strerror}.")
        except Exception as error:
            log.error("The dream of a job cannot be kept", exc_info=error)
            job.fail("This dream cannot be kept, now or later: the server's log has the details.")

    def _store(self, job: Job, result: Any, ended: State) -> None:
        record = self._gallery.keep(
            result.png,
            result.plan,
            result.scores,
            size=result.size,
            seconds=result.seconds,
            photos=job.photos,
            film=result.film,
            owner=job.owner,
            dream_id=job.request.reserved_id,
        )
        with self.lock:
            job.dream_id, job.unsaved_png = record.id, None
            job.state = ended

    def _count_death(self, job: Job) -> None:
        if shutdown.requested(within=SHUTDOWN_WAIT):
            job.requeue()
            return
        if job.overdue:
            job.fail("The dream did not stop when its time was over, so it was ended: choose a smaller size.")
            return
        job.deaths += 1
        if job.deaths >= MOST_DEATHS:
            job.fail(
                f"The worker died {MOST_DEATHS} times over this dream, most likely out of memory: choose a smaller size.",
            )
            return
        try:
            self._files.write(job)
        except UserError as error:
            log.warning("%s", error)
        job.requeue()

    def _end_if_finished(self, job: Job) -> None:
        with self.lock:
            if job.finished and job.ended is None:
                self.end(job)


def _is_overdue(job: Job) -> bool:
    """Whether a running job should have stopped long ago, and nothing was heard of it since."""
    if job.state != "running" or job.started is None or job.overdue:
        return False
    last = job.started + settings().job_seconds
    last = last if job.stop_asked is None else min(last, job.stop_asked)
    return time.monotonic() > max(last, job.heard) + PATIENCE


def _is_current(job: Job, attempt: int) -> bool:
    """Whether this is the job's current attempt, not one from before the workers were lost."""
    return job.state == "running" and job.attempt == attempt
