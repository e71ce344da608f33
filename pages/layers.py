"""The objective: a network, one of its layers, a channel or a class."""

import random

import streamlit as st

from dream.ascent.objectives import default_objective
from dream.networks.graph import Network
from dream.networks.layers import Layer
from dream.recipe import Channel, Class
from dream.recipe import Layer as WholeLayer
from dream.ui import resources, session
from dream.ui.navigation import only_through_app
from dream.ui.network_choice import choose_network
from dream.ui.network_picture import network_picture
from dream.ui.score_curve import QUIET_CHART
from dream.ui.words import depth_in_words, learned_in_words, objective_in_words, start_in_words

only_through_app()

KINDS = {"One feature": "channel", "Everything in a layer": "layer", "A thing by name": "class"}
FIRST_CLASS = 340  # a zebra, for networks with ImageNet's classes
choice = session.choice()


def choose_layer(network: Network) -> Layer:
    """A layer, from shallow to deep."""
    names = [layer.name for layer in network.layers]
    before = getattr(choice.objective, "layer", None)
    key = session.keyed(f"layer-{network.name}", before if before in names else default_objective(network).layer)
    draw_network(network, key)
    name = st.selectbox(
        "How deep?",
        names,
        key=key,
        format_func=lambda name: _depth_label(network.layer(name), network),
        help="From shallow (edges, colours) to deep (parts of animals, things). Type to search.",
    )
    layer = network.layer(name)
    st.caption(f"Layers this deep tend to respond to {learned_in_words(layer, network)}.")
    return layer


def draw_network(network: Network, key: str) -> None:
    """The network from shallow to deep; a click on a layer chooses it, by the session state's ``key``."""
    chart = f"picture-{network.name}"

    def choose() -> None:
        points = st.session_state[chart].selection.points
        if points:
            st.session_state[key] = points[0]["customdata"]

    st.plotly_chart(
        network_picture(network, st.session_state[key]),
        key=chart,
        on_select=choose,
        selection_mode="points",
        config=QUIET_CHART,
        alt=f"The {len(network.layers)} layers of {network.name} from shallow to deep; chosen: {st.session_state[key]}",
    )


def choose_channel(layer: Layer) -> int:
    """A channel's number within the layer's bounds."""
    key = f"channel-{layer.name}"
    before = choice.objective.channel if choice.objective.kind == "channel" else 0
    session.keyed(key, min(before, layer.channels - 1))

    def surprise() -> None:
        st.session_state[key] = random.randrange(layer.channels)

    with st.container(horizontal=True, vertical_alignment="bottom"):
        channel = st.number_input(f"Which feature? (channel 0 to {layer.channels - 1})", 0, layer.channels - 1, key=key)
        st.button("Surprise me", icon=":material/casino:", on_click=surprise)
    return int(channel)


def choose_class(network: Network) -> int:
    """A class, searched by typing its name."""
    before = choice.objective.index if choice.objective.kind == "class" else FIRST_CLASS
    before = min(before, len(network.class_names) - 1)
    return st.selectbox(
        "Which thing?",
        range(len(network.class_names)),
        key=session.keyed(f"class-{network.name}", before),
        format_func=lambda index: f"{network.class_names[index]} ({index})",
        help="Type to search among all classes that the network tells apart.",
    )


def _depth_label(layer: Layer, network: Network) -> str:
    return f"{layer.name} · {depth_in_words(layer, network)} · {layer.channels} channels"


st.title("What shall grow in it?")
name = choose_network()
if name is None:
    st.stop()
network = resources.network(name)
kinds = {label: kind for label, kind in KINDS.items() if kind != "class" or network.class_names}
kind = st.segmented_control(
    "What shall respond?",
    list(kinds),
    key=session.keyed(
        f"kind-{name}",
        next((label for label, kind in kinds.items() if kind == choice.objective.kind), "Everything in a layer"),
    ),
    required=True,
)
match KINDS[kind]:
    case "channel":
        layer = choose_layer(network)
        choice.objective = Channel(layer=layer.name, channel=choose_channel(layer))
    case "layer":
        choice.objective = WholeLayer(layer=choose_layer(network).name)
    case "class":
        index = choose_class(network)
        choice.objective = Class(index=index, name=network.class_names[index])

st.divider()
st.markdown(
    f"#### {start_in_words(choice.start)[0].upper()}{start_in_words(choice.start)[1:]} will be changed until "
    f"{objective_in_words(choice.objective)} responds as strongly as possible."
)
if st.button("Next: dream", type="primary", icon=":material/arrow_forward:"):
    st.switch_page("pages/render.py")
