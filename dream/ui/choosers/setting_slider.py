"""Sliders for settings of a recipe: range and step are in the annotation of the setting's field."""

from collections.abc import Iterator

import streamlit as st
from pydantic.fields import FieldInfo

from dream.recipe import Part
from dream.recipe.method_part import Slider
from dream.settings import settings
from dream.ui import session


def sliders_of(part: type[Part], folded: bool = False) -> Iterator[tuple[str, FieldInfo, Slider]]:
    """Name, field and slider of each setting that has one, in the order of the fields."""
    for name, field in part.model_fields.items():
        for slider in field.metadata:
            if isinstance(slider, Slider) and slider.folded == folded:
                yield name, field, slider


def setting_slider(kind: str, name: str, field: FieldInfo, slider: Slider, value: float) -> float:
    """Draws the slider of a setting of a method or objective of some kind; returns its value, at first ``value``."""
    number = type(slider.low)
    value = number(value)
    most = min(slider.high, settings().max_iterations) if name == "iterations" else slider.high
    low, high = min(slider.low, value), max(most, value)  # a recipe may be outside the slider's range
    if low >= high:  # on a server that allows a single iteration
        return value
    key = session.keyed(f"{kind}-{name}", value)
    return st.slider(
        field.title or name, low, number(high), step=slider.step, key=key, help=f"{field.description} (`{name}`)"
    )
