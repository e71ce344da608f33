"""From a click to a running job, the same way from every page."""

import streamlit as st

from dream.errors import UserError
from dream.pictures.start import Photos
from dream.recipe import Recipe
from dream.ui import resources, session


def start_job(recipe: Recipe, photos: Photos | None = None) -> None:
    """Starts a recipe and goes to the Render page to watch it; shows the reason where it cannot be taken."""
    try:
        job = resources.jobs().submit(recipe, photos or {}, session.visitor(), session.choice().private)
    except UserError as error:
        st.error(str(error), icon=":material/error:")
        return
    session.choice().take(recipe.model_copy(update={"stopped_after": None}), photos or {})
    st.session_state["watched"] = job.id
    st.switch_page("pages/render.py")


def dream_again(recipe: Recipe) -> None:
    """Dreams a recipe again, its photos taken from this visitor or the gallery; shows the reason where they are missing."""
    photos = _photos_of(recipe)
    if photos is not None:
        start_job(recipe, photos)


def change_first(recipe: Recipe) -> None:
    """Brings a recipe's settings to the Render page; shows the reason where its photos are missing."""
    photos = _photos_of(recipe)
    if photos is not None:
        session.choice().take(recipe.model_copy(update={"stopped_after": None}), photos)
        st.switch_page("pages/render.py")


def _photos_of(recipe: Recipe) -> Photos | None:
    brought = session.choice().photos
    try:
        return {
            sha256: brought[sha256] if sha256 in brought else resources.gallery().needed_photo(sha256)
            for sha256 in recipe.photos
        }
    except UserError as error:
        st.error(str(error), icon=":material/error:")
        return None
