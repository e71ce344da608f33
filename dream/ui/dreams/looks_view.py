"""A photo in every look, small: a click on one chooses it."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from dream.pictures.start import Photos
from dream.recipe import Photo, Sample
from dream.recipe.looks import SMALL_SIDE, Look, looks
from dream.ui import resources
from dream.ui.components.picture_buttons import picture_buttons
from dream.ui.dreams.start_preview import start_pixels

EVERY = 0.5  # seconds, while pictures are missing
WIDEST = 2.0  # of a picture's sides, one by the other: beyond that a part of it is shown
CHOSEN = "chosen-look"


def looks_view(start: Sample | Photo, photos: Photos) -> Look | None:
    """Draws the looks; returns one when its button is clicked, else None.

    Args:
        start: the photo.
        photos: uint8 [height, width, 3] by SHA-256, with the start's.

    Raises:
        UserError: the photo is missing.
    """
    known = {look.name: look for look in looks()}
    chosen = known.get(st.session_state.pop(CHOSEN, ""))
    small = start_pixels(start.model_copy(update={"longest_side": SMALL_SIDE}), 0, photos)
    pictures = resources.look_pictures().wish(small, known.values())

    def watch() -> None:
        pictures = resources.look_pictures().wish(small, known.values())
        if _draw(pictures, small) or None not in pictures.values():
            st.rerun()

    if None in pictures.values():
        st.fragment(watch, run_every=EVERY)()
    else:
        _draw(pictures, small)
    return chosen


def _draw(pictures: Mapping[str, bytes | None], small: np.ndarray) -> bool:
    """Returns whether a look was just clicked."""

    def choose(name: str) -> None:
        st.session_state[CHOSEN] = name

    height, width = small.shape[:2]
    ratio = min(max(width / height, 1 / WIDEST), WIDEST)
    return picture_buttons(pictures, ratio, "Dream it as", "looks", choose)
