"""A plan is what a dream is made by: a recipe, or a comparison of several.

It is a plain value: frozen, comparable, written as JSON into every PNG and read back from it. A recipe's parts are the
start (which pixels), the objective (what shall respond) and the method (how the pixels are changed); together with the
seed they decide a picture: the same recipe gives the same picture.
"""

from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Tag, TypeAdapter, ValidationError

from dream.errors import UserError
from dream.recipe.comparison import Axis, Comparison
from dream.recipe.enlarge import Enlarge
from dream.recipe.methods import (
    METHODS,
    OFFERED,
    Dream,
    Fourier,
    Laplacian,
    Method,
    Naive,
    Octaves,
    Spectral,
    Zoom,
)
from dream.recipe.migrations import migrated
from dream.recipe.objectives import Channel, Class, Guide, Layer, Neuron, Objective, Sum, Term, singles
from dream.recipe.part import Part, first_problem, validated
from dream.recipe.recipe import Recipe
from dream.recipe.starts import Noise, Photo, Sample, Start

__all__ = [
    "METHODS",
    "OFFERED",
    "Axis",
    "Channel",
    "Class",
    "Comparison",
    "Dream",
    "Enlarge",
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
    "Plan",
    "Recipe",
    "Sample",
    "Spectral",
    "Start",
    "StoredPlan",
    "Sum",
    "Term",
    "Zoom",
    "first_problem",
    "parse_objective",
    "parse_plan",
    "singles",
    "validated",
]

Plan = Recipe | Comparison


def _kind(plan: Any) -> str:
    compares = "across" in plan if isinstance(plan, dict) else isinstance(plan, Comparison)
    return "comparison" if compares else "recipe"


# A plan as a field of what is stored: whatever version it was written in, it is read as one of today's.
StoredPlan = Annotated[
    Annotated[Recipe, Tag("recipe")] | Annotated[Comparison, Tag("comparison")],
    Discriminator(_kind),
    BeforeValidator(migrated),
]


def parse_objective(text: str | bytes) -> Objective:
    """Reads an objective from JSON; raises UserError with the first thing that is wrong."""
    try:
        return TypeAdapter(Objective).validate_json(text)
    except ValidationError as error:
        raise UserError(f"This objective cannot be read: {first_problem(error)}.") from None


def parse_plan(text: str | bytes) -> Plan:
    """Reads a recipe or a comparison of any version from JSON; raises UserError with the first thing that is wrong."""
    try:
        return TypeAdapter(StoredPlan).validate_json(text)
    except ValidationError as error:
        raise UserError(f"This recipe cannot be read: {first_problem(error)}.") from None
