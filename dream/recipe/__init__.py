"""A recipe is everything that decides a picture: the same recipe gives the same picture.

It is a plain value: frozen, comparable, written as JSON into every PNG and read back from it. Its parts are the
start (which pixels), the objective (what shall respond) and the method (how the pixels are changed).
"""

import math
from typing import Literal

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from dream.errors import UserError
from dream.recipe.comparison import MOST_CELLS, PLURALS, Axis, changed
from dream.recipe.methods import METHODS, Dream, Fourier, Laplacian, Method, Naive, Octaves, Zoom
from dream.recipe.objectives import Channel, Class, Guide, Layer, Neuron, Objective, Sum, Term, singles
from dream.recipe.part import Part, first_problem, validated
from dream.recipe.starts import Noise, Photo, Sample, Start
from dream.settings import settings

__all__ = [
    "METHODS",
    "Axis",
    "Channel",
    "Class",
    "Dream",
    "Fourier",
    "Guide",
    "Laplacian",
    "Layer",
    "Method",
    "Naive",
    "Neuron",
    "Noise",
    "Objective",
    "Octaves",
    "Part",
    "Photo",
    "Recipe",
    "Sample",
    "Start",
    "Sum",
    "Term",
    "Zoom",
    "first_problem",
    "parse_objective",
    "parse_recipe",
    "singles",
    "validated",
]

FILM_FRAMES = 100


class Recipe(Part):
    """Everything that decides a picture.

    Attributes:
        version: of this format; a reader refuses versions that it does not know.
        network: a name of the zoo (``squeezenet``).
        start, objective, method: see the classes above.
        seed: of the one random generator behind noise, jitter and views.
        tile: above this many pixels a side the gradient is computed tile by tile.
        across, down: settings that go through several values: the picture is then a grid with a picture for each.
        stopped_after: gradient steps done before somebody stopped the render; None for a render that ran to its end.
    """

    version: Literal[1] = 1
    network: str = "squeezenet"
    start: Start
    objective: Objective
    method: Method
    seed: int = Field(0, ge=0, lt=2**63)
    tile: int = Field(512, ge=128, le=2048)
    across: Axis | None = None
    down: Axis | None = None
    stopped_after: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _stop_within_steps(self) -> "Recipe":
        if self.stopped_after is not None and self.stopped_after > self.all_steps:
            raise ValueError(f"stopped_after is past the recipe's {self.all_steps} steps")
        return self

    @model_validator(mode="after")
    def _few_cells(self) -> "Recipe":
        if self.down is not None and self.across is None:
            raise ValueError("a comparison over one setting goes across: down needs another one")
        if self.down is not None and self.down.setting == self.across.setting:
            raise ValueError(f"both sides of the comparison are {self.down.setting}: choose another one")
        count = sum(len(row) for row in self.cells)  # makes each cell, and so finds out what is wrong with it
        if count > MOST_CELLS:
            raise ValueError(f"a comparison has at most {MOST_CELLS} pictures, not {count}")
        return self

    @model_validator(mode="after")
    def _grows_within_limits(self) -> "Recipe":
        if self.start.kind == "noise" and self.method.kind in ("octaves", "laplacian"):
            side = max(self.start.width, self.start.height) * self.method.octave_scale ** (self.method.octaves - 1)
            limit = settings().largest_side
            if side > limit:
                raise ValueError(
                    f"the last octave would be {side:.0f} pixels a side, at most {limit}: take fewer octaves"
                )
        return self

    @property
    def cells(self) -> tuple[tuple["Recipe", ...], ...]:
        """The recipes of a comparison, row by row; of any other recipe itself."""
        if self.across is None:
            return ((self,),)
        down = self.down.values if self.down else (None,)
        return tuple(tuple(self._cell(across, below) for across in self.across.values) for below in down)

    def _cell(self, across: int | float | str, down: int | float | str | None) -> "Recipe":
        wanted = {self.across.setting: across} | ({self.down.setting: down} if self.down else {})
        fields = self.model_dump(exclude={"across", "down", "stopped_after"})
        for setting in sorted(wanted, key=lambda setting: setting != "method"):  # a method brings its own settings
            fields = changed(fields, setting, wanted[setting])
        return Recipe(**fields)

    @property
    def is_comparison(self) -> bool:
        """Whether the picture is a grid of several."""
        return self.across is not None

    @property
    def networks(self) -> frozenset[str]:
        """The networks that are needed."""
        return frozenset(cell.network for row in self.cells for cell in row)

    @property
    def all_steps(self) -> int:
        """Gradient steps of a render that nobody stops."""
        return sum(cell.method.steps for row in self.cells for cell in row)

    @property
    def steps(self) -> int:
        """Gradient steps that this recipe does."""
        return self.all_steps if self.stopped_after is None else self.stopped_after

    @property
    def photos(self) -> frozenset[str]:
        """The SHA-256 of every photo whose pixels are needed: of the start, and of guides."""
        parts = [self.start, *(one.picture for one in singles(self.objective) if isinstance(one, Guide))]
        return frozenset(part.sha256 for part in parts if isinstance(part, Photo))

    @property
    def film_every(self) -> int:
        """Steps from one frame of the film to the next: a zoom's own frames, else about a hundred frames at the most."""
        zooms = self.method.kind == "zoom" and not self.is_comparison
        return self.method.iterations if zooms else math.ceil(self.all_steps / FILM_FRAMES)

    @property
    def stretched(self) -> bool:
        """Whether the picture is shown stretched from its minimum to its maximum or clipped to 0..255.

        Stretched are those out of noise, but for the fourier method's and comparisons: they are within 0..255 as they
        come.
        """
        return not self.is_comparison and self.start.kind == "noise" and self.method.kind != "fourier"

    def title(self) -> str:
        """A line that a person understands: objective, start, method, network."""
        axes = " and ".join(PLURALS[axis.setting] for axis in (self.across, self.down) if axis)
        compared = f", {axes} compared" if axes else ""
        over = "out of noise" if self.start.kind == "noise" else f"over {self.start.title()}"
        return f"{self.objective.title()} {over}{compared}"

    def to_json(self) -> str:
        """JSON that :func:`parse_recipe` reads."""
        return self.model_dump_json(indent=2)


def parse_objective(text: str | bytes) -> Objective:
    """Reads an objective from JSON; raises UserError with the first thing that is wrong."""
    try:
        return TypeAdapter(Objective).validate_json(text)
    except ValidationError as error:
        raise UserError(f"This objective cannot be read: {first_problem(error)}.") from None


def parse_recipe(text: str | bytes) -> Recipe:
    """Reads a recipe from JSON; raises UserError with the first thing that is wrong."""
    try:
        return Recipe.model_validate_json(text)
    except ValidationError as error:
        raise UserError(f"This recipe cannot be read: {first_problem(error)}.") from None
