"""The metadata of a stored dream: the content of its JSON file."""

import logging
import secrets
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from dream.files import read_regular
from dream.recipe import StoredPlan
from dream.recipe.part import LONGEST_TITLE

log = logging.getLogger(__name__)


class DreamRecord(BaseModel):
    """A stored dream's metadata.

    Attributes:
        id: from :func:`new_id`; the stem of the file names.
        title: shown in the gallery.
        recipe: makes the same picture again.
        scores: of the objective, one a gradient step.
        width, height: of the picture, in pixels.
        seconds: duration of the render.
        created: when it was finished, UTC.
        owner: the browser, or the person who was logged in; empty in dreams of the first versions.
        star: set by visitors.
        note: written by visitors.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    title: str = Field(max_length=LONGEST_TITLE)
    recipe: StoredPlan
    scores: tuple[FiniteFloat, ...]  # JSON has no others: a record with one could not be read any more
    width: int
    height: int
    seconds: float
    created: datetime
    owner: str = ""
    star: bool = False
    note: str = Field("", max_length=2000)

    @property
    def age(self) -> str:
        """Time since it was created, in words."""
        minutes = int((datetime.now(UTC) - self.created).total_seconds() // 60)
        for unit, size in (("day", 24 * 60), ("hour", 60), ("minute", 1)):
            if minutes >= size:
                count = minutes // size
                return f"{count} {unit}{'s' if count > 1 else ''} ago"
        return "just now"


def new_id() -> str:
    """A new unique id that sorts by time."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{secrets.token_hex(3)}"


def read_record(path: Path) -> DreamRecord | None:
    """Reads a JSON file; None if it is missing, or cannot be read, which is logged."""
    try:
        return DreamRecord.model_validate_json(read_regular(path))
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        log.warning("The dream %s cannot be read: %s", path.stem, str(error).splitlines()[0])
        return None


def is_id(text: str) -> bool:
    """Whether a text has the form of an id. Ids come from URLs: nothing else may become part of a path."""
    return bool(text) and all(part.isalnum() for part in text.split("-"))
