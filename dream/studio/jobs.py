"""Renders as jobs on Dask workers: submit, watch, stop.

The server keeps the list of jobs and hands one at a time to each worker; a job of a browser session that has one
running already waits. Frames come back as worker events, the finished dream goes into the gallery.
"""

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, RLock, Thread
from typing import Any, Literal

from dream.errors import UserError
from dream.pictures.start import Photos
from dream.recipe import Recipe
from dream.settings import settings
from dream.studio.gallery import Gallery

State = Literal["waiting", "running", "done", "stopped", "failed"]
FINISHED = ("done", "stopped", "failed")
KEEP_FINISHED = 50  # jobs a server remembers after their end; their dreams are in the gallery

log = logging.getLogger(__name__)


@dataclass
class Job:
    """A render, as the page sees it; changed by the server's threads while it runs."""

    id: str
    owner: str
    recipe: Recipe
    photos: Photos = field(repr=False)
    state: State = "waiting"
    scores: list[float] = field(default_factory=list)
    progress: float = 0.0
    preview: bytes | None = field(default=None, repr=False)
    first_step: tuple[float, float] | None = None  # when it came, and the progress it made
    error: str | None = None
    unkept: bytes | None = field(default=None, repr=False)  # the finished PNG, where the gallery could not take it
    dream_id: str | None = None
    stopping: bool = False

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in FINISHED

    @property
    def seconds_left(self) -> float | None:
        """Expected time to the end, from the pace since the first step; None before the second."""
        if self.first_step is None or self.progress <= self.first_step[1]:
            return None
        since, progress = self.first_step
        return (time.monotonic() - since) * (1 - self.progress) / (self.progress - progress)


class Jobs:
    """All jobs of this server.

    The lock guards the list and the states. Nothing that waits for the client's event loop (which brings the frames)
    is called while it is held.
    """

    def __init__(
        self, gallery: Gallery, likely: tuple[Recipe, ...] = (), connect: Callable[[], Any] | None = None
    ) -> None:
        """Starts workers in the background.

        Args:
            gallery: where finished dreams go.
            likely: recipes that workers prepare for.
            connect: returns a Dask client; the default starts workers here or finds ``DREAM_SCHEDULER``.
        """
        self._gallery = gallery
        self._jobs: dict[str, Job] = {}
        self._futures: dict[str, Any] = {}
        self._lock = RLock()
        self._client: Any = None
        self._broken: str | None = None
        self._connected = Event()
        self._likely = likely
        self._connect = connect or _connect
        Thread(target=self._start, name="dream-jobs", daemon=True).start()

    # --- for pages -------------------------------------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        """Whether workers can be reached."""
        return self._client is not None

    def wait_until_warm(self) -> None:
        """Blocks until a worker has loaded the default network; for threads that wait for their turn."""
        self._connected.wait()
        if self._client is not None:
            from dream.studio.worker import warm_up

            self._client.submit(warm_up, [], pure=False).result()

    def submit(self, recipe: Recipe, photos: Photos, owner: str) -> Job:
        """Takes a job, with the photos its recipe names; raises UserError where this browser session has too many waiting."""
        with self._lock:
            if self._broken:
                raise UserError(self._broken)
            unfinished = [job for job in self._jobs.values() if job.owner == owner and not job.finished]
            if len(unfinished) > settings().max_waiting:
                raise UserError(
                    f"One dream is running and {settings().max_waiting} are waiting: wait for one of them, or stop one."
                )
            job = Job(
                secrets.token_hex(8),
                owner,
                recipe,
                {sha256: photos[sha256] for sha256 in recipe.photos if sha256 in photos},
            )
            self._jobs[job.id] = job
            self._forget_old_ones()
        self._dispatch()
        return job

    def of(self, owner: str) -> list[Job]:
        """The jobs of a browser session, oldest first."""
        with self._lock:
            return [job for job in self._jobs.values() if job.owner == owner]

    def find(self, job_id: str | None, owner: str) -> Job | None:
        """A session's own job of this id."""
        with self._lock:
            job = self._jobs.get(job_id or "")
            return job if job and job.owner == owner else None

    def position(self, job: Job) -> int:
        """Jobs that come before this waiting one."""
        with self._lock:
            unfinished = [other for other in self._jobs.values() if not other.finished]
            return unfinished.index(job) if job in unfinished else 0

    def stop(self, job: Job) -> None:
        """Stops a job: a waiting one is gone, a running one ends at its next step and keeps what it has."""
        with self._lock:
            if job.state == "waiting":
                job.state = "stopped"
                job.photos = {}
            elif job.state == "running":
                job.stopping = True
        if job.stopping:
            from dream.studio.worker import stop_sign

            stop_sign(job.id, self._client).set()

    # --- behind them -----------------------------------------------------------------------------------------------

    def _start(self) -> None:
        try:
            client = self._connect()
            from dream.studio.worker import TOPIC, Prepared

            client.register_plugin(Prepared(self._likely))
            client.subscribe_topic(TOPIC, self._on_frame)
        except Exception:
            log.exception("No workers")
            with self._lock:
                self._broken = "The workers could not be started: the server's log says why."
                for job in self._jobs.values():
                    self._fail(job, self._broken)
        else:
            self._client = client
            self._dispatch()
        self._connected.set()

    def _dispatch(self) -> None:
        """Hands waiting jobs to free workers, oldest first, one a browser session."""
        if self._client is None:
            return
        from dream.studio.worker import render_job

        threads = sum(self._client.nthreads().values())
        with self._lock:
            running = [job.owner for job in self._jobs.values() if job.state == "running"]
            for job in self._jobs.values():
                if len(running) < max(threads, 1) and job.state == "waiting" and job.owner not in running:
                    running.append(job.owner)
                    job.state = "running"
                    arguments = (job.id, job.recipe.to_json(), job.photos)
                    future = self._client.submit(render_job, *arguments, key=f"dream-{job.id}", pure=False)
                    self._futures[job.id] = future
                    future.add_done_callback(lambda future, job=job: self._on_done(job, future))

    def _on_frame(self, event: tuple[float, dict]) -> None:
        """Runs on the client's event loop, and so without the lock: a thread that holds it may wait for this loop."""
        message = event[1]
        job = self._jobs.get(message["job"])
        if job is None or job.finished:
            return
        if message["score"] is not None:
            if message["step"] == 1:  # comes again when the worker died and the job is tried from its start
                job.first_step = (time.monotonic(), message["progress"])
                job.scores = []
            job.scores.append(message["score"])
        job.progress = message["progress"]
        job.preview = message.get("preview", job.preview)

    def _on_done(self, job: Job, future: Any) -> None:
        try:
            result = future.result()
            job.unkept = result.png if result else None
            if result is None:
                with self._lock:
                    job.state = "stopped"
            else:
                kept = self._gallery.keep(
                    result.png,
                    result.recipe,
                    result.scores,
                    size=result.size,
                    seconds=result.seconds,
                    photos=job.photos,
                    film=result.film,
                    owner=job.owner,
                )
                with self._lock:
                    job.dream_id, job.unkept = kept.id, None
                    job.scores = list(result.scores)
                    job.state = "stopped" if result.recipe.stopped_after else "done"
        except UserError as error:
            self._fail(job, str(error))
        except Exception as error:
            self._fail(job, _sentence(error))
        finally:
            with self._lock:
                self._futures.pop(job.id, None)
                job.photos, job.preview = {}, None
            self._dispatch()

    def _fail(self, job: Job, sentence: str) -> None:
        with self._lock:
            job.state, job.error = "failed", sentence

    def _forget_old_ones(self) -> None:
        finished = [job.id for job in self._jobs.values() if job.finished]
        for job_id in finished[:-KEEP_FINISHED]:
            del self._jobs[job_id]


def _sentence(error: Exception) -> str:
    from distributed import KilledWorker

    if isinstance(error, KilledWorker):
        return "The worker died several times over this dream, most likely out of memory: choose a smaller size."
    log.error("A job failed", exc_info=error)
    return "Something went wrong inside this render: the server's log has the details. Try other settings."


def _connect() -> Any:
    """A client of ``DREAM_SCHEDULER``, or of worker processes started here."""
    import dask
    from distributed import Client, LocalCluster

    # Events are kept by the scheduler; a preview is up to 100 kB.
    dask.config.set({"distributed.admin.low-level-log-length": 100})
    if settings().scheduler:
        return Client(settings().scheduler, set_as_default=False)
    cluster = LocalCluster(
        n_workers=settings().workers,
        threads_per_worker=1,
        processes=True,
        dashboard_address="localhost:0",  # a free port: the scheduler has a web server even without a dashboard
        silence_logs=logging.ERROR,
    )
    return Client(cluster, set_as_default=False)
