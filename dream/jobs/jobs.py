"""Renders as jobs on Dask workers: submitted, watched, stopped, and resumed after crashes and restarts.

A job is stored as a file when it is submitted; the file is removed when its dream is stored. What happens between is
done by :mod:`dream.jobs.dispatcher`.
"""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from dream.errors import UserError
from dream.gallery.gallery import Gallery
from dream.jobs.dispatcher import Dispatcher
from dream.jobs.files import JobFiles
from dream.jobs.home_lock import lock_home, released_on_error
from dream.jobs.job import Job
from dream.jobs.monitoring import WorkerState
from dream.jobs.request import JobRequest
from dream.jobs.scheduling import ahead, check_room
from dream.jobs.workers.cluster import connect
from dream.networks.user import approval
from dream.people import Asker
from dream.pictures.start import Photos, check_shortest_side
from dream.recipe import Plan, Recipe
from dream.recipe.limits import check_limits
from dream.settings import settings
from dream.trace import trace


class Jobs:
    """All jobs of this server; safe to use from several threads."""

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
        self._dispatcher = Dispatcher(gallery, self._files, self._jobs, connect, likely)
        self._lock, self._workers = self._dispatcher.lock, self._dispatcher.workers
        self._dispatcher.start()

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
            UserError: it exceeds this server's limits or needs a network that is not approved, too many jobs are
                unfinished, or it cannot be stored.
        """
        check_limits(recipe.recipes, settings().max_side)
        approval.check(recipe.networks, owner)
        check_shortest_side(recipe.base.pictures, photos)
        request = JobRequest(owner=owner, recipe=recipe, private=private, address=address)
        job = Job(request, photos={sha256: photos[sha256] for sha256 in recipe.photos if sha256 in photos})
        with self._files.with_photos(job), self._lock:
            check_room(request, self._jobs.values())
            self._files.write(job)
            self._jobs[job.id] = job
        self._dispatcher.dispatch()
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
            return ahead(job, list(self._jobs.values()), self._dispatcher.pace)

    def stop(self, job: Job, asker: Asker) -> None:
        """Stops a job: a waiting one at once; a running one within its step, and its picture so far is stored.

        Raises:
            UserError: it is somebody else's, and the asker is no admin.
        """
        if job.owner != asker.name and not asker.admin:
            raise UserError("This dream is somebody else's: only they and admins can stop it.")
        trace("stopped", asker.name, job=job.id)
        with self._lock:
            if job.state == "waiting":
                job.state = "stopped"
                self._dispatcher.end(job)
            elif job.state == "running":
                job.stop_asked = job.stop_asked or time.monotonic()
        if job.stopping:
            self._workers.stop(job.id)

    @property
    def paused(self) -> bool:
        """Whether no waiting job is started, until an admin resumes the queue."""
        return self._files.paused

    def pause(self, paused: bool, asker: Asker) -> None:
        """Pauses the queue, or resumes it: while it is paused, what runs ends as usual and what waits goes on waiting.

        Raises:
            UserError: the asker is no admin, or the disk is full or read-only.
        """
        asker.check_admin("pause the queue")
        self._files.pause(paused)
        trace("paused" if paused else "resumed", asker.name)
        self._dispatcher.dispatch()

    def counts(self) -> dict[str, Counter[str]]:
        """For each owner how many of their jobs are waiting, running and so on, recently finished ones included."""
        counts: dict[str, Counter[str]] = {}
        for job in self.all():
            counts.setdefault(job.owner, Counter())[job.state] += 1
        return counts

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
