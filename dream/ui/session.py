"""What one visitor has chosen. It lives in the session state, outside any widget, so that changing pages loses nothing."""

import secrets
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import streamlit as st
from streamlit.typing import UploadedFile

from dream.gallery.record import DreamRecord
from dream.networks.zoo.catalog import DEFAULT
from dream.pictures.decode import decode
from dream.pictures.start import Photos, pixels_sha256
from dream.recipe import METHODS, Layer, Method, Objective, Recipe, Sample, Start, validated
from dream.settings import settings

COOKIE = "dream_visitor"
PHOTOS_KEPT = 6
YEAR = 365 * 24 * 3600


@dataclass
class Choice:
    """The parts of the next recipe.

    Attributes:
        photos: photos that this visitor brought, uint8 [height, width, 3], by their SHA-256; the last few.
        files: which photo came from which uploaded file.
        private: whether the next dreams stay off the gallery.
        methods: the settings of each method, by its kind: trying another one and coming back loses none.
    """

    network: str = DEFAULT
    start: Start = field(default_factory=lambda: Sample(name="chelsea", longest_side=usual_side()))
    photos: dict[str, np.ndarray] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    objective: Objective = field(default_factory=lambda: Layer(layer="fire7"))
    method: str = "dream"
    methods: dict[str, Method] = field(default_factory=lambda: {kind: method() for kind, method in METHODS.items()})
    seed: int = 0
    tile: int = Recipe.model_fields["tile"].default
    private: bool = False

    def recipe(self) -> Recipe:
        """The recipe that these choices make; raises UserError where they do not go together."""
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
        """Makes a recipe's parts the choice."""
        self.network, self.start, self.objective = recipe.network, recipe.start, recipe.objective
        self.seed, self.tile, self.method = recipe.seed, recipe.tile, recipe.method.kind
        self.methods[self.method] = recipe.method
        self._keep(photos)

    def start_from(self, start: Start) -> None:
        """Chooses the start; the method follows: dreaming over a photo, a clear picture out of noise."""
        if (start.kind == "noise") != (self.start.kind == "noise"):
            self.method = "fourier" if start.kind == "noise" else "dream"
        self.start = start

    def add_photo(self, file: UploadedFile) -> str:
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
        self._keep({sha256: pixels})
        return sha256

    def _keep(self, photos: Photos) -> None:
        """The last few photos stay; those brought or taken last are the last to go."""
        for sha256, pixels in tuple(photos.items()):  # they may be its own
            self.photos.pop(sha256, None)
            self.photos[sha256] = pixels
        while len(self.photos) > PHOTOS_KEPT:
            self.photos.pop(next(iter(self.photos)))


def usual_side() -> int:
    """The longest side of a photo's dream, in pixels, until somebody chooses another."""
    return min(Sample.model_fields["longest_side"].default, settings().max_side)


def choice() -> Choice:
    """This visitor's choice."""
    return st.session_state.setdefault("choice", Choice())


def keyed(key: str, value: Any) -> str:
    """Gives a widget's key its value before the widget is drawn: Streamlit forgets it on every page change."""
    if key not in st.session_state:
        st.session_state[key] = value
    return key


def selected() -> dict[str, None]:
    """The ids of the dreams that this visitor has marked in the gallery, in their order."""
    return st.session_state.setdefault("selected", {})


def login_configured() -> bool:
    """Whether the server's secrets say by whom people are known (Streamlit's own OpenID Connect login)."""
    try:
        return "auth" in st.secrets
    except FileNotFoundError:  # there are no secrets, or none that can be read: Streamlit logs which
        return False


def person() -> str | None:
    """The e-mail address of whoever is logged in; None where nobody is, or no login is configured."""
    if not (login_configured() and st.user.is_logged_in):
        return None
    return str(st.user.get("email") or st.user.get("sub"))


def is_admin() -> bool:
    """Whether this visitor may see the server's state: with a login those in ``DREAM_ADMINS``, without one everybody."""
    return person() in settings().admins if login_configured() else True


def server_page() -> Literal["visible", "hidden"]:
    """Whether the server's page is among the others: for the admins, where there are any; else at its address only."""
    return "visible" if login_configured() and is_admin() else "hidden"


def ask_to_log_in() -> None:
    """All that somebody sees who is not logged in, where a login is configured."""
    st.title("Deep Dream explorer")
    st.markdown("What has a network learned to see? Log in to find out.")
    if st.button("Log in", type="primary", icon=":material/login:"):
        st.login()
    st.stop()


def offer_to_log_out() -> None:
    """Who is logged in, small, at the top of every page, and a way out; nothing where nobody is."""
    if person() is None:
        return
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        st.caption(person(), width="content")
        if st.button("Log out", type="tertiary", icon=":material/logout:", key="log-out"):
            st.logout()


def may_delete(dream: DreamRecord) -> bool:
    """Whether this visitor may delete a dream, have it back, and change its title and note.

    Where people log in, those may who made it, and admins; elsewhere nobody can be told apart.
    """
    return not login_configured() or dream.owner == person() or is_admin()


def by(dream: DreamRecord) -> str:
    """Who made a dream, to be written behind its age; nothing where that is only a browser."""
    return f" · {dream.owner}" if "@" in dream.owner else ""


def visitor() -> str:
    """Who owns the jobs started here: who is logged in, else the browser, the same after a reload and in every tab."""
    if somebody := person():
        return somebody
    known = st.context.cookies.get(COOKIE, "")
    if len(known) == 32 and known.isalnum():
        return known
    return st.session_state.setdefault("visitor", secrets.token_hex(16))


def remember_visitor() -> None:
    """Sets the cookie behind :func:`visitor`, once a browser."""
    if COOKIE not in st.context.cookies and person() is None:
        cookie = f"{COOKIE}={visitor()}; path=/; max-age={YEAR}; SameSite=Lax"
        st.html(f"<script>document.cookie = {cookie!r}</script>", unsafe_allow_javascript=True)
