"""Jobs as files: each is written down before it is anything else, and gone when its dream is kept.

One JSON a job in ``DREAM_HOME/jobs``, and beside them the photos that jobs need, by their SHA-256.
"""

import logging
from datetime import datetime
from pathlib import Path

import numpy as np
from PIL import Image
from pydantic import BaseModel, ValidationError

from dream.errors import UserError
from dream.files import sweep, write_whole
from dream.pictures.png import encode_png
from dream.pictures.start import Photos
from dream.recipe import Recipe
from dream.studio.job import Job

log = logging.getLogger(__name__)


class _Written(BaseModel):
    """What a job's file says."""

    id: str
    owner: str
    recipe: Recipe
    created: datetime
    keep_as: str
    private: bool = False
    deaths: int = 0


class JobFiles:
    """The folder of jobs that are not finished."""

    def __init__(self, home: Path) -> None:
        """Raises UserError where the folder cannot be made."""
        self._folder = home / "jobs"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            sweep(self._folder)
        except OSError as error:
            raise UserError(
                f"Cannot keep jobs in {self._folder}: {error.strerror}. Set DREAM_HOME elsewhere."
            ) from None

    def write(self, job: Job) -> None:
        """Writes a job down, its photos first; raises UserError where the disk is full or read-only."""
        for sha256, photo in job.photos.items():
            if not self._photo(sha256).exists():
                write_whole(self._photo(sha256), encode_png(photo))
        fields = {name: getattr(job, name) for name in _Written.model_fields}
        write_whole(self._json(job.id), _Written(**fields).model_dump_json().encode())

    def remove(self, job: Job) -> None:
        """Forgets a job that is finished, and the photos that no other needs."""
        self._json(job.id).unlink(missing_ok=True)
        if job.recipe.photos:
            needed = {sha256 for other in self.read() for sha256 in other.recipe.photos}
            for sha256 in job.recipe.photos - needed:
                self._photo(sha256).unlink(missing_ok=True)

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

    def _json(self, job_id: str) -> Path:
        return self._folder / f"{job_id}.json"

    def _photo(self, sha256: str) -> Path:
        return self._folder / f"{sha256}.png"


def _pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))
