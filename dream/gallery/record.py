"""A dream that was kept: what its JSON file says."""

import logging
import secrets
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dream.recipe import StoredPlan

log = logging.getLogger(__name__)


class DreamRecord(BaseModel):
    """Everything about a kept dream but its pixels.

    Attributes:
        id: sorts by time; names the files.
        title: what the gallery calls it.
        recipe: makes the same picture again.
        scores: one a step.
        width, height: of the picture, in pixels.
        seconds: how long the render took.
        created: when it was finished, UTC.
        owner: the browser session that made it.
        star: whether somebody liked it.
        note: what somebody wrote about it.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    title: str = Field(max_length=300)
    recipe: StoredPlan
    scores: tuple[float, ...]
    width: int
    height: int
    seconds: float
    created: datetime
    owner: str = ""
    star: bool = False
    note: str = Field("", max_length=2000)

    @property
    def age(self) -> str:
        """How long ago, in words."""
        minutes = int((datetime.now(UTC) - self.created).total_seconds() // 60)
        for unit, size in (("day", 24 * 60), ("hour", 60), ("minute", 1)):
            if minutes >= size:
                count = minutes // size
                return f"{count} {unit}{'s' if count > 1 else ''} ago"
        return "just now"


def new_id() -> str:
    """An id for a dream: sorts by time, and no two are the same."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{secrets.token_hex(3)}"


def read_record(path: Path) -> DreamRecord | None:
    """A dream from its JSON file; None where there is none, or it cannot be read."""
    try:
        return DreamRecord.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        log.warning("The dream %s cannot be read: %s", path.stem, str(error).splitlines()[0])
        return None


def is_id(text: str) -> bool:
    """Ids come back from addresses: nothing but what :func:`new_id` makes may become a path."""
    return bool(text) and all(part.isalnum() for part in text.split("-"))
