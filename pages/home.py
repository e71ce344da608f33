"""The Home page: an introduction, and examples to start with one click."""

import streamlit as st

from dream.ui.components.cards import in_rows
from dream.ui.components.picture import show
from dream.ui.dreams.examples import EXAMPLES
from dream.ui.navigation import only_through_app
from dream.ui.start_job import start_job

TITLE = "Home"
ICON = ":material/home:"
ORDER = 10

only_through_app()

st.title("What has a network learned to see?")
st.markdown(
    "Pick a picture and a part of a trained image network. The picture's pixels are changed, step by step, "
    "until that part responds as strongly as it can: what grows there is what it has learned."
)
with st.container(horizontal=True):
    if st.button("Start with your own picture", type="primary", icon=":material/add_photo_alternate:"):
        st.switch_page("pages/picture.py")
    if st.button("See what was dreamed before", icon=":material/photo_library:", type="tertiary"):
        st.switch_page("pages/gallery.py")

st.subheader("Or watch one of these happen")
for column, example in in_rows(EXAMPLES):
    with column, st.container(border=True, height="stretch"):
        show(example.picture.read_bytes(), f"{example.title}: {example.about}")
        st.markdown(f"**{example.title}**  \n{example.about}")
        if st.button("Dream this", key=f"ready-{example.name}", icon=":material/play_arrow:", width="stretch"):
            start_job(example.recipe)
