"""Pages are reached through app.py alone."""

import streamlit as st

from dream.ui.private_apis import stop_running_pages_directly


def only_through_app() -> None:
    """Hands over to app.py where Streamlit runs a page by itself.

    It does so for every file in a folder named pages until a script has called ``st.navigation``: a server whose very
    first visitor comes with a page's address would show that page without app.py, to everybody, for as long as it runs.
    """
    if stop_running_pages_directly():
        st.rerun()
