"""The chosen start as pixels that can be shown."""

import numpy as np
import streamlit as st

from dream.errors import UserError
from dream.pictures.shown import preview, shown
from dream.pictures.start import Photos, start_picture
from dream.recipe import Recipe, Start
from dream.ui import resources


def start_pixels(start: Start, seed: int, photos: Photos) -> np.ndarray:
    """The start as it looks before the first step, uint8 [height, width, 3]."""
    return shown(start_picture(start, np.random.default_rng(seed), photos), start.kind == "noise")


@st.cache_data(show_spinner=False, max_entries=32)
def before(recipe_json: str, longest_side: int) -> bytes | None:
    """A JPEG of what a kept dream started from; None where its photo is not kept."""
    recipe = Recipe.model_validate_json(recipe_json)
    try:
        return preview(start_pixels(recipe.start, recipe.seed, resources.gallery().photos(recipe)), longest_side)
    except UserError:
        return None
