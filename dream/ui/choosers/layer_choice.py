"""A chooser for a layer, from a strip of pictures or by name."""

import streamlit as st

from dream.ascent.objectives import default_objective
from dream.networks.graph import Network
from dream.networks.layers import Layer
from dream.recipe import Objective
from dream.ui import session
from dream.ui.choosers.microscope import layer_strip
from dream.ui.words import depth_in_words, learned_in_words


def choose_layer(network: Network, before: Objective) -> Layer:
    """Draws the network's layers from shallow to deep, each with four of its channels; returns the chosen one.

    At first that is the layer of ``before``, else the network's default.
    """
    known = getattr(before, "layer", None)
    names = network.layer_names([known])
    key = session.keyed(f"layer-{network.name}", known if known in names else default_objective(network).layer)

    def choose(name: str) -> None:
        st.session_state[key] = name

    layer_strip(network, st.session_state[key], choose)
    with st.container(horizontal=True, vertical_alignment="center"):
        name = st.selectbox(
            "How deep?",
            names,
            key=key,
            format_func=lambda name: _in_words(network.layer(name), network),
            label_visibility="collapsed",
            width=420,
        )
        layer = network.layer(name)
        st.caption(f"Layers this deep tend to respond to {learned_in_words(layer, network)}.")
    return layer


def _in_words(layer: Layer, network: Network) -> str:
    return f"{layer.name} · {depth_in_words(layer, network)} · {layer.channels} channels"
