"""Jobs as files: each is written down before it is anything else, and gone when its dream is kept.

One JSON a job in ``DREAM_HOME/jobs``, and beside them the photos that jobs need, by their SHA-256.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from pydantic import ValidationError

from dream.errors import UserError
from dream.files import write_atomically
from dream.gallery.photos import PhotoFiles
from dream.jobs.job import Job
from dream.jobs.request import JobRequest
from dream.pictures.start import Photos

log = logging.getLogger(__name__)


class StoredJob(JobRequest):
    """What a job's file says: the request, and what must outlive a restart."""

    deaths: int = 0


class JobFiles:
    """The folder of jobs that are not finished; one server has it for itself.

    A file that cannot be read is left alone, and so is every photo as long as there is one: it may need any of them.
    """

    def __init__(self, home: Path) -> None:
        """Clears away what a killed server left half-written; raises UserError where the folder cannot be made."""
        self._folder = home / "jobs"
        self._photos = PhotoFiles(self._folder)
        self._lock = Lock()  # between looking which photos are needed and writing or removing them
        self._coming: Counter[str] = Counter()  # photos of jobs that are about to be written down
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for path in self._folder.glob(".*.part"):
                path.unlink()
            self._remove_unneeded(path.stem for path in self._folder.glob("*.png"))
        except OSError as error:
            raise UserError(
                f"Cannot keep jobs in {self._folder}: {error.strerror}. Set DREAM_HOME elsewhere."
            ) from None

    @contextmanager
    def with_photos(self, job: Job) -> Iterator[None]:
        """Writes a new job's photos, which takes a while; inside, the job itself is written down.

        Where that fails the photos are gone again. Raises UserError where the disk is full or read-only.
        """
        photos = dict(job.photos)
        with self._lock:
            self._coming.update(photos.keys())
        try:
            for sha256, photo in photos.items():
                self._photos.write(sha256, photo)
            yield
        finally:
            with self._lock:
                self._coming -= Counter(photos.keys())
            if not self._json(job.id).exists():
                self.remove(job)

    def write(self, job: Job) -> None:
        """Writes a job down; raises UserError where the disk is full or read-only."""
        stored = StoredJob.model_validate({**dict(job.request), "deaths": job.deaths})
        write_atomically(self._json(job.id), stored.model_dump_json().encode())

    def remove(self, job: Job) -> None:
        """Forgets a job that is finished, and the photos that no other needs; what cannot be removed is told."""
        try:
            self._json(job.id).unlink(missing_ok=True)
            self._remove_unneeded(job.recipe.photos)
        except OSError as error:
            log.warning("The job %s cannot be removed: %s", job.id, error)

    def read(self) -> list[Job]:
        """The jobs that are written down, oldest first, without their photos; an unreadable file is told and left alone."""
        jobs = [job for job in self._read().values() if job is not None]
        return sorted(jobs, key=lambda job: job.request.created)

    def unreadable(self) -> int:
        """How many files cannot be read."""
        return sum(job is None for job in self._read().values())

    def photos(self, job: Job) -> Photos:
        """The pixels of the photos that a job needs; raises UserError where one is gone or damaged."""
        found = {}
        for sha256 in job.recipe.photos:
            pixels = self._photos.read(sha256)
            if pixels is None:
                raise UserError("A photo that this dream needs is gone or damaged: start it again from the photo.")
            found[sha256] = pixels
        return found

    def _read(self) -> dict[Path, Job | None]:
        """The job of each file; None where it cannot be read."""
        jobs: dict[Path, Job | None] = {}
        for path in self._folder.glob("*.json"):
            try:
                stored = StoredJob.model_validate_json(path.read_bytes())
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
                needed = {sha256 for job in jobs for sha256 in job.recipe.photos} | set(self._coming)
                for sha256 in photos - needed:
                    self._photos.remove(sha256)

    def _json(self, job_id: str) -> Path:
        return self._folder / f"{job_id}.json"
