"""From a click to a running job, the same way from every page."""

import streamlit as st

from dream.errors import UserError
from dream.pictures.start import Photos
from dream.recipe import Recipe
from dream.ui import resources, session


def start_job(recipe: Recipe, photos: Photos | None = None) -> None:
    """Starts a recipe and goes to the Render page to watch it; shows the reason where it cannot be taken."""
    try:
        job = resources.jobs().submit(recipe, photos or {}, session.visitor())
    except UserError as error:
        st.error(str(error), icon=":material/error:")
        return
    session.choice().take(recipe.model_copy(update={"stopped_after": None}), photos or {})
    st.session_state["watched"] = job.id
    st.switch_page("pages/render.py")
