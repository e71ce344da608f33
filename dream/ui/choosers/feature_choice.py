"""Choosers for a channel, a neuron or a class, by their pictures."""

import random
from collections.abc import Callable, Sequence

import streamlit as st

from dream.ascent.objectives import class_objective
from dream.markdown import as_code, as_text
from dream.networks.graph import Network
from dream.networks.layers import Layer
from dream.networks.units import Unit
from dream.recipe import Channel, Class, Neuron, Noise, Objective, singles
from dream.recipe.defaults import TOGETHER
from dream.ui import resources, session
from dream.ui.choosers.layer_choice import choose_layer
from dream.ui.choosers.microscope import large_unit, similar_units, unit_sheet
from dream.ui.components.bars import bars
from dream.ui.start_job import start_chosen
from dream.ui.words import depth_in_words

A_PAGE = 64
LARGE = Noise(width=384, height=288)
FIRST_CLASS = 340  # a zebra, for networks with ImageNet's classes


def choose_feature(network: Network, before: Objective) -> Channel | Neuron:
    """Draws the chooser of a channel or neuron; returns what is chosen, at first ``before`` if it is one."""
    layer = choose_layer(network, before)
    key = channel_key(network, layer)
    session.keyed(key, min(getattr(before, "channel", 0), layer.channels - 1))
    units = [network.unit(layer.name, channel) for channel in range(layer.channels)]

    def choose(channel: int) -> None:
        st.session_state[key] = channel

    left, right = st.columns([5, 3], gap="large")
    with left:
        channels = _page(range(layer.channels), st.session_state[key], f"page-{network.name}-{layer.name}")
        shown = [units[channel] for channel in channels]
        unit_sheet(network.name, shown, channels, [""] * len(channels), st.session_state[key], choose)
    with right:
        title = st.empty()
        chosen = st.session_state[key]
        large_unit(network.name, units[chosen], f"What channel {chosen} of {layer.name} responds to most")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            channel = int(st.number_input(f"Channel, 0 to {layer.channels - 1}", 0, layer.channels - 1, key=key))
            surprise = random.randrange(layer.channels)
            st.button("Surprise me", icon=":material/casino:", on_click=choose, args=[surprise])
        title.markdown(f"#### Feature {channel}  \n{as_code(layer.name)}, {depth_in_words(layer, network)}")
        objective = _everywhere_or_at_one_place(Channel(layer=layer.name, channel=channel), before)
        _draw_it_large(network, Channel(layer=layer.name, channel=channel))
        _seen_in(network, units[channel])
        similar_units(network, layer, channel, choose)
    return objective


def channel_key(network: Network, layer: Layer) -> str:
    """The key of a layer's chosen channel in the session state; layers of other networks may have the same name."""
    return f"channel-{network.name}-{layer.name}"


def show_features(network: Network, layer: Layer, choose: Callable[[int], None]) -> None:
    """Draws a layer's channels; a click calls ``choose`` with one."""
    st.markdown("**All of these together.** Or click one of them:")
    units = [network.unit(layer.name, channel) for channel in range(layer.channels)]
    channels = _page(range(layer.channels), -1, f"page-{network.name}-{layer.name}")
    unit_sheet(network.name, [units[channel] for channel in channels], channels, [""] * len(channels), -1, choose)


def choose_class(network: Network, before: Objective) -> Objective:
    """Draws the chooser of a class, by name or picture, and of who imagines it; returns the objective.

    At first that is ``before`` if it is a class, or one that several networks are asked for.
    """
    known = singles(before)[0]
    index = min(getattr(known, "index", FIRST_CLASS), len(network.class_names) - 1)
    imagining = [network]
    if network.name in TOGETHER and _imagined_by(network.name, not isinstance(before, Class)):
        imagining = [resources.network(name) for name in TOGETHER]
    names_of_them, output = [each.name for each in imagining], imagining[0].class_output

    def class_at(index: int) -> Objective:
        if len(imagining) > 1:
            return class_objective(imagining, index)
        weight = getattr(known, "logsumexp_weight", None)
        return Class(index=index, name=network.class_names[index], logsumexp_weight=weight)

    def choose(index: int) -> None:
        session.choice().objective = class_at(index)

    typed = st.text_input(
        "Which thing?", type="search", live=True, placeholder="dog, ship, fruit …", icon=":material/search:"
    )
    names = [name.split(",")[0] for name in network.class_names]
    found = [index for index, name in enumerate(network.class_names) if typed.strip().casefold() in name.casefold()]
    left, right = st.columns([5, 3], gap="large")
    with left:
        if found:
            indices = _page(found, index, f"page-class-{network.name}-{typed}")
            units = [Unit(output, each) for each in indices]
            unit_sheet(",".join(names_of_them), units, indices, [names[each] for each in indices], index, choose)
        else:
            st.caption(
                f"{as_text(network.name)} knows nothing named “{as_text(typed)}”: try another word for it, or part of one."
            )
    with right:
        st.markdown(f"#### {as_text(names[index].capitalize())}  \nclass {index} of {len(names)}")
        words = f"{names[index]}, as {' and '.join(names_of_them)} {'see' if len(imagining) > 1 else 'sees'} it"
        large_unit(",".join(names_of_them), Unit(output, index), words)
        objective = class_at(index)
        _draw_it_large(network, objective)
    return objective


def _imagined_by(network_name: str, before: bool) -> bool:
    """Draws a choice between one network and all; returns whether it is all. Together they draw the clearest pictures."""
    session.keyed(imagined_key(network_name), imagined_label(network_name, before))
    offered = [imagined_label(network_name, together) for together in (True, False)]
    key = imagined_key(network_name)
    chosen = st.segmented_control("Imagined by", offered, format_func=as_text, key=key, required=True)
    return chosen != network_name


def imagined_key(network_name: str) -> str:
    """The key, in the session state, of who imagines a class."""
    return f"imagined-{network_name}"


def imagined_label(network_name: str, together: bool) -> str:
    """What the chooser calls this network alone, or all that imagine classes ``together``."""
    return " and ".join(TOGETHER) if together else network_name


def _page(numbers: Sequence[int], chosen: int, key: str) -> list[int]:
    """Draws a pager; returns the numbers on its page, up to 64. The first page drawn is that of the chosen number."""
    pages = -(-len(numbers) // A_PAGE)
    if pages == 1:
        return list(numbers)
    first = numbers.index(chosen) // A_PAGE + 1 if chosen in numbers else 1
    page = st.pagination(pages, default=first, key=f"{key}-{first}")  # a new widget if the choice moves to another page
    return list(numbers[(page - 1) * A_PAGE : page * A_PAGE])


def _everywhere_or_at_one_place(channel: Channel, before: Objective) -> Channel | Neuron:
    neuron = before if isinstance(before, Neuron) else None
    if not st.toggle(
        "Only at one place", key=session.keyed("one-place", neuron is not None), help="A neuron: one channel, one place"
    ):
        return channel
    with st.container(horizontal=True):
        x = st.slider("From the left", 0.0, 1.0, step=0.05, key=session.keyed("x", neuron.x if neuron else 0.5))
        y = st.slider("From the top", 0.0, 1.0, step=0.05, key=session.keyed("y", neuron.y if neuron else 0.5))
    return Neuron(layer=channel.layer, channel=channel.channel, x=x, y=y)


def _draw_it_large(network: Network, objective: Objective) -> None:
    if st.button("Draw it large", icon=":material/brush:", help="Out of noise, by the clearest method: some seconds"):
        choice = session.choice()
        choice.network, choice.objective = network.name, objective
        choice.start_from(LARGE)
        choice.method = "fourier"
        start_chosen()


def _seen_in(network: Network, unit: Unit) -> None:
    pixels = resources.atlas(network.name).picture(unit)
    if pixels is None or network.logits is None:
        return
    st.markdown("**What the network takes it for**")
    bars(resources.top_classes(network.name, pixels, 3))
