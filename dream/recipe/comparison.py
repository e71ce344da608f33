"""A comparison: a recipe with one or two settings that go through several values, a picture for each."""

import math
from typing import Any, Literal, get_args

from pydantic import Field, model_validator

from dream.recipe.methods import METHODS, Method
from dream.recipe.part import Name, Part
from dream.recipe.recipe import FILM_FRAMES, Recipe

Setting = Literal["layer", "channel", "method", "network", "step", "iterations", "octaves"]
Value = int | float | Name | Method
IN_METHOD = ("step", "iterations", "octaves")
MOST_CELLS = 36
PLURALS = {name: name if name.endswith("s") else f"{name}s" for name in get_args(Setting)}


class Axis(Part):
    """A setting and the values that it goes through.

    Methods are values with all their settings, so that a later release with other defaults makes the same pictures; a
    method given by its kind alone is one with its defaults.
    """

    setting: Setting
    values: tuple[Value, ...] = Field(min_length=1, max_length=MOST_CELLS)

    @model_validator(mode="before")
    @classmethod
    def _methods_in_full(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("setting") == "method":
            return given | {"values": tuple(_method(value) for value in given.get("values", ()))}
        return given

    def label(self, value: Value) -> str:
        """What a reader calls one of the values."""
        match value:
            case str():
                return value
            case int() | float():
                return f"{self.setting} {value:g}"
            case _:
                return value.kind


class Comparison(Part):
    """A grid of recipes: ``base`` with one setting or two going through several values.

    It has what a :class:`~dream.recipe.recipe.Recipe` has for who runs, keeps or shows it.

    Attributes:
        version: of this format.
        base: what all cells have in common, and whose network's class numbers they use; its method keeps its settings
            where methods are compared.
        across, down: the settings that go through several values.
        stopped_after: gradient steps of all cells done before somebody stopped the render.
    """

    version: Literal[3] = 3
    base: Recipe
    across: Axis
    down: Axis | None = None
    stopped_after: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _few_cells(self) -> "Comparison":
        if self.down is not None and self.down.setting == self.across.setting:
            raise ValueError(f"both sides of the comparison are {self.down.setting}: choose another one")
        count = len(self.recipes)  # makes each cell, and so finds out what is wrong with it
        if count > MOST_CELLS:
            raise ValueError(f"a comparison has at most {MOST_CELLS} pictures, not {count}")
        if self.stopped_after is not None and self.stopped_after > self.all_steps:
            raise ValueError(f"stopped_after is past the recipe's {self.all_steps} steps")
        return self

    @property
    def cells(self) -> tuple[tuple[Recipe, ...], ...]:
        """The recipes, row by row."""
        down = self.down.values if self.down else (None,)
        return tuple(tuple(self._cell(across, below) for across in self.across.values) for below in down)

    def _cell(self, across: Value, down: Value | None) -> Recipe:
        wanted = {self.across.setting: across}
        if self.down is not None and down is not None:
            wanted[self.down.setting] = down
        fields = self.base.model_dump(exclude={"stopped_after"})
        for setting in sorted(wanted, key=lambda setting: setting != "method"):  # a method brings its own settings
            fields = _changed(fields, setting, wanted[setting])
        return Recipe(**fields)

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        """The recipes of all cells."""
        return tuple(recipe for row in self.cells for recipe in row)

    @property
    def networks(self) -> frozenset[str]:
        """The networks that are needed."""
        return frozenset().union(*(recipe.networks for recipe in self.recipes))

    @property
    def all_steps(self) -> int:
        """Gradient steps of a render that nobody stops."""
        return sum(recipe.all_steps for recipe in self.recipes)

    @property
    def steps(self) -> int:
        """Gradient steps that are done."""
        return self.all_steps if self.stopped_after is None else self.stopped_after

    @property
    def photos(self) -> frozenset[str]:
        """The SHA-256 of every photo whose pixels are needed."""
        return self.base.photos

    @property
    def film_every(self) -> int:
        """Steps from one frame of the film to the next: about a hundred frames at the most."""
        return math.ceil(self.all_steps / FILM_FRAMES)

    @property
    def stretched(self) -> bool:
        """Never: the grid's pictures are brought to 0..255 one by one."""
        return False

    def title(self) -> str:
        """A line that a person understands: objective, start, and what is compared; at most 300 characters."""
        axes = " and ".join(PLURALS[axis.setting] for axis in (self.across, self.down) if axis)
        return f"{self.base.title()}, {axes} compared"

    def to_json(self) -> str:
        """JSON that :func:`dream.recipe.parse_plan` reads."""
        return self.model_dump_json(indent=2)


def _method(value: Any) -> Any:
    """A method given by its kind with its defaults; raises ValueError where there is none of this kind."""
    if not isinstance(value, str):
        return value
    if value not in METHODS:
        raise ValueError(f"there is no method named {value}: choose {', '.join(METHODS)}")
    return METHODS[value]()


def _changed(fields: dict[str, Any], setting: Setting, value: Value) -> dict[str, Any]:
    """A recipe's fields with one setting changed; raises ValueError where the recipe has no such setting."""
    if setting == "network":
        return fields | {"network": value}
    if setting == "method":
        method = _method(value)
        return fields if fields["method"]["kind"] == method.kind else fields | {"method": method.model_dump()}
    part = "method" if setting in IN_METHOD else "objective"
    if setting not in fields[part]:
        raise ValueError(f"the {part} {fields[part]['kind']} has no {setting} to compare")
    return fields | {part: fields[part] | {setting: value}}
