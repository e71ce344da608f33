"""Renders as jobs on Dask workers: submit, watch, stop, and take up again after whatever happened.

A job is written down before anything else and forgotten when its dream is kept. The server hands one at a time to each
worker; browser sessions take turns. Frames come back as worker events, the finished dream goes into the gallery.
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
from dream.jobs.cluster import connect, networks_to_send
from dream.jobs.connection import Workers
from dream.jobs.files import JobFiles
from dream.jobs.home_lock import lock_home
from dream.jobs.job import Job, State
from dream.jobs.log import log_end
from dream.jobs.monitoring import WorkerState
from dream.jobs.request import JobRequest
from dream.jobs.retention import expired_jobs
from dream.jobs.scheduling import RenderPace, ahead, queue_order
from dream.pictures.start import Photos, check_narrow
from dream.recipe import Plan, Recipe
from dream.recipe.limits import check_limits
from dream.settings import settings

MOST_DEATHS = 3  # of workers over one job
LEAVING = 0.3  # seconds: what ends server and workers together may reach the workers first

log = logging.getLogger(__name__)


class Jobs:
    """All jobs of this server.

    The lock guards the list and the states. Nothing that waits for the client's event loop (which brings the frames)
    is called while it is held.
    """

    def __init__(self, gallery: Gallery, likely: tuple[Recipe, ...] = (), connect: Callable[[], Any] = connect) -> None:
        """Takes up the jobs that are written down, and starts workers in the background.

        Args:
            gallery: where finished dreams go; the jobs are written down beside them.
            likely: recipes to get the workers ready for.
            connect: makes the Dask client.

        Raises:
            UserError: jobs cannot be written down there, or another server does so.
        """
        self._gallery = gallery
        self._home_lock = lock_home(gallery.home)
        self._files = JobFiles(gallery.home)
        self._jobs: dict[str, Job] = {job.id: job for job in self._files.read()}
        self._pace = RenderPace()
        self._futures: set[Any] = set()  # Dask forgets what nobody holds
        self._lock = RLock()
        self._workers = Workers(connect, likely, self._on_frame)
        Thread(target=self._start, name="dream-jobs", daemon=True).start()

    # --- for pages -------------------------------------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        """Whether workers can be reached."""
        return self._workers.ready

    def wait_until_warm(self) -> None:
        """Blocks until a worker has loaded the default network, or cannot; for threads that wait for their turn."""
        self._workers.wait_until_warm()

    def submit(self, recipe: Plan, photos: Photos, owner: str, private: bool = False) -> Job:
        """Takes a job, with the photos its recipe names, once it is written down.

        A ``private`` one stays off the gallery: once it is finished no file of it is left.

        Raises:
            UserError: it asks for more than this server's settings allow, this browser session has too many waiting, or
                the job cannot be written down.
        """
        check_limits(recipe.recipes, settings().max_side)
        check_narrow(recipe.base.pictures, photos)
        request = JobRequest(owner=owner, recipe=recipe, private=private)
        job = Job(request, photos={sha256: photos[sha256] for sha256 in recipe.photos if sha256 in photos})
        with self._files.with_photos(job), self._lock:
            unfinished = [job for job in self._jobs.values() if job.owner == owner and not job.finished]
            if len(unfinished) > settings().max_waiting:
                raise UserError(
                    f"One dream is running and {settings().max_waiting} are waiting: wait for one of them, or stop one."
                )
            self._files.write(job)
            self._jobs[job.id] = job
        self._dispatch()
        return job

    def of(self, owner: str) -> list[Job]:
        """The jobs of a browser session, oldest first."""
        with self._lock:
            return [job for job in self._jobs.values() if job.owner == owner]

    def all(self) -> list[Job]:
        """The jobs of everybody, oldest first: finished ones too, the last few."""
        with self._lock:
            return list(self._jobs.values())

    def find(self, job_id: str | None, owner: str) -> Job | None:
        """A session's own job of this id."""
        with self._lock:
            job = self._jobs.get(job_id or "")
            return job if job and job.owner == owner else None

    def ahead(self, job: Job) -> tuple[int, float | None]:
        """How many jobs end before this waiting one starts, and in how many seconds it is expected to.

        None where no job has ended yet on this server.
        """
        with self._lock:
            return ahead(job, list(self._jobs.values()), self._pace)

    def stop(self, job: Job) -> None:
        """Stops a job: a waiting one is gone, a running one ends at its next step and keeps what it has."""
        with self._lock:
            if job.state == "waiting":
                job.state = "stopped"
                self._end(job)
            elif job.state == "running":
                job.stopping = True
        if job.stopping:
            self._workers.stop(job.id)

    def workers(self) -> list[WorkerState]:
        """As they are now."""
        return self._workers.states()

    def close(self) -> None:
        """Lets the workers go; what is not finished is written down and goes on with the next server."""
        self._workers.close()
        self.let_go_of_home()

    def let_go_of_home(self) -> None:
        """Frees ``DREAM_HOME`` for another server; the end of the process does it too."""
        self._home_lock.release()

    # --- behind them -----------------------------------------------------------------------------------------------

    def _start(self) -> None:
        self._workers.monitor(lost=self._put_back, look=self._look)

    def _put_back(self) -> None:
        """What was handed to workers will not come back: it waits again."""
        with self._lock:
            self._futures.clear()
            for job in self._jobs.values():
                if job.state == "running":
                    job.wait_again()
                    self._settle(job)

    def _look(self) -> None:
        with self._lock:
            for job in expired_jobs(self._jobs.values()):
                del self._jobs[job.id]
        self._dispatch()

    def _dispatch(self) -> None:
        """Hands waiting jobs to free workers, whoever's turn it is."""
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
        """Whatever is wrong with one job, the next ones get their turn."""
        try:
            if self._gallery.find(job.request.reserved_id) is not None:  # kept, and then the server was killed
                job.state, job.dream_id = "done", job.request.reserved_id
            else:
                self._send(job, attempt, client)
        except Exception as error:
            self._went_wrong(job, attempt, error)
        self._settle(job)

    def _send(self, job: Job, attempt: int, client: Any) -> None:
        from dream.jobs.worker import render_job

        job.photos = job.photos or self._files.photos(job)
        arguments = (job.id, job.recipe, job.photos, networks_to_send(job.recipe.networks))
        key = f"dream-{job.id}-{secrets.token_hex(4)}"
        future = client.submit(render_job, *arguments, key=key, pure=False)
        self._futures.add(future)
        future.add_done_callback(lambda future: self._on_done(job, attempt, future))

    def _on_frame(self, event: tuple[float, dict]) -> None:
        """Runs on the client's event loop, and so without the lock: a thread that holds it may wait for this loop."""
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
            if _runs(job, attempt):
                self._take(job, future.result())
        except Exception as error:
            self._went_wrong(job, attempt, error)
        finally:
            self._futures.discard(future)
            self._settle(job)
            self._dispatch()

    def _went_wrong(self, job: Job, attempt: int, error: Exception) -> None:
        from dream.jobs.worker import died, lost

        if not _runs(job, attempt):
            return
        if isinstance(error, UserError):
            job.fail(str(error))
        elif lost(error) or self._workers.client is None:
            job.wait_again()
        elif died(error):
            self._count_death(job)
        else:
            log.error("A job failed", exc_info=error)
            job.fail("Something went wrong inside this render: the server's log has the details.")

    def _take(self, job: Job, result: Any) -> None:
        """Keeps what a worker brought home; None is a job that was stopped before its first step."""
        if result is None:
            job.state = "stopped"
            return
        job.scores, job.unkept = list(result.scores), result.png
        self._pace.took(result.seconds)
        ended: State = "stopped" if result.plan.stopped_after else "done"
        if job.private:
            job.state = ended
            return
        kept = self._gallery.keep(
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
            job.dream_id, job.unkept = kept.id, None
            job.state = ended

    def _count_death(self, job: Job) -> None:
        if shutdown.requested(within=LEAVING):
            job.wait_again()
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
        job.wait_again()

    def _settle(self, job: Job) -> None:
        with self._lock:
            if job.finished and job.ended is None:
                self._end(job)

    def _end(self, job: Job) -> None:
        """A job is over: its file goes, unless its dream could not be kept; then the next start tries again."""
        job.ended, job.preview, job.photos = time.monotonic(), None, {}
        if job.private or not job.unkept:
            self._files.remove(job)
        log_end(job)


def _runs(job: Job, attempt: int) -> bool:
    """Whether this is still what a job is about, and not an attempt before the workers were lost."""
    return job.state == "running" and job.attempt == attempt
