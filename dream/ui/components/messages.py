"""Messages to a visitor."""

import streamlit as st

from dream.markdown import as_text

ERROR_ICON = ":material/error:"


def show_error(error: Exception | str) -> None:
    """Draws an error in the page; its text is shown as it is."""
    st.error(as_text(str(error)), icon=ERROR_ICON)


def toast_error(error: Exception | str) -> None:
    """Shows an error for some seconds in the corner: for callbacks, which have no place in the page to draw to."""
    st.toast(as_text(str(error)), icon=ERROR_ICON)
