"""A comparison: a recipe with one or two settings that go through several values, a picture for each."""

from typing import Any, Literal, get_args

from pydantic import Field

from dream.recipe.methods import METHODS
from dream.recipe.part import Part

Setting = Literal["layer", "channel", "method", "network", "step", "iterations", "octaves"]
IN_METHOD = ("step", "iterations", "octaves")
MOST_CELLS = 36
PLURALS = {name: name if name.endswith("s") else f"{name}s" for name in get_args(Setting)}


class Axis(Part):
    """A setting and the values that it goes through."""

    setting: Setting
    values: tuple[int | float | str, ...] = Field(min_length=1, max_length=MOST_CELLS)

    def label(self, value: int | float | str) -> str:
        """What a reader calls one of the values."""
        return str(value) if self.setting in ("layer", "method", "network") else f"{self.setting} {value:g}"


def changed(fields: dict[str, Any], setting: Setting, value: int | float | str) -> dict[str, Any]:
    """A recipe's fields with one setting changed; raises ValueError where the recipe has no such setting.

    Args:
        fields: of the recipe, plain values.
        setting, value: what shall be which.
    """
    if setting == "network":
        return fields | {"network": value}
    if setting == "method":
        if value not in METHODS:
            raise ValueError(f"there is no method named {value}: choose {', '.join(METHODS)}")
        return fields if fields["method"]["kind"] == value else fields | {"method": METHODS[value]().model_dump()}
    part = "method" if setting in IN_METHOD else "objective"
    if setting not in fields[part]:
        raise ValueError(f"the {part} {fields[part]['kind']} has no {setting} to compare")
    return fields | {part: fields[part] | {setting: value}}
