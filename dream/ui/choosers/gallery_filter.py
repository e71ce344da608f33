"""The gallery's search field and filters."""

import streamlit as st

from dream.gallery.index import DreamFilter
from dream.recipe import METHODS
from dream.ui import resources, session

FILTERS = {"Starred": ":material/star:", "Mine": ":material/person:"}
ANY = "any"


def choose_filter() -> DreamFilter:
    """Draws the search field and the filters; returns what they say."""
    networks = resources.gallery().networks()
    with st.container(horizontal=True, vertical_alignment="center"):
        text = st.text_input(
            "Search",
            type="search",
            live=True,
            key=session.keyed("gallery-search", ""),
            placeholder="Search titles, layers, networks, notes",
            label_visibility="collapsed",
            icon=":material/search:",
            width=360,
        )
        only = st.pills(
            "Only",
            list(FILTERS),
            selection_mode="multi",
            key=session.keyed("gallery-only", []),
            format_func=lambda name: f"{FILTERS[name]} {name}",
            label_visibility="collapsed",
        )
        method = st.selectbox(
            "Method",
            [ANY, *METHODS],
            key=session.keyed("gallery-method", ANY),
            format_func=lambda kind: "Any method" if kind == ANY else METHODS[kind].label,
            label_visibility="collapsed",
            width=170,
        )
        network = ANY
        if len(networks) > 1:
            network = st.selectbox(
                "Network",
                [ANY, *networks],
                key=session.keyed("gallery-network", ANY),
                format_func=lambda name: "Any network" if name == ANY else name,
                label_visibility="collapsed",
                width=190,
            )
    return DreamFilter(
        text=text or "",
        starred="Starred" in only,
        owner=session.visitor() if "Mine" in only else None,
        method=None if method == ANY else method,
        network=None if network == ANY else network,
    )
