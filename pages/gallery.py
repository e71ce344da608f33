"""Dreams that were kept: newest first, a page at a time; one of them large at ``?dream=ID``."""

import math

import streamlit as st

from dream.errors import UserError
from dream.studio.kept import KeptDream
from dream.ui import dream_view, resources, session
from dream.ui.film_view import film_view
from dream.ui.grid import in_rows
from dream.ui.navigation import only_through_app
from dream.ui.start_job import start_job

only_through_app()

PAGE_SIZE = 12
gallery = resources.gallery()


def show_all() -> None:
    """A page of cards."""
    count = gallery.count()
    st.title("Gallery")
    if count == 0:
        st.markdown("Nothing here yet: every dream that you make is kept here, with the recipe that makes it again.")
        if st.button("Make the first one", type="primary", icon=":material/auto_awesome:"):
            st.switch_page("pages/home.py")
        return
    pages = math.ceil(count / PAGE_SIZE)
    number = min(st.session_state.setdefault("gallery-page", 0), pages - 1)
    for column, dream in in_rows(gallery.page(number, PAGE_SIZE)):
        with column:
            card(dream)
    if pages > 1:
        turn_pages(number, pages)


def card(dream: KeptDream) -> None:
    """A dream, small."""
    with st.container(border=True):
        thumbnail = gallery.thumbnail(dream.id)
        if thumbnail:
            st.image(thumbnail, width="stretch", alt=dream.title)
        else:
            st.caption("The picture is gone; the recipe is still here.")
        st.markdown(f"{dream.title}")
        st.caption(dream.age)
        if st.button("Open", key=f"open-{dream.id}", width="stretch"):
            st.query_params["dream"] = dream.id
            st.rerun()


def turn_pages(number: int, pages: int) -> None:
    """Newer, older."""
    with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center"):
        newer = st.button("Newer", icon=":material/chevron_left:", disabled=number == 0)
        st.markdown(f"{number + 1} of {pages}")
        older = st.button("Older", icon=":material/chevron_right:", disabled=number == pages - 1)
    if newer or older:
        st.session_state["gallery-page"] = number + (1 if older else -1)
        st.rerun()


def show_one(dream_id: str) -> None:
    """A dream, large."""
    if st.button("All dreams", icon=":material/arrow_back:", type="tertiary"):
        back_to_all()
    dream = gallery.find(dream_id)
    if dream is None:
        st.error("There is no such dream in the gallery: it may have been deleted.", icon=":material/error:")
        return
    left, right = st.columns([5, 3], gap="large")
    with left:
        dream_view.picture(dream)
        film_view(dream)
    with right:
        st.subheader(dream.title)
        dream_view.facts(dream)
        if st.button("Dream it again", type="primary", icon=":material/replay:"):
            use_recipe(dream, start=True)
        if st.button("Change the recipe", icon=":material/tune:"):
            use_recipe(dream, start=False)
        dream_view.curve(dream)
        dream_view.downloads(dream)
        with st.expander("The recipe"):
            st.code(dream.recipe.to_json(), language="json")
        if st.button("Delete", icon=":material/delete:", type="tertiary"):
            confirm_delete(dream)


def use_recipe(dream: KeptDream, start: bool) -> None:
    """Dreams a recipe again, or brings it to the Render page to be changed."""
    try:
        photos = gallery.photos(dream.recipe)
    except UserError as error:
        st.error(str(error), icon=":material/error:")
        return
    if start:
        start_job(dream.recipe, photos)
    else:
        session.choice().take(dream.recipe.model_copy(update={"stopped_after": None}), photos)
        st.switch_page("pages/render.py")


@st.dialog("Delete this dream?")
def confirm_delete(dream: KeptDream) -> None:
    """Asks before anything is lost."""
    st.markdown(f"“{dream.title}” and its recipe will be gone for good.")
    with st.container(horizontal=True):
        if st.button("Delete it", type="primary", icon=":material/delete:"):
            gallery.delete(dream.id)
            back_to_all()
        if st.button("Keep it"):
            st.rerun()


def back_to_all() -> None:
    """Leaves the large view."""
    st.query_params.clear()
    st.rerun()


wanted = st.query_params.get("dream")
if wanted:
    show_one(wanted)
else:
    show_all()
