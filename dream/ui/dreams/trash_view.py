"""The trash: dreams deleted in the last week, which can be restored."""

import math
from datetime import datetime

import streamlit as st

from dream.errors import UserError
from dream.gallery.record import DreamRecord
from dream.markdown import as_text
from dream.ui import resources, session
from dream.ui.components.messages import toast_error
from dream.ui.components.picture import show
from dream.ui.dreams import gallery_actions

OPEN = "bin-open"
PAGE_SIZE = 10


def trash_view() -> None:
    """Draws an expander with the deleted dreams that this visitor may restore; nothing if there are none."""
    deleted = [(dream, when) for dream, when in resources.gallery().deleted() if session.may_change(dream)]
    if not deleted:
        return
    with st.expander(f"Bin ({len(deleted)})", icon=":material/delete:", on_change="rerun", key=OPEN) as opened:
        if not opened.open:
            return
        st.caption("Deleted dreams stay here for a week.")
        pages = math.ceil(len(deleted) / PAGE_SIZE)
        key = f"bin-page-{pages}"
        first = (st.session_state.get(key, 1) - 1) * PAGE_SIZE
        for dream, when in deleted[first : first + PAGE_SIZE]:
            _row(dream, when)
        if pages > 1:
            st.pagination(pages, key=key, persist_state="session")


def _row(dream: DreamRecord, when: datetime) -> None:
    def restore() -> None:
        st.session_state[OPEN] = True  # its label changes with the count, and Streamlit draws a new, folded expander
        try:
            gallery_actions.restore(dream)
        except UserError as error:
            toast_error(error)

    with st.container(horizontal=True, vertical_alignment="center"):
        thumbnail = resources.gallery().thumbnail(dream.id)
        if thumbnail:
            show(thumbnail, dream.title, width=72)
        st.markdown(f"{as_text(dream.title)}  \n:gray[deleted {when:%-d %B, %H:%M} UTC]", width="stretch")
        st.button(
            "Have it back",
            key=f"restore-{dream.id}",
            icon=":material/restore_from_trash:",
            on_click=restore,
        )
