"""Actions on stored dreams: star, title and note, deletion, ZIP download, also of several at once."""

import io
import re
import zipfile
from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from dream.errors import UserError
from dream.gallery.record import DreamRecord
from dream.markdown import as_text
from dream.ui import resources, session
from dream.ui.components.messages import show_error, toast_error

MOST_MEGABYTES = 500  # in one ZIP, which is made in memory


def delete(dreams: Sequence[DreamRecord]) -> None:
    """Moves dreams to the trash; raises UserError at the first that this visitor may not delete."""
    for dream in dreams:
        session.check_may_change(dream)
        resources.gallery().delete(dream.id, session.visitor())


def restore(dream: DreamRecord) -> None:
    """Takes a dream out of the trash; raises UserError if this visitor may not."""
    session.check_may_change(dream)
    resources.gallery().restore(dream.id, session.visitor())


def rename(dream: DreamRecord, title: str, note: str) -> None:
    """Changes title and note, an empty title to the recipe's; raises UserError if this visitor may not."""
    session.check_may_change(dream)
    title = title.strip() or dream.recipe.title()
    resources.gallery().change(dream.id, title=title, note=note.strip(), by=session.visitor())


def star_button(dream: DreamRecord) -> None:
    """Draws a button that sets or removes the star."""
    words = "Take the star back" if dream.star else "Give it a star"

    def turn() -> None:
        try:
            resources.gallery().change(dream.id, star=not dream.star, by=session.visitor())
        except UserError as error:
            toast_error(error)

    st.button("★" if dream.star else "☆", key=f"star-{dream.id}", help=words, type="tertiary", on_click=turn)


def title_and_note(dream: DreamRecord) -> None:
    """Draws a form for title and note, for those who may delete the dream."""
    if not session.may_change(dream):
        return
    with st.expander("Title and note", icon=":material/edit_note:"), st.form(f"words-{dream.id}", border=False):
        title = st.text_input("Title", dream.title, max_chars=300)
        note = st.text_area("Note", dream.note, max_chars=2000, placeholder="What is it good for?")
        if st.form_submit_button("Save", icon=":material/check:"):
            try:
                rename(dream, title, note)
            except UserError as error:
                show_error(error)
                return
            st.rerun()


@st.dialog("Delete?")
def confirm_delete(dreams: Sequence[DreamRecord]) -> None:
    """A dialog that asks, then moves dreams to the trash and leaves the large view."""
    what = f"“{as_text(dreams[0].title)}”" if len(dreams) == 1 else f"{len(dreams)} dreams"
    st.markdown(f"{what} will be in the bin for a week, where you can have them back.")
    with st.container(horizontal=True):
        if st.button("Delete", type="primary", icon=":material/delete:", key="really-delete"):
            try:
                delete(dreams)
            except UserError as error:
                show_error(error)
                return
            session.selected().clear()
            st.query_params.clear()
            st.rerun()
        if st.button("Keep"):
            st.rerun()


def selection_bar(shown: Sequence[DreamRecord]) -> None:
    """Draws the actions for the selected dreams; ``shown`` are those on this page."""
    selected = session.selected()
    dreams = [dream for name in selected if (dream := resources.gallery().find(name))]
    megabytes = sum(_megabytes(dream) for dream in dreams)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{len(dreams)} selected**")
        if st.button("Select all on this page", type="tertiary"):
            selected |= {dream.id: None for dream in shown}
            for dream in shown:
                st.session_state[f"select-{dream.id}"] = True
            st.rerun()
        st.download_button(
            "Download (ZIP)",
            data=lambda: zipped(dreams),
            file_name="dreams.zip",
            mime="application/zip",
            icon=":material/download:",
            on_click="ignore",
            disabled=not dreams or megabytes > MOST_MEGABYTES,
        )
        mine = [dream for dream in dreams if session.may_change(dream)]
        if st.button("Delete", icon=":material/delete:", disabled=not mine, key="delete-selected"):
            confirm_delete(mine)
    if megabytes > MOST_MEGABYTES:
        st.caption(
            f"These pictures have {megabytes:.0f} MB; at most {MOST_MEGABYTES} MB go into one ZIP: download some first."
        )


def zipped(dreams: Sequence[DreamRecord]) -> bytes:
    """A ZIP archive of the pictures, named by their titles; missing pictures are left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for dream in dreams:
            name = re.sub(r"[^\w -]+", "", dream.title).strip()[:60] or "dream"
            with suppress(FileNotFoundError):  # missing, or deleted in this moment
                archive.write(resources.gallery().png_path(dream.id), f"{name} {dream.id}.png")
    return out.getvalue()


def _megabytes(dream: DreamRecord) -> float:
    try:
        return resources.gallery().png_path(dream.id).stat().st_size / 1e6
    except FileNotFoundError:
        return 0
