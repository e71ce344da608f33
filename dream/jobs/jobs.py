"""Renders as jobs on Dask workers: submitted, watched, stopped, and resumed after crashes and restarts.

A job is stored as a file when it is submitted; the file is removed when its dream is stored. The server sends each
worker one job at a time, in the order of :mod:`dream.jobs.scheduling`. Frames come back as worker events.
"""

import logging
import secrets
import time
from collections.abc import Callable
from threading import RLock, Thread
from typing import Any

from dream.errors import UserError
from dream.gallery.gallery import Gallery
from dream.jobs import shutdown
from dream.jobs.files import JobFiles
from dream.jobs.home_lock import lock_home, released_on_error
from dream.jobs.job import Job, State
from dream.jobs.log import log_end
from dream.jobs.monitoring import WorkerState
from dream.jobs.request import JobRequest
from dream.jobs.retention import expired_jobs
from dream.jobs.scheduling import RenderPace, ahead, check_room, queue_order
from dream.jobs.workers.cluster import connect, networks_to_send
from dream.jobs.workers.connection import Workers
from dream.pictures.start import Photos, check_shortest_side
from dream.recipe import Plan, Recipe
from dream.recipe.limits import check_limits
from dream.settings import settings

MOST_DEATHS = 3  # of workers over one job, before it fails
SHUTDOWN_WAIT = 0.3  # seconds: a signal to both server and workers may reach the workers first

log = logging.getLogger(__name__)


class Jobs:
    """All jobs of this server; safe to use from several threads.

    The lock guards the list of jobs and their states. While it is held, nothing may wait for the Dask client's event
    loop: that loop delivers the frames.
    """

    def __init__(self, gallery: Gallery, likely: tuple[Recipe, ...] = (), connect: Callable[[], Any] = connect) -> None:
        """Loads the stored jobs and connects to workers in the background.

        Args:
            gallery: stores finished dreams; jobs are stored in the same home folder.
            likely: recipes to warm up workers with.
            connect: makes the Dask client.

        Raises:
            UserError: the home folder cannot be written, or another server uses it.
        """
        self._gallery = gallery
        self._home_lock = lock_home(gallery.home)
        with released_on_error(self._home_lock):
            self._files = JobFiles(gallery.home)
        self._jobs: dict[str, Job] = {job.id: job for job in self._files.read()}
        self._pace = RenderPace()
        self._futures: set[Any] = set()  # Dask cancels futures without references
        self._lock = RLock()
        self._workers = Workers(connect, likely, self._on_frame)
        Thread(target=self._start, name="dream-jobs", daemon=True).start()

    @property
    def ready(self) -> bool:
        """Whether workers can be reached."""
        return self._workers.ready

    def wait_until_warm(self) -> None:
        """Blocks until a worker has loaded the default network, or has failed to."""
        self._workers.wait_until_warm()

    def submit(self, recipe: Plan, photos: Photos, owner: str, private: bool = False, address: str = "") -> Job:
        """Stores a new job and queues it.

        Args:
            recipe: what to render.
            photos: that the recipe names, uint8 [height, width, 3] by SHA-256; others are ignored.
            owner: the browser, or the person who is logged in.
            private: whether the dream stays out of the gallery; after its end no file of it remains.
            address: where the browser is; empty for a person who is logged in.

        Raises:
            UserError: it exceeds this server's limits, too many jobs are unfinished, or it cannot be stored.
        """
        check_limits(recipe.recipes, settings().max_side)
        check_shortest_side(recipe.base.pictures, photos)
        request = JobRequest(owner=owner, recipe=recipe, private=private, address=address)
        job = Job(request, photos={sha256: photos[sha256] for sha256 in recipe.photos if sha256 in photos})
        with self._files.with_photos(job), self._lock:
            check_room(request, self._jobs.values())
            self._files.write(job)
            self._jobs[job.id] = job
        self._dispatch()
        return job

    def of(self, owner: str) -> list[Job]:
        """The jobs of an owner, oldest first."""
        with self._lock:
            return [job for job in self._jobs.values() if job.owner == owner]

    def all(self) -> list[Job]:
        """All jobs, oldest first, including recently finished ones."""
        with self._lock:
            return list(self._jobs.values())

    def find(self, job_id: str | None, owner: str) -> Job | None:
        """The job with this id if it belongs to this owner, else None."""
        with self._lock:
            job = self._jobs.get(job_id or "")
            return job if job and job.owner == owner else None

    def ahead(self, job: Job) -> tuple[int, float | None]:
        """How many jobs end before this waiting one starts, and the expected seconds until then (None if unknown)."""
        with self._lock:
            return ahead(job, list(self._jobs.values()), self._pace)

    def stop(self, job: Job) -> None:
        """Stops a job: a waiting one at once; a running one before its next step, and its picture so far is stored."""
        with self._lock:
            if job.state == "waiting":
                job.state = "stopped"
                self._end(job)
            elif job.state == "running":
                job.stopping = True
        if job.stopping:
            self._workers.stop(job.id)

    def workers(self) -> list[WorkerState]:
        """State of the workers."""
        return self._workers.states()

    def close(self) -> None:
        """Closes the connection to the workers; unfinished jobs are resumed by the next server."""
        self._workers.close()
        self.release_home()

    def release_home(self) -> None:
        """Releases the lock on ``DREAM_HOME``; the end of the process does so too."""
        self._home_lock.release()

    # --- internal --------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        self._workers.monitor(on_lost=self._requeue_running, on_check=self._check)

    def _requeue_running(self) -> None:
        """Puts running jobs back into the queue: the workers that had them are lost."""
        with self._lock:
            self._futures.clear()
            for job in self._jobs.values():
                if job.state == "running":
                    job.requeue()
                    self._end_if_finished(job)

    def _check(self) -> None:
        with self._lock:
            for job in expired_jobs(self._jobs.values()):
                del self._jobs[job.id]
        self._dispatch()

    def _dispatch(self) -> None:
        """Sends the next waiting jobs to free workers."""
        client, threads = self._workers.client, self._workers.threads()
        if client is None or shutdown.requested():
            return
        with self._lock:
            free = threads - sum(job.state == "running" for job in self._jobs.values())
            next_ones = queue_order(list(self._jobs.values()))[: max(free, 0)]
            for job in next_ones:
                job.start()
        for job in next_ones:
            self._hand_over(job, job.attempt, client)

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
        arguments = (job.id, job.recipe, job.photos, networks_to_send(job.recipe.networks))
        key = f"dream-{job.id}-{secrets.token_hex(4)}"
        future = client.submit(render_job, *arguments, key=key, pure=False)
        self._futures.add(future)
        future.add_done_callback(lambda future: self._on_done(job, attempt, future))

    def _on_frame(self, event: tuple[float, dict]) -> None:
        """Runs on the client's event loop, hence without the lock: a thread that holds it may wait for this loop."""
        message = event[1]
        job = self._jobs.get(message["job"])
        if job is None or job.state != "running":
            return
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
                self._store_result(job, future.result())
        except Exception as error:
            self._on_error(job, attempt, error)
        finally:
            self._futures.discard(future)
            self._end_if_finished(job)
            self._dispatch()

    def _on_error(self, job: Job, attempt: int, error: Exception) -> None:
        from dream.jobs.workers.worker import connection_lost, worker_died

        if not _is_current(job, attempt):
            return
        if isinstance(error, UserError):
            job.fail(str(error))
        elif connection_lost(error) or self._workers.client is None:
            job.requeue()
        elif worker_died(error):
            self._count_death(job)
        else:
            log.error("A job failed", exc_info=error)
            job.fail("Something went wrong inside this render: the server's log has the details.")

    def _store_result(self, job: Job, result: Any) -> None:
        """Stores a finished dream; ``result`` is None for a job that was stopped before its first step."""
        if result is None:
            job.state = "stopped"
            return
        job.scores, job.unsaved_png = list(result.scores), result.png
        self._pace.add(result.seconds)
        ended: State = "stopped" if result.plan.stopped_after else "done"
        if job.private:
            job.state = ended
            return
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
        with self._lock:
            job.dream_id, job.unsaved_png = record.id, None
            job.state = ended

    def _count_death(self, job: Job) -> None:
        if shutdown.requested(within=SHUTDOWN_WAIT):
            job.requeue()
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
        with self._lock:
            if job.finished and job.ended is None:
                self._end(job)

    def _end(self, job: Job) -> None:
        """Cleans up after a job. Its file stays if its dream could not be stored: the next server tries again."""
        job.ended, job.preview, job.photos = time.monotonic(), None, {}
        if job.private or not job.unsaved_png:
            self._files.remove(job)
        log_end(job)


def _is_current(job: Job, attempt: int) -> bool:
    """Whether this is the job's current attempt, not one from before the workers were lost."""
    return job.state == "running" and job.attempt == attempt
