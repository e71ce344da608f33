"""The base class of everything in a recipe, and the bounds of what can be computed at all.

These bounds belong to the format: what was written within them can be read for ever, whatever a server's settings say.
What a server lets people start is in :mod:`dream.recipe.limits`.
"""

from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dream.errors import UserError

LARGEST_SIDE = 65_535  # pixels: a JPEG has no more
MOST_ITERATIONS = 100_000
LONGEST_TITLE = 300  # characters
LONGEST_NAME = 1000  # characters: the longest name of a graph's node that is accepted

PartType = TypeVar("PartType", bound="Part")
Side = Annotated[int, Field(ge=1, le=LARGEST_SIDE)]
Iterations = Annotated[int, Field(ge=1, le=MOST_ITERATIONS)]
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]  # of a layer or a network
Number = Annotated[int, Field(ge=0, lt=2**31)]  # of a channel or a class


class Part(BaseModel):
    """Base class of a recipe's values: frozen, unknown fields refused, no NaN or infinity."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def shortened(text: str, longest: int) -> str:
    """The text, cut to ``longest`` characters with an ellipsis as the last where it is longer."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def validated(part: type[PartType], **fields: object) -> PartType:
    """A part from values that a person gave; raises UserError with the first thing that is wrong."""
    try:
        return part(**fields)
    except ValidationError as error:
        raise UserError(f"That does not work: {first_problem(error)}.") from None


def first_problem(error: ValidationError) -> str:
    """The first problem of a validation error, without a full stop: our own words, or ``field: pydantic's words``."""
    problem = error.errors(include_url=False)[0]
    if problem["type"] == "value_error":
        return str(problem["ctx"]["error"])
    place = ".".join(str(part) for part in problem["loc"])
    return f"{place}: {problem['msg']}" if place else problem["msg"]
