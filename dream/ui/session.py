"""What one visitor has chosen. It lives in the session state, outside any widget, so that changing pages loses nothing."""

import secrets
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dream.networks.zoo import DEFAULT
from dream.pictures.decode import decode
from dream.pictures.start import Photos, pixels_sha256
from dream.recipe import METHODS, Layer, Method, Objective, Recipe, Sample, Start

COOKIE = "dream_visitor"
PHOTOS_KEPT = 6
YEAR = 365 * 24 * 3600


@dataclass
class Choice:
    """The parts of the next recipe.

    Attributes:
        photos: photos that this visitor brought, uint8 [height, width, 3], by their SHA-256; the last few.
        files: which photo came from which uploaded file.
        methods: the settings of each method, by its kind: trying another one and coming back loses none.
    """

    network: str = DEFAULT
    start: Start = field(default_factory=lambda: Sample(name="chelsea"))
    photos: dict[str, np.ndarray] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    objective: Objective = field(default_factory=lambda: Layer(layer="fire7"))
    method: str = "dream"
    methods: dict[str, Method] = field(default_factory=lambda: {kind: method() for kind, method in METHODS.items()})
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

    def take(self, recipe: Recipe, photos: Photos) -> None:
        """Makes a recipe's parts the choice."""
        self.network, self.start, self.objective = recipe.network, recipe.start, recipe.objective
        self.photos |= photos
        self.seed, self.method = recipe.seed, recipe.method.kind
        self.methods[self.method] = recipe.method

    def start_from(self, start: Start) -> None:
        """Chooses the start; the method follows: dreaming over a photo, a clear picture out of noise."""
        if (start.kind == "noise") != (self.start.kind == "noise"):
            self.method = "fourier" if start.kind == "noise" else "dream"
        self.start = start

    def bring(self, file: UploadedFile) -> str:
        """Keeps a photo that this visitor uploaded or took, decoded once; returns its SHA-256.

        Raises:
            UserError: it is no picture that can be taken.
        """
        known = self.files.get(file.file_id)
        if known in self.photos:
            return known
        with st.spinner("Reading the picture …"):
            pixels = decode(file.getvalue())
        sha256 = self.files[file.file_id] = pixels_sha256(pixels)
        self.photos[sha256] = pixels
        while len(self.photos) > PHOTOS_KEPT:
            self.photos.pop(next(iter(self.photos)))
        return sha256


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
