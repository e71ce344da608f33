"""Looks: ways to dream a photo, each with a name; a file holds one a line, as JSON.

The looks of the installation are in ``looks.jsonl``, the best first. A team's own are in the file that the setting
``DREAM_LOOKS`` names: they follow, and one with the same name takes the other's place. A line has the look's ``name``, its
``objective`` as in a recipe, and the settings of its ``method`` that differ from the defaults.
"""

import logging
from functools import lru_cache
from pathlib import Path

from pydantic import Field, ValidationError, field_validator

from dream.errors import UserError
from dream.recipe.methods import Spectral
from dream.recipe.objectives import Guide, Neuron, Objective, singles
from dream.recipe.part import Part, first_problem, validated
from dream.recipe.recipe import Recipe
from dream.recipe.starts import Photo, Sample
from dream.settings import settings

SHIPPED = Path(__file__).with_name("looks.jsonl")
FILES_KEPT = 4
# Of small pictures: at this side fewer and larger steps come near to what the method makes of a large one.
SMALL_SIDE = 256
SMALL_ITERATIONS, SMALL_STEP = 3 / 8, 1.8

log = logging.getLogger(__name__)


class Look(Part):
    """A way to dream a photo.

    Attributes:
        name: what people call it, in one word or two.
        objective: what shall respond. It says which networks are asked; where it does not, squeezenet is.
        method: with the settings of a large picture.
    """

    name: str = Field(min_length=1, max_length=40)
    objective: Objective
    method: Spectral = Spectral()

    @field_validator("objective")
    @classmethod
    def _over_any_photo(cls, objective: Objective) -> Objective:
        for one in singles(objective):
            if isinstance(one, Neuron):
                raise ValueError("a neuron has one place, and a look is everywhere: take a channel")
            if isinstance(one, Guide) and isinstance(one.picture, Photo):
                raise ValueError("a guide of a look must be a sample, as photos are not kept with it")
        return objective

    def recipe(self, start: Sample | Photo, seed: int = 0) -> Recipe:
        """The recipe of a dream over a photo at its own size; raises UserError for a seed that cannot be."""
        return validated(Recipe, start=start, objective=self.objective, method=self.method, seed=seed)

    def small_recipe(self, start: Sample | Photo) -> Recipe:
        """A recipe that shows in a second what the look is like, with a longest side of 256 pixels."""
        quick = {
            "iterations": max(round(self.method.iterations * SMALL_ITERATIONS), 1),
            "step": self.method.step * SMALL_STEP,
        }
        small = start.model_copy(update={"longest_side": SMALL_SIDE})
        return Recipe(start=small, objective=self.objective, method=self.method.model_copy(update=quick))


def looks() -> tuple[Look, ...]:
    """The looks of the installation and the team's; what cannot be read is left out, and logged once."""
    files = (SHIPPED, settings().looks)
    found = {look.name: look for file in files if file is not None for look in _logged(file, _changed(file))}
    return tuple(found.values())


def find_look(name: str) -> Look:
    """The look of this name; raises UserError with the names there are."""
    found = {look.name: look for look in looks()}
    if name not in found:
        raise UserError(f"There is no look named {name}: choose {', '.join(found)}.")
    return found[name]


def read_looks(file: Path) -> tuple[tuple[Look, ...], tuple[str, ...]]:
    """The looks in a file, and a sentence for each line that holds none; empty lines are passed over."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        return (), (f"Cannot read the looks in {file}: {reason}.",)
    found, problems = [], []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.append(Look.model_validate_json(line))
            except ValidationError as error:
                problems.append(f"{file}, line {number} is no look: {first_problem(error)}.")
    return tuple(found), tuple(problems)


def _changed(file: Path) -> int | None:
    """When a file was written last; None where it cannot be asked."""
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return None


@lru_cache(FILES_KEPT)
def _logged(file: Path, changed: int | None) -> tuple[Look, ...]:
    """The looks in a file as it was at a time: read, and its problems logged, once."""
    found, problems = read_looks(file)
    for problem in problems:
        log.warning("%s", problem)
    return found
