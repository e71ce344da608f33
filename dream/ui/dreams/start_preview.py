"""The chosen start as pixels that can be shown."""

import numpy as np
import streamlit as st

from dream.errors import UserError
from dream.pictures.display import preview, to_uint8
from dream.pictures.start import Photos, start_picture
from dream.recipe import Start
from dream.ui import resources


def start_pixels(start: Start, seed: int, photos: Photos) -> np.ndarray:
    """The start as it looks before the first step, uint8 [height, width, 3]."""
    return _pixels(start.model_dump_json(), seed, start, photos)


@st.cache_data(show_spinner=False, max_entries=16)
def _pixels(key: str, seed: int, _start: Start, _photos: Photos) -> np.ndarray:
    """Checking and scaling a large photo takes half a second, too long for every click; ``key`` says which start."""
    return to_uint8(start_picture(_start, np.random.default_rng(seed), _photos), _start.kind == "noise")


@st.cache_data(show_spinner=False, max_entries=32)
def before(dream_id: str, longest_side: int) -> bytes | None:
    """A JPEG of what a kept dream started from; None where its photo is not kept."""
    dream = resources.gallery().find(dream_id)
    if dream is None:
        return None
    recipe = dream.recipe.base
    try:
        return preview(start_pixels(recipe.start, recipe.seed, resources.gallery().photos(recipe)), longest_side)
    except UserError:
        return None
