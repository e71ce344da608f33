"""Renders as jobs on Dask workers: submit, watch, stop, and take up again after whatever happened.

A job is written down before anything else and forgotten when its dream is kept. The server hands one at a time to each
worker; browser sessions take turns. Frames come back as worker events, the finished dream goes into the gallery.
"""

import logging
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event, RLock, Thread
from typing import Any

from dream.errors import UserError
from dream.pictures.start import Photos
from dream.recipe import Recipe
from dream.settings import settings
from dream.studio.cluster import connect, threads_each, travelling
from dream.studio.gallery import Gallery
from dream.studio.job import Job
from dream.studio.job_files import JobFiles
from dream.studio.job_log import log_end
from dream.studio.kept import new_id
from dream.studio.state import WorkerState, worker_states
from dream.studio.turns import Pace, in_turns

KEEP_FINISHED = 50  # jobs a server remembers after their end; their dreams are in the gallery
MOST_DEATHS = 3  # of workers over one job

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
            UserError: jobs cannot be written down there.
        """
        self._gallery = gallery
        self._likely = likely
        self._files = JobFiles(gallery.home)
        self._jobs: dict[str, Job] = {job.id: job for job in self._files.read()}
        self._pace = Pace()
        self._futures: dict[str, Any] = {}
        self._lock = RLock()
        self._client: Any = None
        self._broken: str | None = None
        self._connected = Event()
        self._connect = connect
        Thread(target=self._start, name="dream-jobs", daemon=True).start()

    # --- for pages -------------------------------------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        """Whether workers can be reached."""
        return self._client is not None

    def wait_until_warm(self) -> None:
        """Blocks until a worker has loaded the default network, or died over it; for threads that wait for their turn."""
        self._connected.wait()
        if self._client is not None:
            from dream.studio.worker import warm_up

            self._client.submit(warm_up, [], pure=False).exception()

    def submit(self, recipe: Recipe, photos: Photos, owner: str, private: bool = False) -> Job:
        """Takes a job, with the photos its recipe names, once it is written down.

        A ``private`` one stays off the gallery: once it is finished no file of it is left.

        Raises:
            UserError: this browser session has too many waiting, or the job cannot be written down.
        """
        job = Job(
            id=secrets.token_hex(8),
            owner=owner,
            recipe=recipe,
            created=datetime.now(UTC),
            keep_as=new_id(),
            private=private,
            photos={sha256: photos[sha256] for sha256 in recipe.photos if sha256 in photos},
        )
        with self._lock:
            if self._broken:
                raise UserError(self._broken)
            unfinished = [job for job in self._jobs.values() if job.owner == owner and not job.finished]
            if len(unfinished) > settings().max_waiting:
                raise UserError(
                    f"One dream is running and {settings().max_waiting} are waiting: wait for one of them, or stop one."
                )
            self._files.write(job)
            self._jobs[job.id] = job
            self._forget_old_ones()
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
            running = [other for other in self._jobs.values() if other.state == "running"]
            waiting = in_turns(list(self._jobs.values()))
        before = waiting[: waiting.index(job)] if job in waiting else []
        return len(running) + len(before), self._pace.seconds_for(running, len(before))

    def stop(self, job: Job) -> None:
        """Stops a job: a waiting one is gone, a running one ends at its next step and keeps what it has."""
        with self._lock:
            if job.state == "waiting":
                job.state = "stopped"
                self._end(job)
            elif job.state == "running":
                job.stopping = True
        if job.stopping:
            from dream.studio.worker import stop_sign

            stop_sign(job.id, self._client).set()

    def workers(self) -> list[WorkerState]:
        """The workers as they are now."""
        return worker_states(self._client) if self._client is not None else []

    def close(self) -> None:
        """Lets the workers go; what is not finished is written down and goes on with the next server."""
        client, self._client = self._client, None
        if client is not None:
            cluster = client.cluster
            client.close()
            if cluster is not None:
                cluster.close()

    # --- behind them -----------------------------------------------------------------------------------------------

    def _start(self) -> None:
        try:
            client = self._connect()
            from dream.studio.worker import TOPIC, Prepared

            client.register_plugin(Prepared(self._likely, threads_each()))
            client.subscribe_topic(TOPIC, self._on_frame)
        except Exception:
            log.exception("No workers")
            self._broken = "The workers could not be started: the server's log says why."
        else:
            self._client = client
            self._dispatch()
        self._connected.set()

    def _dispatch(self) -> None:
        """Hands waiting jobs to free workers, whoever's turn it is."""
        client = self._client
        if client is None:
            return
        threads = sum(client.nthreads().values())
        with self._lock:
            free = max(threads, 1) - sum(job.state == "running" for job in self._jobs.values())
            next_ones = in_turns(list(self._jobs.values()))[: max(free, 0)]
            for job in next_ones:
                job.state, job.started = "running", time.monotonic()
        for job in next_ones:
            try:
                self._hand_over(job, client)
            except UserError as error:  # its network is not here any more
                job.fail(str(error))
                self._end(job)

    def _hand_over(self, job: Job, client: Any) -> None:
        if self._gallery.find(job.keep_as) is not None:  # kept, and then the server was killed
            job.state, job.dream_id = "done", job.keep_as
            self._end(job)
            return
        from dream.studio.worker import render_job

        job.photos = job.photos or self._files.photos(job)
        arguments = (job.id, job.recipe.to_json(), job.photos, travelling(job.recipe.networks))
        key = f"dream-{job.id}-{secrets.token_hex(4)}"
        future = client.submit(render_job, *arguments, key=key, pure=False)
        self._futures[job.id] = future
        future.add_done_callback(lambda future: self._on_done(job, future))

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

    def _on_done(self, job: Job, future: Any) -> None:
        from dream.studio.worker import died, lost

        try:
            self._take(job, future.result())
        except UserError as error:
            job.fail(str(error))
        except Exception as error:
            if lost(error):
                job.wait_again()
            elif died(error):
                self._count_death(job)
            else:
                log.error("A job failed", exc_info=error)
                job.fail("Something went wrong inside this render: the server's log has the details.")
        with self._lock:
            self._futures.pop(job.id, None)
            job.preview = None
            if job.finished:
                self._end(job)
        self._dispatch()

    def _take(self, job: Job, result: Any) -> None:
        """Keeps what a worker brought home; None is a job that was stopped before its first step."""
        if result is None:
            job.state = "stopped"
            return
        job.scores, job.unkept = list(result.scores), result.png
        self._pace.took(result.seconds)
        ended = "stopped" if result.recipe.stopped_after else "done"
        if job.private:
            job.state = ended
            return
        kept = self._gallery.keep(
            result.png,
            result.recipe,
            result.scores,
            size=result.size,
            seconds=result.seconds,
            photos=job.photos,
            film=result.film,
            owner=job.owner,
            dream_id=job.keep_as,
        )
        with self._lock:
            job.dream_id, job.unkept = kept.id, None
            job.state = ended

    def _count_death(self, job: Job) -> None:
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

    def _end(self, job: Job) -> None:
        """A job is over: its file goes, unless its dream could not be kept; then the next start tries again."""
        job.photos = {}
        if job.private or not job.unkept:
            self._files.remove(job)
        log_end(job)

    def _forget_old_ones(self) -> None:
        finished = [job.id for job in self._jobs.values() if job.finished]
        for job_id in finished[:-KEEP_FINISHED]:
            del self._jobs[job_id]
