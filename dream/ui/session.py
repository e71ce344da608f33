"""A visitor's session: the choice for the next recipe, login, permissions, owner of jobs.

The choice is in the session state and not in widgets, as Streamlit forgets these when the page changes."""

import secrets
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st
from streamlit.typing import UploadedFile

from dream.gallery.record import DreamRecord
from dream.networks.zoo.catalog import DEFAULT
from dream.pictures.decode import decode
from dream.pictures.start import Photos, pixels_sha256
from dream.recipe import METHODS, OFFERED, Method, Objective, Recipe, Sample, Start, validated
from dream.recipe.defaults import OVER_PHOTO, default_method
from dream.settings import settings

COOKIE = "dream_visitor"
MOST_PHOTOS = 6
YEAR = 365 * 24 * 3600


@dataclass
class Choice:
    """The parts of the next recipe.

    Attributes:
        network, start, objective, seed, tile: as in :class:`dream.recipe.Recipe`.
        photos: this visitor's latest photos, uint8 [height, width, 3] by SHA-256.
        files: SHA-256 of the photo by the id of the uploaded file.
        method: the kind of the chosen method.
        methods: the settings of every method by its kind, so that switching between methods loses none.
        private: whether the next dreams stay out of the gallery.
    """

    network: str = DEFAULT
    start: Start = field(default_factory=lambda: Sample(name="chelsea", longest_side=default_side()))
    photos: dict[str, np.ndarray] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    objective: Objective = OVER_PHOTO
    method: str = default_method(from_noise=False).kind
    methods: dict[str, Method] = field(default_factory=lambda: {kind: method() for kind, method in METHODS.items()})
    seed: int = 0
    tile: int = Recipe.model_fields["tile"].default
    private: bool = False

    def recipe(self) -> Recipe:
        """The recipe of this choice; raises UserError if its parts do not go together."""
        return validated(
            Recipe,
            network=self.network,
            start=self.start,
            objective=self.objective,
            method=self.methods[self.method],
            seed=self.seed,
            tile=self.tile,
        )

    def load_recipe(self, recipe: Recipe, photos: Photos) -> None:
        """Chooses the parts of a recipe."""
        self.network, self.start, self.objective = recipe.network, recipe.start, recipe.objective
        self.seed, self.tile, self.method = recipe.seed, recipe.tile, recipe.method.kind
        self.methods[self.method] = recipe.method
        self._keep(photos)

    def start_from(self, start: Start) -> None:
        """Chooses the start. If it changes between photo and noise, or was to be enlarged, also the usual method."""
        other_kind = (start.kind == "noise") != (self.start.kind == "noise")
        if other_kind or (start != self.start and self.method not in OFFERED):
            self.method = default_method(from_noise=start.kind == "noise").kind
        self.start = start

    def add_photo(self, file: UploadedFile) -> str:
        """Decodes and adds an uploaded photo, once for each file; returns its SHA-256.

        Raises:
            UserError: it cannot be decoded or exceeds the limits.
        """
        known = self.files.get(file.file_id)
        if known in self.photos:
            return known
        with st.spinner("Reading the picture …"):
            pixels = decode(file.getvalue())
        sha256 = self.files[file.file_id] = pixels_sha256(pixels)
        self._keep({sha256: pixels})
        return sha256

    def _keep(self, photos: Photos) -> None:
        """Adds photos as the latest; the oldest ones above the limit are dropped."""
        for sha256, pixels in tuple(photos.items()):  # they may be self.photos
            self.photos.pop(sha256, None)
            self.photos[sha256] = pixels
        while len(self.photos) > MOST_PHOTOS:
            self.photos.pop(next(iter(self.photos)))


def default_side() -> int:
    """The default longest side of a dream over a photo, in pixels."""
    return min(Sample.model_fields["longest_side"].default, settings().max_side)


def choice() -> Choice:
    """This visitor's choice."""
    return st.session_state.setdefault("choice", Choice())


def keyed(key: str, value: Any) -> str:
    """Sets the initial value of a widget's key in the session state, and returns the key.

    Streamlit forgets the value of a widget that is not drawn, on every page change.
    """
    if key not in st.session_state:
        st.session_state[key] = value
    return key


def selected() -> dict[str, None]:
    """The ids of the dreams selected in the gallery, in order of selection."""
    return st.session_state.setdefault("selected", {})


def login_configured() -> bool:
    """Whether the server's secrets configure Streamlit's OpenID Connect login."""
    try:
        return "auth" in st.secrets
    except FileNotFoundError:  # no secrets, or unreadable ones, which Streamlit logs
        return False


def person() -> str | None:
    """The e-mail address of the person who is logged in; None if nobody is."""
    if not (login_configured() and st.user.is_logged_in):
        return None
    return str(st.user.get("email") or st.user.get("sub"))


def is_admin() -> bool:
    """Whether this visitor is an admin: with a login those in ``DREAM_ADMINS``, without one everybody."""
    return person() in settings().admins if login_configured() else True


def ask_to_log_in() -> None:
    """Draws the login page and stops the script."""
    st.title("Deep Dream explorer")
    st.markdown("What has a network learned to see? Log in to find out.")
    if st.button("Log in", type="primary", icon=":material/login:"):
        st.login()
    st.stop()


def offer_to_log_out() -> None:
    """Draws the name of the person who is logged in and a log-out button; nothing if nobody is."""
    if person() is None:
        return
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        st.caption(person(), width="content")
        if st.button("Log out", type="tertiary", icon=":material/logout:", key="log-out"):
            st.logout()


def may_delete(dream: DreamRecord) -> bool:
    """Whether this visitor may delete, restore and rename a dream: its owner and admins, or all without login."""
    return not login_configured() or dream.owner == person() or is_admin()


def by(dream: DreamRecord) -> str:
    """The owner of a dream as a suffix for captions; empty if it is a browser session."""
    return f" · {dream.owner}" if "@" in dream.owner else ""


def visitor() -> str:
    """The owner of jobs started here: the person who is logged in, else the browser, identified by a cookie."""
    if somebody := person():
        return somebody
    known = st.context.cookies.get(COOKIE, "")
    if len(known) == 32 and known.isalnum():
        return known
    return st.session_state.setdefault("visitor", secrets.token_hex(16))


def remember_visitor() -> None:
    """Sets the cookie of :func:`visitor` if the browser has none."""
    if COOKIE not in st.context.cookies and person() is None:
        cookie = f"{COOKIE}={visitor()}; path=/; max-age={YEAR}; SameSite=Lax"
        st.html(f"<script>document.cookie = {cookie!r}</script>", unsafe_allow_javascript=True)
