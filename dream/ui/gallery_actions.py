"""What can be done with dreams that were kept: a star, another title, a note, away with them, several at once."""

import io
import re
import zipfile
from collections.abc import Sequence

import streamlit as st

from dream.errors import UserError
from dream.studio.kept import KeptDream
from dream.ui import resources, session
from dream.ui.picture import show

MOST_AT_ONCE = 100


def star_button(dream: KeptDream) -> None:
    """Gives a star or takes it back."""
    words = "Take the star back" if dream.star else "Give it a star"

    def turn() -> None:
        try:
            resources.gallery().change(dream.id, star=not dream.star)
        except UserError as error:
            st.toast(str(error), icon=":material/error:")

    st.button("★" if dream.star else "☆", key=f"star-{dream.id}", help=words, type="tertiary", on_click=turn)


def title_and_note(dream: KeptDream) -> None:
    """A form for what people say of it."""
    with st.expander("Title and note", icon=":material/edit_note:"), st.form(f"words-{dream.id}", border=False):
        title = st.text_input("Title", dream.title, max_chars=300)
        note = st.text_area("Note", dream.note, max_chars=2000, placeholder="What is it good for?")
        if st.form_submit_button("Save", icon=":material/check:"):
            try:
                resources.gallery().change(dream.id, title=title.strip() or dream.recipe.title(), note=note.strip())
            except UserError as error:
                st.error(str(error), icon=":material/error:")
                return
            st.rerun()


@st.dialog("Delete?")
def confirm_delete(dreams: Sequence[KeptDream]) -> None:
    """Asks before anything is gone, then throws dreams into the bin and leaves the large view."""
    what = f"“{dreams[0].title}”" if len(dreams) == 1 else f"{len(dreams)} dreams"
    st.markdown(f"{what} will be in the bin for a week, where you can have them back.")
    with st.container(horizontal=True):
        if st.button("Delete", type="primary", icon=":material/delete:", key="really-delete"):
            try:
                for dream in dreams:
                    resources.gallery().delete(dream.id)
            except UserError as error:
                st.error(str(error), icon=":material/error:")
                return
            session.selected().clear()
            st.query_params.clear()
            st.rerun()
        if st.button("Keep"):
            st.rerun()


def selection_bar(shown: Sequence[KeptDream]) -> None:
    """What can be done with all that are selected."""
    selected = session.selected()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{len(selected)} selected**")
        if st.button("Select all on this page", type="tertiary"):
            selected |= {dream.id: None for dream in shown}
            for dream in shown:
                st.session_state[f"select-{dream.id}"] = True
            st.rerun()
        dreams = [dream for name in list(selected)[:MOST_AT_ONCE] if (dream := resources.gallery().find(name))]
        st.download_button(
            "Download (ZIP)",
            data=lambda: zipped(dreams),
            file_name="dreams.zip",
            mime="application/zip",
            icon=":material/download:",
            on_click="ignore",
            disabled=not dreams,
        )
        mine = [dream for dream in dreams if session.may_delete(dream)]
        if st.button("Delete", icon=":material/delete:", disabled=not mine, key="delete-selected"):
            confirm_delete(mine)


def zipped(dreams: Sequence[KeptDream]) -> bytes:
    """The pictures as a ZIP archive, named by their titles; each PNG has its recipe inside."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for dream in dreams:
            path = resources.gallery().png_path(dream.id)
            if path.exists():
                name = re.sub(r"[^\w -]+", "", dream.title).strip()[:60] or "dream"
                archive.write(path, f"{name} {dream.id}.png")
    return out.getvalue()


def show_bin() -> None:
    """What was deleted in the last week, each with a button to have it back."""
    gallery = resources.gallery()
    deleted = gallery.deleted()
    if not deleted:
        return
    with st.expander(f"Bin ({len(deleted)})", icon=":material/delete:"):
        st.caption("Deleted dreams stay here for a week.")
        for dream, when in deleted[:MOST_AT_ONCE]:
            with st.container(horizontal=True, vertical_alignment="center"):
                thumbnail = gallery.thumbnail(dream.id)
                if thumbnail:
                    show(thumbnail, dream.title, width=72)
                st.markdown(f"{dream.title}  \n:gray[deleted {when:%-d %B, %H:%M} UTC]", width="stretch")
                if st.button("Have it back", key=f"restore-{dream.id}", icon=":material/restore_from_trash:"):
                    try:
                        gallery.restore(dream.id)
                    except UserError as error:
                        st.error(str(error), icon=":material/error:")
                        continue
                    st.rerun()
