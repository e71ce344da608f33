"""Starting jobs and editing recipes, from any page."""

import streamlit as st

from dream.errors import UserError
from dream.pictures.start import Photos
from dream.recipe import Comparison, Plan
from dream.ui import resources, session
from dream.ui.choosers.axis_choice import load_axis
from dream.ui.components.messages import show_error


def start_job(recipe: Plan, photos: Photos | None = None, chosen: bool = True) -> None:
    """Submits a plan and switches to the Render page; draws an error if it is refused.

    ``chosen``: whether the next recipe is made of its parts.
    """
    try:
        private = session.choice().private
        job = resources.jobs().submit(recipe, photos or {}, session.visitor(), private, session.address())
    except UserError as error:
        show_error(error)
        return
    if chosen:
        session.choice().load_recipe(recipe.base, photos or {})
    st.session_state["watched"] = job.id
    st.switch_page("pages/render.py")


def start_chosen() -> None:
    """Submits the visitor's choice; draws an error if its parts do not go together."""
    choice = session.choice()
    try:
        recipe = choice.recipe()
    except UserError as error:
        show_error(error)
        return
    start_job(recipe, choice.photos)


def dream_again(recipe: Plan) -> None:
    """Submits a plan with photos of this visitor or the gallery; draws an error if one is missing."""
    photos = _photos_of(recipe)
    if photos is not None:
        start_job(recipe, photos)


def edit_recipe(recipe: Plan) -> None:
    """Chooses a plan's settings and switches to the page that shows them; draws an error if a photo is missing."""
    photos = _photos_of(recipe)
    if photos is None:
        return
    session.choice().load_recipe(recipe.base, photos)
    if not isinstance(recipe, Comparison):
        st.switch_page("pages/render.py")
    load_axis("across", recipe.across)
    load_axis("down", recipe.down)
    st.switch_page("pages/compare.py")


def _photos_of(recipe: Plan) -> Photos | None:
    brought = session.choice().photos
    try:
        return {
            sha256: brought[sha256] if sha256 in brought else resources.gallery().needed_photo(sha256)
            for sha256 in recipe.photos
        }
    except UserError as error:
        show_error(error)
        return None
