"""A recipe is everything that decides a picture: the same recipe gives the same picture.

It is a plain value: frozen, comparable, written as JSON into every PNG and read back from it. Its parts are the
start (which pixels), the objective (what shall respond) and the method (how the pixels are changed).
"""

from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from dream.errors import UserError
from dream.settings import settings

PartType = TypeVar("PartType", bound="Part")


class Part(BaseModel):
    """Common ground of a recipe's parts: frozen, unknown fields refused, no NaN or infinity."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _side(pixels: int) -> int:
    low, high = settings().min_side, settings().max_side
    if not low <= pixels <= high:
        raise ValueError(f"a side must be {low} to {high} pixels, not {pixels}")
    return pixels


def _iterations(count: int) -> int:
    if not 1 <= count <= settings().max_iterations:
        raise ValueError(f"iterations must be 1 to {settings().max_iterations}, not {count}")
    return count


# --- the start: which pixels ---------------------------------------------------------------------------------------


class Noise(Part):
    """Uniform noise in [100, 101), the book's start; its picture is shown stretched from minimum to maximum."""

    kind: Literal["noise"] = "noise"
    width: int = 224
    height: int = 224

    _sides = field_validator("width", "height")(_side)

    def title(self) -> str:
        """What a reader calls this start."""
        return "noise"


class Sample(Part):
    """One of the sample photos that come with scikit-image, its longest side scaled to ``longest_side`` pixels."""

    kind: Literal["sample"] = "sample"
    name: str
    longest_side: int = 640

    _sides = field_validator("longest_side")(_side)

    def title(self) -> str:
        """What a reader calls this start."""
        return self.name.replace("_", " ")


class Photo(Part):
    """A picture that somebody brought, known by the SHA-256 of its pixels, scaled to ``longest_side`` pixels."""

    kind: Literal["photo"] = "photo"
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    longest_side: int = 640

    _sides = field_validator("longest_side")(_side)

    def title(self) -> str:
        """What a reader calls this start."""
        return "a photo"


Start = Annotated[Noise | Sample | Photo, Field(discriminator="kind")]


# --- the objective: what shall respond -----------------------------------------------------------------------------


class Channel(Part):
    """``mean(layer[:, :, :, channel])``: one learned feature."""

    kind: Literal["channel"] = "channel"
    layer: str = Field(min_length=1)
    channel: int = Field(ge=0)

    def title(self) -> str:
        """The objective in words."""
        return f"{self.layer} channel {self.channel}"


class Layer(Part):
    """``mean(square(layer))``: all channels of a layer at once, the classic dream over a photo."""

    kind: Literal["layer"] = "layer"
    layer: str = Field(min_length=1)

    def title(self) -> str:
        """The objective in words."""
        return f"{self.layer}, all channels"


class Class(Part):
    """The class's logit (its value before the softmax). ``name`` is for readers; ``index`` decides."""

    kind: Literal["class"] = "class"
    index: int = Field(ge=0)
    name: str = ""

    def title(self) -> str:
        """The objective in words."""
        return f"class {self.name or self.index}"


Objective = Annotated[Channel | Layer | Class, Field(discriminator="kind")]


# --- the method: how the pixels are changed ------------------------------------------------------------------------


class Naive(Part):
    """The book's loop: ``g /= g.std() + 1e-8; picture += g * step``, ``iterations`` times."""

    kind: Literal["naive"] = "naive"
    iterations: int = 20
    step: float = Field(1.0, gt=0, le=100)

    _iterations = field_validator("iterations")(_iterations)

    @property
    def steps(self) -> int:
        """Gradient steps altogether."""
        return self.iterations


class Dream(Part):
    """Octaves over a photo, the detail lost in shrinking put back: Google's original dream."""

    kind: Literal["dream"] = "dream"
    iterations: int = 10
    step: float = Field(1.5, gt=0, le=100)
    octaves: int = Field(4, ge=1, le=12)
    octave_scale: float = Field(1.4, gt=1, le=4)
    jitter: int = Field(32, ge=0, le=512)

    _iterations = field_validator("iterations")(_iterations)

    @property
    def steps(self) -> int:
        """Gradient steps altogether."""
        return self.iterations * self.octaves


Method = Annotated[Naive | Dream, Field(discriminator="kind")]


# --- the whole -----------------------------------------------------------------------------------------------------


class Recipe(Part):
    """Everything that decides a picture.

    Attributes:
        version: of this format; a reader refuses versions that it does not know.
        network: a name of the zoo (``squeezenet``).
        start, objective, method: see the classes above.
        seed: of the one random generator behind noise and jitter.
        stopped_after: gradient steps done before somebody stopped the render; None for a render that ran to its end.
    """

    version: Literal[1] = 1
    network: str = "squeezenet"
    start: Start
    objective: Objective
    method: Method
    seed: int = Field(0, ge=0, lt=2**63)
    stopped_after: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _stop_within_steps(self) -> "Recipe":
        if self.stopped_after is not None and self.stopped_after > self.method.steps:
            raise ValueError(f"stopped_after is past the method's {self.method.steps} steps")
        return self

    @property
    def steps(self) -> int:
        """Gradient steps that this recipe does."""
        return self.method.steps if self.stopped_after is None else self.stopped_after

    @property
    def stretched(self) -> bool:
        """Whether the picture is shown stretched from its minimum to its maximum (from noise) or clipped to 0..255."""
        return self.start.kind == "noise"

    def title(self) -> str:
        """A line that a person understands: objective, start, method, network."""
        over = "out of noise" if self.start.kind == "noise" else f"over {self.start.title()}"
        return f"{self.objective.title()} {over}"

    def to_json(self) -> str:
        """JSON that :func:`parse_recipe` reads."""
        return self.model_dump_json(indent=2)


def parse_recipe(text: str | bytes) -> Recipe:
    """Reads a recipe from JSON; raises UserError with the first thing that is wrong."""
    try:
        return Recipe.model_validate_json(text)
    except ValidationError as error:
        raise UserError(f"This recipe cannot be read: {first_problem(error)}.") from None


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
