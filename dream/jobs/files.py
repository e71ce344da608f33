"""Jobs as files: each is written down before it is anything else, and gone when its dream is kept.

One JSON a job in ``DREAM_HOME/jobs``, and beside them the photos that jobs need, by their SHA-256.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock

import numpy as np
from PIL import Image
from pydantic import BaseModel, ValidationError

from dream.errors import UserError
from dream.files import write_atomically
from dream.jobs.job import Job
from dream.pictures.png import encode_png
from dream.pictures.start import Photos
from dream.recipe import Recipe

log = logging.getLogger(__name__)


class _Written(BaseModel):
    """What a job's file says."""

    id: str
    owner: str
    recipe: Recipe
    created: datetime
    reserved_id: str
    private: bool = False
    deaths: int = 0


class JobFiles:
    """The folder of jobs that are not finished; one server has it for itself."""

    def __init__(self, home: Path) -> None:
        """Clears away what a killed server left half-written; raises UserError where the folder cannot be made."""
        self._folder = home / "jobs"
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
                if not self._photo(sha256).exists():
                    write_atomically(self._photo(sha256), encode_png(photo))
            yield
        finally:
            with self._lock:
                self._coming -= Counter(photos.keys())
            if not self._json(job.id).exists():
                self.remove(job)

    def write(self, job: Job) -> None:
        """Writes a job down; raises UserError where the disk is full or read-only."""
        fields = {name: getattr(job, name) for name in _Written.model_fields}
        write_atomically(self._json(job.id), _Written(**fields).model_dump_json().encode())

    def remove(self, job: Job) -> None:
        """Forgets a job that is finished, and the photos that no other needs; what cannot be removed is told."""
        try:
            self._json(job.id).unlink(missing_ok=True)
            self._remove_unneeded(job.recipe.photos)
        except OSError as error:
            log.warning("The job %s cannot be removed: %s", job.id, error)

    def read(self) -> list[Job]:
        """The jobs that are written down, oldest first, without their photos; a damaged file is told and left alone."""
        jobs = []
        for path in self._folder.glob("*.json"):
            try:
                jobs.append(Job(**dict(_Written.model_validate_json(path.read_bytes()))))
            except (OSError, ValidationError) as error:
                log.warning("The job %s cannot be read: %s", path.name, str(error).splitlines()[0])
        return sorted(jobs, key=lambda job: job.created)

    def photos(self, job: Job) -> Photos:
        """The pixels of the photos that a job needs, as far as they are here."""
        return {sha256: _pixels(self._photo(sha256)) for sha256 in job.recipe.photos if self._photo(sha256).exists()}

    def _remove_unneeded(self, photos: Iterable[str]) -> None:
        if photos := set(photos):
            with self._lock:
                needed = {sha256 for job in self.read() for sha256 in job.recipe.photos} | set(self._coming)
                for sha256 in photos - needed:
                    self._photo(sha256).unlink(missing_ok=True)

    def _json(self, job_id: str) -> Path:
        return self._folder / f"{job_id}.json"

    def _photo(self, sha256: str) -> Path:
        return self._folder / f"{sha256}.png"


def _pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))
