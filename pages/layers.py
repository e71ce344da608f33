"""The objective: a network, and what in it shall respond."""

import streamlit as st

from dream.ui import resources, session
from dream.ui.navigation import only_through_app
from dream.ui.network_choice import choose_network
from dream.ui.objective_choice import choose_objective
from dream.ui.words import capitalised, objective_in_words, start_in_words

only_through_app()
choice = session.choice()

st.title("What shall grow in it?")
name = choose_network()
if name is None:
    st.stop()
choice.objective = choose_objective(resources.network(name))

st.divider()
st.markdown(
    f"#### {capitalised(start_in_words(choice.start))} will be changed until "
    f"{objective_in_words(choice.objective)} responds as strongly as possible."
)
if st.button("Next: dream", type="primary", icon=":material/arrow_forward:"):
    st.switch_page("pages/render.py")
