"""The Gallery page: stored dreams, newest first, with search and filters; one of them large at ``?dream=ID``."""

import math

import streamlit as st

from dream.gallery.record import DreamRecord
from dream.markdown import as_quote, as_text
from dream.ui import resources, session
from dream.ui.choosers.gallery_filter import choose_filter
from dream.ui.components.cards import in_rows
from dream.ui.components.messages import show_error
from dream.ui.components.picture import show
from dream.ui.dreams import dream_view, gallery_actions
from dream.ui.dreams.enlarge_view import close_up, enlarge_buttons
from dream.ui.dreams.film_view import film_view
from dream.ui.dreams.trash_view import trash_view
from dream.ui.navigation import only_through_app
from dream.ui.start_job import dream_again, edit_recipe

TITLE = "Gallery"
ICON = ":material/photo_library:"
ORDER = 60

only_through_app()

PAGE_SIZE = 12
gallery = resources.gallery()


def show_all() -> None:
    """Draws a page of cards with filters."""
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.title("Gallery", width="content")
        selecting = gallery.count() > 0 and st.toggle("Select several", key=session.keyed("selecting", False))
    if gallery.unreadable:
        st.caption(
            f"{gallery.unreadable} of the dreams kept here cannot be read: their files are left alone, the server's log "
            "says which."
        )
    if gallery.count() == 0:
        st.markdown("Nothing here yet: every dream that you make is kept here, with the recipe that makes it again.")
        if st.button("Make the first one", type="primary", icon=":material/auto_awesome:"):
            st.switch_page("pages/home.py")
        trash_view()
        return
    wanted = choose_filter()
    count = gallery.count(wanted)
    if count == 0:
        st.markdown("No dream is like that: try other words, or fewer filters.")
    pages = max(math.ceil(count / PAGE_SIZE), 1)
    key = f"gallery-page-{pages}-{wanted}"
    number = st.session_state.get(key, 1)
    shown = gallery.page(number - 1, PAGE_SIZE, wanted)
    if selecting:
        gallery_actions.selection_bar(shown)
    for column, dream in in_rows(shown):
        with column:
            card(dream, selecting)
    if pages > 1:
        with st.container(horizontal=True, horizontal_alignment="center"):
            st.pagination(pages, key=key, persist_state="session")
    trash_view()


def card(dream: DreamRecord, selecting: bool) -> None:
    """Draws a dream as a card."""
    with st.container(border=True, height="stretch"):
        thumbnail = gallery.thumbnail(dream.id)
        if thumbnail:
            show(thumbnail, dream.title)
        else:
            st.caption("The picture is gone; the recipe is still here.")
        st.markdown(as_text(dream.title))
        st.caption(f"{dream.age}{session.by(dream)}")
        if selecting:
            select_box(dream)
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            gallery_actions.star_button(dream)
            if st.button("Open", key=f"open-{dream.id}", width="stretch"):
                st.query_params["dream"] = dream.id
                st.rerun()


def select_box(dream: DreamRecord) -> None:
    """Draws a checkbox that selects a dream."""
    selected = session.selected()
    key = session.keyed(f"select-{dream.id}", dream.id in selected)

    def mark() -> None:
        if st.session_state[key]:
            selected[dream.id] = None
        else:
            selected.pop(dream.id, None)

    st.checkbox("Select", key=key, on_change=mark)


def show_one(dream_id: str) -> None:
    """Draws one dream with everything about it."""
    if st.button("All dreams", icon=":material/arrow_back:", type="tertiary"):
        st.query_params.clear()
        st.rerun()
    dream = gallery.find(dream_id)
    if dream is None:
        show_error("There is no such dream in the gallery: it may have been deleted.")
        return
    left, right = st.columns([5, 3], gap="large")
    with left:
        dream_view.picture(dream)
        close_up(dream)
        dream_view.cells(dream)
        film_view(dream)
        dream_view.activations(dream)
    with right:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(as_text(dream.title), width="stretch")
            gallery_actions.star_button(dream)
        dream_view.facts(dream)
        if dream.note:
            st.markdown(as_quote(dream.note))
        with st.container(horizontal=True):
            if st.button("Dream it again", type="primary", icon=":material/replay:"):
                dream_again(dream.recipe)
            if st.button("Change the recipe", icon=":material/tune:"):
                edit_recipe(dream.recipe)
        enlarge_buttons(dream)
        dream_view.curve(dream)
        dream_view.downloads(dream)
        gallery_actions.title_and_note(dream)
        with st.expander("The recipe", icon=":material/receipt_long:"):
            st.code(dream.recipe.to_json(), language="json")
        if session.may_change(dream) and st.button("Delete", icon=":material/delete:", type="tertiary"):
            gallery_actions.confirm_delete([dream])


opened = st.query_params.get("dream")
if opened:
    show_one(opened)
else:
    show_all()
