"""A recipe: everything that decides a picture."""

import math
from typing import Literal

from pydantic import Field, model_validator

from dream.recipe.enlarge import Enlarge
from dream.recipe.methods import Method
from dream.recipe.objectives import Guide, Objective, singles
from dream.recipe.part import LARGEST_SIDE, LONGEST_TITLE, Name, Part, shortened
from dream.recipe.starts import Noise, Photo, Start

FILM_FRAMES = 100
LONGEST_START = 60  # characters, in a title
LONGEST_OBJECTIVE = LONGEST_TITLE - 110  # leaves room for the start, and for what is compared


class Recipe(Part):
    """Everything that decides a picture: the same recipe gives the same picture.

    Attributes:
        version: of this format; older ones are brought up to it when they are read (:mod:`.migrations`).
        network: a name of the zoo (``squeezenet``); parts of the objective may name others.
        start, objective, method: see their classes.
        seed: of the one random generator behind noise, jitter and views.
        tile: above this many pixels a side the gradient is computed tile by tile.
        stopped_after: gradient steps done before somebody stopped the render; None for a render that ran to its end.
    """

    version: Literal[3] = 3
    network: Name = "squeezenet"
    start: Start
    objective: Objective
    method: Method
    seed: int = Field(0, ge=0, lt=2**63)
    tile: int = Field(512, ge=128, le=2048)
    stopped_after: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _stop_within_steps(self) -> "Recipe":
        if self.stopped_after is not None and self.stopped_after > self.all_steps:
            raise ValueError(f"stopped_after is past the recipe's {self.all_steps} steps")
        return self

    @model_validator(mode="after")
    def _grows_within_bounds(self) -> "Recipe":
        if self.longest_side > LARGEST_SIDE:
            raise ValueError(self.too_large(LARGEST_SIDE))
        return self

    @property
    def longest_side(self) -> int:
        """The longest side of the largest picture that is worked on, in pixels."""
        start = self.start
        longest = max(start.width, start.height) if isinstance(start, Noise) else start.longest_side
        return math.ceil(longest * self.method.growth(from_noise=start.kind == "noise"))

    def too_large(self, most: int) -> str:
        """What is told of a recipe whose :attr:`longest_side` is above ``most`` pixels, without a full stop."""
        if isinstance(self.method, Enlarge):
            larger = f"enlarged {self.method.times} times it would have {self.longest_side} pixels a side"
            return f"{larger}, at most {most}: enlarge it less, or a smaller one"
        return f"the last octave would be {self.longest_side} pixels a side, at most {most}: take fewer octaves"

    @property
    def base(self) -> "Recipe":
        """Itself; of a comparison, what its recipes have in common."""
        return self

    @property
    def recipes(self) -> tuple["Recipe", ...]:
        """Itself: a comparison has several."""
        return (self,)

    @property
    def networks(self) -> frozenset[str]:
        """The networks that are needed."""
        return frozenset(one.network or self.network for one in singles(self.objective))

    @property
    def all_steps(self) -> int:
        """Gradient steps of a render that nobody stops."""
        return self.method.steps

    @property
    def steps(self) -> int:
        """Gradient steps that this recipe does."""
        return self.all_steps if self.stopped_after is None else self.stopped_after

    @property
    def pictures(self) -> tuple[Start, ...]:
        """The start, and the pictures of guides."""
        return (self.start, *(one.picture for one in singles(self.objective) if isinstance(one, Guide)))

    @property
    def photos(self) -> frozenset[str]:
        """The SHA-256 of every photo whose pixels are needed: of the start, and of guides."""
        return frozenset(picture.sha256 for picture in self.pictures if isinstance(picture, Photo))

    @property
    def film_every(self) -> int:
        """Steps from one frame of the film to the next: a zoom's own frames, else about a hundred frames at the most."""
        return self.method.iterations if self.method.is_film else math.ceil(self.all_steps / FILM_FRAMES)

    @property
    def stretched(self) -> bool:
        """Whether the picture is shown stretched from its minimum to its maximum or clipped to 0..255.

        Stretched are those out of noise, but for methods whose pictures are within 0..255 as they come.
        """
        return self.start.kind == "noise" and not self.method.stays_in_range

    def title(self) -> str:
        """A line that a person understands: objective and start, at most 300 characters."""
        objective = shortened(self.objective.title(), LONGEST_OBJECTIVE)
        if isinstance(self.method, Enlarge):
            return f"{objective}, enlarged {self.method.times}×"
        over = "out of noise" if self.start.kind == "noise" else f"over {shortened(self.start.title(), LONGEST_START)}"
        return f"{objective} {over}"

    def to_json(self) -> str:
        """JSON that :func:`dream.recipe.parse_plan` reads."""
        return self.model_dump_json(indent=2)
