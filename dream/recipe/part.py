"""Common ground of a recipe's parts, and the limits that several of them share."""

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from dream.errors import UserError
from dream.settings import settings

PartType = TypeVar("PartType", bound="Part")


class Part(BaseModel):
    """Common ground of a recipe's parts: frozen, unknown fields refused, no NaN or infinity."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def valid_side(pixels: int) -> int:
    """A validator: within the limits for a picture's side."""
    low, high = settings().min_side, settings().largest_side
    if not low <= pixels <= high:
        raise ValueError(f"a side must be {low} to {high} pixels, not {pixels}")
    return pixels


def valid_iterations(count: int) -> int:
    """A validator: within the limits for gradient steps."""
    if not 1 <= count <= settings().max_iterations:
        raise ValueError(f"iterations must be 1 to {settings().max_iterations}, not {count}")
    return count


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
