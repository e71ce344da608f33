"""What one visitor has chosen. It lives in the session state, outside any widget, so that changing pages loses nothing."""

import secrets
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st

from dream.networks.zoo import DEFAULT
from dream.recipe import Dream, Layer, Method, Naive, Objective, Photo, Recipe, Sample, Start

COOKIE = "dream_visitor"
YEAR = 365 * 24 * 3600


@dataclass
class Choice:
    """The parts of the next recipe.

    Attributes:
        photo: the pixels where the start is a photo, uint8 [height, width, 3].
        methods: the settings of each method, by its kind: trying another one and coming back loses none.
    """

    network: str = DEFAULT
    start: Start = field(default_factory=lambda: Sample(name="chelsea"))
    photo: np.ndarray | None = None
    objective: Objective = field(default_factory=lambda: Layer(layer="fire7"))
    method: str = "dream"
    methods: dict[str, Method] = field(default_factory=lambda: {"dream": Dream(), "naive": Naive()})
    seed: int = 0

    def recipe(self) -> Recipe:
        """The recipe that these choices make."""
        return Recipe(
            network=self.network,
            start=self.start,
            objective=self.objective,
            method=self.methods[self.method],
            seed=self.seed,
        )

    def take(self, recipe: Recipe, photo: np.ndarray | None) -> None:
        """Makes a recipe's parts the choice."""
        self.network, self.start, self.objective = recipe.network, recipe.start, recipe.objective
        self.photo, self.seed, self.method = photo, recipe.seed, recipe.method.kind
        self.methods[self.method] = recipe.method

    def start_from(self, start: Start, photo: np.ndarray | None = None) -> None:
        """Chooses the start; the method follows: dreaming over a photo, the book's loop out of noise."""
        if (start.kind == "noise") != (self.start.kind == "noise"):
            self.method = "naive" if start.kind == "noise" else "dream"
        self.start, self.photo = start, photo if isinstance(start, Photo) else None


def choice() -> Choice:
    """This visitor's choice."""
    return st.session_state.setdefault("choice", Choice())


def keyed(key: str, value: Any) -> str:
    """Gives a widget's key its value before the widget is drawn: Streamlit forgets it on every page change."""
    if key not in st.session_state:
        st.session_state[key] = value
    return key


def visitor() -> str:
    """Who owns the jobs started here: the same after a reload and in every tab of a browser."""
    known = st.context.cookies.get(COOKIE, "")
    if len(known) == 32 and known.isalnum():
        return known
    return st.session_state.setdefault("visitor", secrets.token_hex(16))


def remember_visitor() -> None:
    """Sets the cookie behind :func:`visitor`, once a browser."""
    if COOKIE not in st.context.cookies:
        cookie = f"{COOKIE}={visitor()}; path=/; max-age={YEAR}; SameSite=Lax"
        st.html(f"<script>document.cookie = {cookie!r}</script>", unsafe_allow_javascript=True)
