"""The methods with plain names, and their settings as sliders; those that seldom change are folded away."""

from typing import NamedTuple

import streamlit as st

from dream.recipe import Method
from dream.settings import settings
from dream.ui import session


class Shown(NamedTuple):
    """How a method is offered: plain name, what it does, and whether it makes sense over a photo and out of noise."""

    title: str
    about: str
    over_photo: bool
    from_noise: bool


class Setting(NamedTuple):
    """A slider for a field of a method."""

    field: str
    label: str
    low: float
    high: float
    step: float
    help: str
    folded: bool = False


METHODS = {
    "dream": Shown("Dream", "The picture at several sizes, small to large: large shapes first, detail last.", True, False),
    "fourier": Shown("Clear", "The clearest picture of what is looked for: whole shapes, natural colours.", True, True),
    "laplacian": Shown("Smooth", "Fine and coarse shapes made equally strong, at several sizes.", True, True),
    "octaves": Shown("Multi-scale", "Plain steps at several sizes, small to large.", True, True),
    "naive": Shown("The book's loop", "One size, one plain step after the other: fine-grained, how the idea began.", True, True),
    "zoom": Shown("Endless zoom", "A film: zoomed into, turned and dreamed on, again and again.", True, False),
}  # fmt: skip

_STEP = Setting("step", "How strong?", 0.1, 10.0, 0.1, "How far the pixels move in a step")
_OCTAVES = (
    _STEP,
    Setting("iterations", "How long?", 1, 100, 1, "Steps at each size"),
    Setting("octaves", "How many sizes?", 1, 8, 1, "More of them, larger shapes", folded=True),
    Setting("octave_scale", "How far apart?", 1.1, 2.0, 0.05, "Each size by the one before", folded=True),
    Setting("jitter", "Random shift", 0, 64, 1, "Pixels; keeps borders and seams away", folded=True),
)
SETTINGS = {
    "dream": _OCTAVES,
    "octaves": _OCTAVES,
    "laplacian": (
        *_OCTAVES,
        Setting("laplacian_levels", "Frequency bands", 1, 8, 1, "Made equally strong, each by itself", folded=True),
    ),
    "fourier": (
        Setting("iterations", "How long?", 16, settings().max_iterations, 16, "Steps, one random view each"),
        Setting("decay", "How smooth?", 0.0, 3.0, 0.1, "High: large shapes, low: fine detail; 1 as in photos"),
        Setting("step", "How strong?", 0.005, 0.2, 0.005, "How far the spectrum moves in a step", folded=True),
        Setting("smallest_view", "Smallest view", 0.1, 1.0, 0.05, "Share of the shorter side", folded=True),
        Setting("largest_view", "Largest view", 0.1, 1.0, 0.05, "Share of the shorter side", folded=True),
        Setting("rotation", "Turned by up to", 0.0, 45.0, 1.0, "Degrees, each view", folded=True),
        Setting("ghost", "Ghosts", 0.0, 0.9, 0.1, "How much the network itself varies from step to step", folded=True),
    ),
    "zoom": (
        Setting("frames", "How many pictures?", 10, 300, 10, "Of the film; twelve a second"),
        Setting("zoom", "How fast?", 1.0, 1.2, 0.01, "How much larger with each picture"),
        Setting("rotation", "How much turning?", -5.0, 5.0, 0.5, "Degrees with each picture"),
        _STEP._replace(folded=True),
        Setting("iterations", "Steps a picture", 1, 20, 1, "More of them, stronger dreams", folded=True),
    ),
    "naive": (_STEP, Setting("iterations", "How long?", 1, settings().max_iterations, 1, "Steps")),
}

MOST_SEEDS = 2**53 - 1  # the largest whole number that a browser counts to


def choose_method() -> None:
    """Lets the visitor choose a method that suits the start, and its settings.

    Raises:
        ValidationError: two settings do not go together.
    """
    choice = session.choice()
    start = choice.start.kind
    suits = [kind for kind, shown in METHODS.items() if (shown.from_noise if start == "noise" else shown.over_photo)]
    choice.method = st.segmented_control(
        "How?",
        suits,
        key=session.keyed(f"method-{start}", choice.method if choice.method in suits else suits[0]),
        format_func=lambda kind: METHODS[kind].title,
        required=True,
        wrap=True,
    )
    st.caption(f"{METHODS[choice.method].about} (`{choice.method}`)")
    method = choice.methods[choice.method]
    values = {}
    for setting in SETTINGS[choice.method]:
        if not setting.folded:
            values[setting.field] = _slider(setting, method)
    with st.expander("More settings"):
        for setting in SETTINGS[choice.method]:
            if setting.folded:
                values[setting.field] = _slider(setting, method)
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


def _slider(setting: Setting, method: Method) -> float:
    value = type(setting.low)(getattr(method, setting.field))
    low, high = min(setting.low, value), max(setting.high, value)  # a recipe may lie outside what is usual
    key = session.keyed(f"{method.kind}-{setting.field}", value)
    return st.slider(setting.label, low, high, step=setting.step, key=key, help=f"{setting.help} (`{setting.field}`)")
