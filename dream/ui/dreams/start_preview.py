"""Previews of start pictures."""

import numpy as np
import streamlit as st

from dream.errors import UserError
from dream.pictures.display import preview, to_uint8
from dream.pictures.start import Photos, start_picture
from dream.recipe import Start
from dream.ui import resources


def start_pixels(start: Start, seed: int, photos: Photos) -> np.ndarray:
    """A start picture for display, uint8 [height, width, 3].

    Args:
        start: of a recipe.
        seed: of the recipe, for noise.
        photos: uint8 [height, width, 3] by SHA-256, with that of the start.

    Raises:
        UserError: the photo is missing.
    """
    return _pixels(start.model_dump_json(), seed, start, photos)


@st.cache_data(show_spinner=False, max_entries=16)
def _pixels(key: str, seed: int, _start: Start, _photos: Photos) -> np.ndarray:
    """Cached, as checking and scaling a large photo takes half a second; ``key`` identifies the start."""
    return to_uint8(start_picture(_start, np.random.default_rng(seed), _photos), _start.kind == "noise")


@st.cache_data(show_spinner=False, max_entries=32)
def before(dream_id: str, longest_side: int) -> bytes | None:
    """A JPEG of a stored dream's start; None if the dream or its photo is missing."""
    dream = resources.gallery().find(dream_id)
    if dream is None:
        return None
    recipe = dream.recipe.base
    try:
        return preview(start_pixels(recipe.start, recipe.seed, resources.gallery().photos(recipe)), longest_side)
    except UserError:
        return None
