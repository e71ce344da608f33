"""A chooser for an axis of a comparison: a setting and its values."""

from collections.abc import Callable

import streamlit as st

from dream.atlas.activations import layers_by_depth
from dream.errors import UserError
from dream.networks.graph import Network
from dream.recipe import METHODS, Axis, Part, Recipe, singles, validated
from dream.ui import resources, session
from dream.ui.choosers.method_choice import methods_for
from dream.ui.components.messages import show_error

NONE = "nothing"
TITLES = {
    NONE: "nothing else",
    "layer": "layers",
    "channel": "channels",
    "method": "methods",
    "network": "networks",
    "step": "how strong (step)",
    "iterations": "how long (iterations)",
    "octaves": "how many sizes (octaves)",
}
NUMBERS = {"channel": "0, 1, 2, 3", "step": "0.5, 1.5, 4", "iterations": "5, 10, 20", "octaves": "1, 3, 5"}


def choose_axis(label: str, base: Recipe, network: Network, key: str, optional: bool = False) -> Axis | None:
    """Draws the chooser; returns the axis, or None without values.

    Args:
        label: of the first widget.
        base: the recipe whose settings can be compared.
        network: of the recipe.
        key: of the widgets.
        optional: whether there may be no axis.
    """
    fields = {**base.objective.model_dump(), **base.method.model_dump()}
    always = ("method",) if all(one.network for one in singles(base.objective)) else ("method", "network")
    settings = [name for name in TITLES if (name != "network" and name in fields) or name in always]
    settings = [NONE, *settings] if optional else settings
    if st.session_state.get(key) not in settings:  # chosen for another recipe
        st.session_state[key] = settings[0]
    setting = st.selectbox(label, settings, key=key, format_func=TITLES.__getitem__)
    if setting == NONE:
        return None
    if setting in NUMBERS:
        return _numbers(setting, f"{key}-{setting}")
    options, default, words = _options(setting, st.session_state.get(f"{key}-{setting}", []), base, network)
    widget = session.keyed(f"{key}-{setting}", default)
    st.session_state[widget] = [value for value in st.session_state[widget] if value in options]
    values = st.multiselect(TITLES[setting].capitalize(), options, key=widget, format_func=words)
    return Axis(setting=setting, values=tuple(values)) if values else None


def load_axis(key: str, axis: Axis | None) -> None:
    """Sets the widgets with this ``key`` to an axis."""
    st.session_state[key] = axis.setting if axis else NONE
    if axis:
        values = [value.kind if isinstance(value, Part) else value for value in axis.values]
        numbers = axis.setting in NUMBERS
        st.session_state[f"{key}-{axis.setting}"] = ", ".join(f"{value:g}" for value in values) if numbers else values


def _options(
    setting: str, chosen: list[str], base: Recipe, network: Network
) -> tuple[list[str], list[str], Callable[[str], str]]:
    """Options (with hidden layers that are ``chosen`` already), default selection, and a function to an option's label."""
    if setting == "layer":
        default = [layer.name for layer in layers_by_depth(network)]
        return network.layer_names(chosen), default, str
    if setting == "method":
        pictures = [kind for kind in methods_for(base.start) if not METHODS[kind].is_film]
        return pictures, pictures, lambda kind: METHODS[kind].label
    ready = [name for name, entry in resources.networks().items() if entry.ready()]
    return ready, ready, str


def _numbers(setting: str, key: str) -> Axis | None:
    kind = float if setting == "step" else int
    text = st.text_input(f"{TITLES[setting].capitalize()}, with commas", key=session.keyed(key, NUMBERS[setting]))
    try:
        values = tuple(kind(part) for part in text.split(",") if part.strip())
    except ValueError:
        show_error(f"Write numbers with commas between them, such as {NUMBERS[setting]}.")
        return None
    try:
        return validated(Axis, setting=setting, values=values) if values else None
    except UserError as error:
        show_error(error)
        return None
