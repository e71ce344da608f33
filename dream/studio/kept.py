"""A dream that was kept: what its JSON file says."""

from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict

from dream.recipe import Recipe


class KeptDream(BaseModel):
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
    """

    model_config = ConfigDict(frozen=True)

    id: str
    title: str
    recipe: Recipe
    scores: tuple[float, ...]
    width: int
    height: int
    seconds: float
    created: datetime
    owner: str = ""

    @property
    def age(self) -> str:
        """How long ago, in words."""
        minutes = int((datetime.now(UTC) - self.created).total_seconds() // 60)
        for unit, size in (("day", 24 * 60), ("hour", 60), ("minute", 1)):
            if minutes >= size:
                count = minutes // size
                return f"{count} {unit}{'s' if count > 1 else ''} ago"
        return "just now"
