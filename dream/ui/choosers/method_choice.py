"""A chooser for the method and its settings. Labels and sliders come from :mod:`dream.recipe.methods`."""

import streamlit as st

from dream.recipe import METHODS, OFFERED, Method, Start
from dream.ui import session
from dream.ui.choosers.setting_slider import setting_slider, sliders_of

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
    if choice.method not in OFFERED:  # a recipe's: it is here until another one is chosen
        suits.append(choice.method)
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
    values = _values(method, folded=False)
    with st.expander("More settings"):
        values |= _values(method, folded=True)
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


def _values(method: Method, folded: bool) -> dict[str, float]:
    """Draws the sliders of a method's settings; returns their values."""
    return {
        name: setting_slider(method.kind, name, field, slider, getattr(method, name))
        for name, field, slider in sliders_of(type(method), folded)
    }
