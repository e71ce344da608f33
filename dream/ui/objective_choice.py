"""What shall respond: one feature, a whole layer, a thing by name, the features of a second picture, or a mix."""

import random

import streamlit as st

from dream.ascent.objectives import default_objective
from dream.errors import UserError
from dream.networks.graph import Network
from dream.networks.layers import Layer
from dream.pictures.start import SAMPLES
from dream.recipe import Channel, Class, Guide, Neuron, Objective, Photo, Sample, Sum, Term
from dream.recipe import Layer as WholeLayer
from dream.ui import resources, session
from dream.ui.network_picture import network_picture
from dream.ui.score_curve import QUIET_CHART
from dream.ui.words import depth_in_words, learned_in_words

KINDS = {
    "One feature": "channel",
    "Everything in a layer": "layer",
    "A thing by name": "class",
    "Like another picture": "guide",
    "A mix": "sum",
}
FIRST_CLASS = 340  # a zebra, for networks with ImageNet's classes
OWN_PICTURE = "a picture of your own"


def choose_objective(network: Network) -> Objective:
    """Draws the choosers; returns what they say."""
    before = session.choice().objective
    kinds = {label: kind for label, kind in KINDS.items() if kind != "class" or network.class_names}
    label_before = next((label for label, kind in kinds.items() if kind == _kind(before)), "Everything in a layer")
    label = st.segmented_control(
        "What shall respond?", list(kinds), key=session.keyed(f"kind-{network.name}", label_before), required=True
    )
    match kinds[label]:
        case "channel":
            return _feature(network, before)
        case "layer":
            return WholeLayer(layer=_layer(network, before).name)
        case "class":
            return _class(network, before)
        case "guide":
            return _guide(network, before)
        case "sum":
            return _mix(network, before)


def _kind(objective: Objective) -> str:
    return "channel" if objective.kind == "neuron" else objective.kind


def _layer(network: Network, before: Objective) -> Layer:
    """A layer, from shallow to deep, by the network's picture or by its name."""
    names = [layer.name for layer in network.layers]
    known = getattr(before, "layer", None)
    key = session.keyed(f"layer-{network.name}", known if known in names else default_objective(network).layer)
    _draw_network(network, key)
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


def _draw_network(network: Network, key: str) -> None:
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


def _feature(network: Network, before: Objective) -> Channel | Neuron:
    """A channel within the layer's bounds, everywhere or at one place."""
    layer = _layer(network, before)
    key = f"channel-{layer.name}"
    session.keyed(key, min(getattr(before, "channel", 0), layer.channels - 1))

    def surprise() -> None:
        st.session_state[key] = random.randrange(layer.channels)

    with st.container(horizontal=True, vertical_alignment="bottom"):
        channel = st.number_input(f"Which feature? (channel 0 to {layer.channels - 1})", 0, layer.channels - 1, key=key)
        st.button("Surprise me", icon=":material/casino:", on_click=surprise)
    is_neuron = before.kind == "neuron"
    if not st.toggle(
        "Only at one place", key=session.keyed("one-place", is_neuron), help="A neuron: one channel, one place"
    ):
        return Channel(layer=layer.name, channel=int(channel))
    with st.container(horizontal=True):
        x = st.slider("From the left", 0.0, 1.0, step=0.05, key=session.keyed("x", before.x if is_neuron else 0.5))
        y = st.slider("From the top", 0.0, 1.0, step=0.05, key=session.keyed("y", before.y if is_neuron else 0.5))
    return Neuron(layer=layer.name, channel=int(channel), x=x, y=y)


def _class(network: Network, before: Objective) -> Class:
    """A class, searched by typing its name."""
    index = min(getattr(before, "index", FIRST_CLASS), len(network.class_names) - 1)
    index = st.selectbox(
        "Which thing?",
        range(len(network.class_names)),
        key=session.keyed(f"class-{network.name}", index),
        format_func=lambda index: f"{network.class_names[index]} ({index})",
        help="Type to search among all classes that the network tells apart.",
    )
    return Class(index=index, name=network.class_names[index])


def _guide(network: Network, before: Objective) -> Guide:
    """A second picture: a sample, or one that the visitor brings."""
    choice = session.choice()
    picture = before.picture if before.kind == "guide" else Sample(name="coffee")
    options = [*SAMPLES, OWN_PICTURE]
    key = session.keyed("guide", picture.name if picture.kind == "sample" else OWN_PICTURE)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Which picture steers?", options, key=key, format_func=lambda name: SAMPLES.get(name, OWN_PICTURE)
        )
        if chosen != OWN_PICTURE:
            st.image(resources.sample_preview(chosen, 200), width=100, alt=SAMPLES[chosen])
    if chosen != OWN_PICTURE:
        picture = Sample(name=chosen)
    elif file := st.file_uploader("JPEG, PNG or WebP", ["jpg", "jpeg", "png", "webp"], key="guide-file"):
        try:
            picture = Photo(sha256=choice.bring(file))
        except UserError as error:
            st.error(str(error), icon=":material/error:")
    elif picture.kind != "photo":
        st.caption(f"Until there is one, {SAMPLES[picture.name]} steers.")
    return Guide(layer=_layer(network, before).name, picture=picture)


def _mix(network: Network, before: Objective) -> Sum:
    """Several layers or channels with weights, as a table to edit."""
    names = [layer.name for layer in network.layers]
    single = default_objective(network) if getattr(before, "layer", None) not in names else before
    terms = before.terms if before.kind == "sum" else (Term(objective=single),)
    rows = [
        {"layer": term.objective.layer, "channel": getattr(term.objective, "channel", None), "weight": term.weight}
        for term in terms
        if getattr(term.objective, "layer", None) in names
    ]
    start = st.session_state.setdefault(f"mix-start-{network.name}", rows or [{"layer": names[-1], "weight": 1.0}])
    edited = st.data_editor(
        start,
        num_rows="dynamic",
        hide_index=True,
        key=f"mix-{network.name}",
        column_config={
            "layer": st.column_config.SelectboxColumn("Layer", options=names, required=True),
            "channel": st.column_config.NumberColumn("Channel", min_value=0, step=1, help="Empty: the whole layer"),
            "weight": st.column_config.NumberColumn("Weight", default=1.0, help="Negative: away from it"),
        },
    )
    st.caption(
        "A line for each part. A channel left empty means the whole layer; a negative weight turns away from it."
    )
    complete = [row for row in edited if row.get("layer")]
    try:
        return Sum(terms=tuple(_term(row, network) for row in complete))
    except ValueError as error:  # also UserError: a channel out of range, no line at all
        st.error(
            str(error) if isinstance(error, UserError) else "A mix needs one to 32 lines.", icon=":material/error:"
        )
        return Sum(terms=terms)


def _term(row: dict, network: Network) -> Term:
    layer = network.layer(row["layer"])
    channel, weight = row.get("channel"), row.get("weight")
    weight = 1.0 if weight is None else float(weight)
    if channel is None:
        return Term(objective=WholeLayer(layer=layer.name), weight=weight)
    if not 0 <= int(channel) < layer.channels:
        raise UserError(f"{layer.name} has channels 0 to {layer.channels - 1}: channel {int(channel)} is out of range.")
    return Term(objective=Channel(layer=layer.name, channel=int(channel)), weight=weight)


def _depth_label(layer: Layer, network: Network) -> str:
    return f"{layer.name} · {depth_in_words(layer, network)} · {layer.channels} channels"
