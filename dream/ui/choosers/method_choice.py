"""A chooser for the method and its settings. Labels and sliders come from :mod:`dream.recipe.methods`."""

from collections.abc import Iterator

import streamlit as st
from pydantic.fields import FieldInfo

from dream.recipe import METHODS, Method, Start
from dream.recipe.methods import Slider
from dream.settings import settings
from dream.ui import session

MOST_SEEDS = 2**53 - 1  # JavaScript's largest safe integer


def methods_for(start: Start) -> list[str]:
    """The kinds of the methods for this start."""
    noise = start.kind == "noise"
    return [kind for kind, method in METHODS.items() if (method.from_noise if noise else method.over_photo)]


def choose_method() -> None:
    """Draws the choosers of a method for the chosen start and of its settings, and updates the choice.

    Raises:
        ValidationError: two settings do not go together.
    """
    choice = session.choice()
    suits = methods_for(choice.start)
    before = choice.method if choice.method in suits else suits[0]
    chosen = st.segmented_control(
        "How?",
        suits,
        key=session.keyed(f"method-{choice.start.kind}", before),
        format_func=lambda kind: METHODS[kind].label,
        required=True,
        wrap=True,
    )
    choice.method = chosen or before
    method = choice.methods[choice.method]
    st.caption(f"{method.about} (`{choice.method}`)")
    values = {name: _slider(method, name, field, slider) for name, field, slider in _sliders(method, folded=False)}
    with st.expander("More settings"):
        values |= {name: _slider(method, name, field, slider) for name, field, slider in _sliders(method, folded=True)}
        seed = st.number_input(
            "Seed", 0, MOST_SEEDS, key=session.keyed("seed", choice.seed), help="The same, the same picture"
        )
        choice.private = st.toggle(
            "Keep this dream off the gallery",
            key=session.keyed("private", choice.private),
            help="Nobody else sees it, and no file of it is left here: save the picture before you go.",
        )
    choice.seed = int(seed)
    choice.methods[choice.method] = type(method)(**(method.model_dump() | values))


def _sliders(method: Method, folded: bool) -> Iterator[tuple[str, FieldInfo, Slider]]:
    """Name, field and slider of each setting that has one, in the order of the fields."""
    for name, field in type(method).model_fields.items():
        for slider in field.metadata:
            if isinstance(slider, Slider) and slider.folded == folded:
                yield name, field, slider


def _slider(method: Method, name: str, field: FieldInfo, slider: Slider) -> float:
    number = type(slider.low)
    value = number(getattr(method, name))
    most = min(slider.high, settings().max_iterations) if name == "iterations" else slider.high
    low, high = min(slider.low, value), max(most, value)  # a recipe may be outside the slider's range
    if low >= high:  # on a server that allows a single iteration
        return value
    key = session.keyed(f"{method.kind}-{name}", value)
    return st.slider(
        field.title or name, low, number(high), step=slider.step, key=key, help=f"{field.description} (`{name}`)"
    )
