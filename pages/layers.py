"""The Layers page: the network and the objective, chosen by pictures."""

import streamlit as st

from dream.ui import resources, session
from dream.ui.choosers import addresses
from dream.ui.choosers.network_choice import choose_network, is_ready
from dream.ui.choosers.objective_choice import choose_objective
from dream.ui.navigation import only_through_app
from dream.ui.start_job import start_chosen
from dream.ui.words import capitalised

TITLE = "Layers"
ICON = ":material/layers:"
ORDER = 30

only_through_app()
choice = session.choice()

STICKY = """<style>
[data-testid="stLayoutWrapper"]:has(> .st-key-next) { position: sticky; bottom: 0; z-index: 10; }
.st-key-next { padding: 0.8rem 0 0.9rem; background: #0e0d13ee; border-top: 1px solid #2c2937; }
</style>"""

addresses.network_from_address()
with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    st.title("What shall grow in it?", width="content")
    name = choose_network()
if not is_ready(name):
    st.stop()
network = resources.network(name)
addresses.objective_from_address(network)
choice.objective = choose_objective(network)
addresses.write_address(network, choice.objective)

st.html(STICKY)
with st.container(key="next", horizontal=True, vertical_alignment="center"):
    if st.button("Dream it now", type="primary", icon=":material/play_arrow:"):
        start_chosen()
    if st.button("Choose how first", icon=":material/tune:"):
        st.switch_page("pages/render.py")
    st.markdown(f"**{capitalised(choice.start.in_words())}** → {choice.objective.in_words()}")
