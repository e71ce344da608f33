"""A visitor's session: the choice for the next recipe, login, permissions, owner of jobs.

The choice is in the session state and not in widgets, as Streamlit forgets these when the page changes."""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st
from streamlit.typing import UploadedFile

from dream.errors import UserError
from dream.gallery import owners
from dream.gallery.record import DreamRecord
from dream.markdown import as_text
from dream.networks.zoo.catalog import DEFAULT
from dream.people import Asker
from dream.pictures.decode import decode
from dream.pictures.start import Photos, pixels_sha256
from dream.recipe import METHODS, OFFERED, Method, Objective, Recipe, Sample, Start, validated
from dream.recipe.defaults import OVER_PHOTO, default_method
from dream.settings import settings
from dream.ui import resources
from dream.ui.doors import uploads, visitor_cookie
from dream.ui.logged_out import login_id

MOST_PHOTOS = 6


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
    """The person who is logged in; None if nobody is.

    That is an e-mail address, unless the provider says that it is not verified: then ``sub:`` and the name by which the
    provider knows the account.
    """
    if not (login_configured() and st.user.is_logged_in) or login_id(st.user.to_dict()) in resources.logged_out():
        return None
    email = "" if _email_verified() is False else st.user.get("email")
    return str(email or f"sub:{st.user.get('sub')}")


def is_admin() -> bool:
    """Whether this visitor is an admin: with a login those whose verified address is in ``DREAM_ADMINS``, else all."""
    return not login_configured() or (person() in settings().admins and _email_verified() is True)


def _email_verified() -> bool | None:
    """What the provider says of the address, None for nothing; some say it as text."""
    return {"true": True, "false": False}.get(str(st.user.get("email_verified")).lower())


def asker() -> Asker:
    """Who this visitor is for :class:`dream.jobs.jobs.Jobs`."""
    return Asker(visitor(), is_admin())


def ask_to_log_in() -> None:
    """Draws the login page and stops the script."""
    uploads.dismiss()
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
        st.caption(as_text(person() or ""), width="content")
        if st.button("Log out", type="tertiary", icon=":material/logout:", key="log-out"):
            uploads.dismiss()
            with suppress(UserError):  # this server knows it, though it could not be written down for the next one
                resources.logged_out().add(login_id(st.user.to_dict()))
            st.logout()


def may_change(dream: DreamRecord) -> bool:
    """Whether this visitor may delete, restore and rename a dream.

    With a login its owner and admins may; without one the browser that made it, and everybody where the setting
    ``DREAM_OPEN_GALLERY`` says so. Dreams that were kept before there were owners are everybody's without a login.
    """
    if login_configured():
        return dream.owner == person() or is_admin()
    return settings().open_gallery or dream.owner in ("", visitor())


def check_may_change(dream: DreamRecord) -> None:
    """Raises UserError if this visitor may not delete, restore and rename a dream."""
    if not may_change(dream):
        raise UserError("This dream belongs to somebody else: you can dream it again and keep your own.")


def by(dream: DreamRecord) -> str:
    """The owner of a dream as a suffix for captions; empty if it is no e-mail address."""
    named = "@" in dream.owner and not dream.owner.startswith("sub:")
    return f" · {as_text(dream.owner)}" if named else ""


def visitor() -> str:
    """The owner of jobs started here: the person who is logged in, else the browser, known by a cookie."""
    if somebody := person():
        return somebody
    known = st.context.cookies.get(visitor_cookie.NAME, "")
    if not visitor_cookie.is_valid(known):
        known = st.session_state.setdefault("visitor", visitor_cookie.new_value())
    return owners.browser(resources.gallery().home, known)


def address() -> str:
    """Where this visitor's browser is, as jobs name it; empty with a login.

    The server knows it from the connection, and from a trusted proxy, which uvicorn looks to.
    """
    if login_configured():
        return ""
    return owners.address(resources.gallery().home, st.context.ip_address or "127.0.0.1")
