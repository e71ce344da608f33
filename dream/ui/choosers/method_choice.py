"""The method and its settings: what each is called and how far its sliders go, the methods themselves say."""

from collections.abc import Iterator

import streamlit as st
from pydantic.fields import FieldInfo

from dream.recipe import METHODS, Method, Start
from dream.recipe.method_part import Slider
from dream.settings import settings
from dream.ui import session

MOST_SEEDS = 2**53 - 1  # the largest whole number that a browser counts to


def suiting(start: Start) -> list[str]:
    """The kinds of the methods that are offered for a start."""
    noise = start.kind == "noise"
    return [kind for kind, method in METHODS.items() if (method.from_noise if noise else method.over_photo)]


def choose_method() -> None:
    """Lets the visitor choose a method that suits the start, and its settings.

    Raises:
        ValidationError: two settings do not go together.
    """
    choice = session.choice()
    suits = suiting(choice.start)
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
    """The settings that have a slider, in the order of their fields."""
    for name, field in type(method).model_fields.items():
        for slider in field.metadata:
            if isinstance(slider, Slider) and slider.folded == folded:
                yield name, field, slider


def _slider(method: Method, name: str, field: FieldInfo, slider: Slider) -> float:
    number = type(slider.low)
    value = number(getattr(method, name))
    most = min(slider.high, settings().max_iterations) if name == "iterations" else slider.high
    low, high = min(slider.low, value), max(most, value)  # a recipe may lie outside what is usual
    if low >= high:  # a server that allows one iteration has no choice to offer
        return value
    key = session.keyed(f"{method.kind}-{name}", value)
    return st.slider(
        field.title or name, low, number(high), step=slider.step, key=key, help=f"{field.description} (`{name}`)"
    )
