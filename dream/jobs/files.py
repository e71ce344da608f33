"""Unfinished jobs as files: written when a job is submitted, removed when its dream is stored.

One JSON file a job in ``DREAM_HOME/jobs``, and beside them the photos that jobs need, named by their SHA-256.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from pydantic import ValidationError

from dream.errors import StorageError, UserError
from dream.files import read_regular, write_atomically
from dream.gallery.owners import hide_browsers
from dream.gallery.photos import PhotoFiles
from dream.jobs.job import Job
from dream.jobs.request import JobRequest
from dream.pictures.start import Photos

log = logging.getLogger(__name__)


class StoredJob(JobRequest):
    """The content of a job's file: the request, and state that survives a restart."""

    deaths: int = 0  # of workers over this job


class JobFiles:
    """The folder of unfinished jobs, used by one server at a time.

    An unreadable file is never removed, and as long as there is one no photo is: it may need any of them.
    """

    def __init__(self, home: Path) -> None:
        """Removes temporary files of a killed server; raises UserError if the folder cannot be made or written."""
        self._folder = home / "jobs"
        self._photos = PhotoFiles(self._folder)
        self._pause = self._folder / "paused"
        self._lock = Lock()  # held from finding which photos are needed to removing the others
        self._reserved: Counter[str] = Counter()  # photos of jobs that are about to be written
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for path in self._folder.glob(".*.part"):
                path.unlink()
            hide_browsers(home, self._folder)
            self._remove_unneeded(path.stem for path in self._folder.glob("*.png"))
        except OSError as error:
            raise UserError(
                f"Cannot keep jobs in {self._folder}: {error.strerror}. Set DREAM_HOME elsewhere."
            ) from None

    @contextmanager
    def with_photos(self, job: Job) -> Iterator[None]:
        """Writes a new job's photos; inside the context the caller writes the job itself, with :meth:`write`.

        If it does not, the photos are removed at the end. Raises UserError if the disk is full or read-only.
        """
        photos = dict(job.photos)
        with self._lock:
            self._reserved.update(photos.keys())
        try:
            for sha256, photo in photos.items():
                self._photos.write(sha256, photo)
            yield
        finally:
            with self._lock:
                self._reserved -= Counter(photos.keys())
            if not self._json(job.id).exists():
                self.remove(job)

    def write(self, job: Job) -> None:
        """Writes a job's file; raises UserError if the disk is full or read-only."""
        stored = StoredJob.model_validate({**dict(job.request), "deaths": job.deaths})
        write_atomically(self._json(job.id), stored.model_dump_json().encode())

    def remove(self, job: Job) -> None:
        """Removes a job's file, and its photos that no other job needs; failures are logged."""
        try:
            self._json(job.id).unlink(missing_ok=True)
            self._remove_unneeded(job.recipe.photos)
        except OSError as error:
            log.warning("The job %s cannot be removed: %s", job.id, error)

    def read(self) -> list[Job]:
        """The stored jobs, oldest first, without their photos; unreadable files are logged and skipped."""
        jobs = [job for job in self._read().values() if job is not None]
        return sorted(jobs, key=lambda job: job.request.created)

    @property
    def paused(self) -> bool:
        """Whether the queue is paused, across restarts."""
        return self._pause.exists()

    def pause(self, paused: bool) -> None:
        """Pauses or resumes the queue; raises UserError if the disk is full or read-only."""
        if paused:
            write_atomically(self._pause, b"")
            return
        try:
            self._pause.unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(f"Cannot remove {self._pause}: {error.strerror}.") from None

    def photos(self, job: Job) -> Photos:
        """The photos that a job needs, uint8 [height, width, 3] by SHA-256; raises UserError if one is missing."""
        found = {}
        for sha256 in job.recipe.photos:
            pixels = self._photos.read(sha256)
            if pixels is None:
                raise UserError("A photo that this dream needs is gone or damaged: start it again from the photo.")
            found[sha256] = pixels
        return found

    def _read(self) -> dict[Path, Job | None]:
        """The job of each file; None if it cannot be read."""
        jobs: dict[Path, Job | None] = {}
        for path in self._folder.glob("*.json"):
            try:
                stored = StoredJob.model_validate_json(read_regular(path))
                jobs[path] = Job(stored, stored.deaths)
            except FileNotFoundError:
                continue
            except (OSError, ValidationError) as error:
                log.warning("The job %s cannot be read: %s", path.name, str(error).splitlines()[0])
                jobs[path] = None
        return jobs

    def _remove_unneeded(self, photos: Iterable[str]) -> None:
        if photos := set(photos):
            with self._lock:
                found = self._read().values()
                jobs = [job for job in found if job is not None]
                if len(jobs) < len(found):
                    return
                needed = {sha256 for job in jobs for sha256 in job.recipe.photos} | set(self._reserved)
                for sha256 in photos - needed:
                    self._photos.remove(sha256)

    def _json(self, job_id: str) -> Path:
        return self._folder / f"{job_id}.json"
