"""A view of the channels that respond most to a picture, at each depth, with their response maps."""

import random
from collections.abc import Sequence

import numpy as np
import streamlit as st

from dream.atlas import activations
from dream.atlas.activations import Activation, Baseline
from dream.errors import UserError
from dream.markdown import as_code, as_text
from dream.networks.units import Unit
from dream.pictures.display import preview
from dream.recipe import Channel
from dream.ui import resources
from dream.ui.choosers.microscope import unit_sprites
from dream.ui.components.picture import show
from dream.ui.components.sprites import sprites
from dream.ui.words import depth_in_words

A_ROW = 5
SHOWN_SIDE = 800


def activations_view(network_name: str, pixels: np.ndarray, key: str) -> Channel | None:
    """Draws the channels in an expander; returns one when its button to dream with it is clicked, else None.

    Args:
        network_name: whose channels.
        pixels: the picture, uint8 [height, width, 3].
        key: of the widgets.
    """
    with st.expander(
        "Which features does it excite?", icon=":material/flare:", on_change="rerun", key=f"{key}-open"
    ) as opened:
        if not opened.open:
            return None
        try:
            rows = strongest_activations(network_name, pixels)
        except UserError as error:
            st.caption(as_text(str(error)))
            return None
        network = resources.network(network_name)
        left, right = st.columns([2, 3], gap="large")
        everything = [one for row in rows for one in row]
        chosen_key = f"{key}-chosen"
        chosen = next((one for one in everything if _id(one) == st.session_state.get(chosen_key)), rows[-1][0])
        with left:
            st.caption("More than the sample photos and noise do, shallow layers first.")
            for row in rows:
                layer = network.layer(row[0].layer)
                st.markdown(f"{as_code(layer.name)} :gray[{depth_in_words(layer, network)}]")
                _row(network_name, row, chosen, f"{key}-{layer.name}", chosen_key)
        with right:
            st.markdown(f"**Where feature {chosen.channel} of** {as_code(chosen.layer)} **responds**")
            words = f"The picture, lit where channel {chosen.channel} of {chosen.layer} responds"
            show(highlighted_jpeg(network_name, chosen.layer, chosen.channel, pixels), words)
            st.caption(f"{chosen.strength:.1f} standard deviations more than usual")
            if st.button("Dream with this feature", icon=":material/play_arrow:", key=f"{key}-dream"):
                return Channel(layer=chosen.layer, channel=chosen.channel)
    return None


@st.cache_data(show_spinner="Looking at what it excites …", max_entries=64)
def strongest_activations(network_name: str, pixels: np.ndarray) -> list[list[Activation]]:
    """The five channels that respond most to uint8 [height, width, 3], a list for each depth, shallow first.

    Raises:
        UserError: the network cannot be run on it.
    """
    return activations.strongest(resources.network(network_name), _baseline(network_name), pixels, A_ROW)


@st.cache_data(show_spinner=False, max_entries=32)
def highlighted_jpeg(network_name: str, layer: str, channel: int, pixels: np.ndarray) -> bytes:
    """A picture, uint8 [height, width, 3], darkened except where a channel responds, as JPEG."""
    over = activations.highlighted(
        pixels, activations.response_map(resources.network(network_name), layer, channel, pixels)
    )
    return preview(over, SHOWN_SIDE)


def surprise(network_name: str, pixels: np.ndarray) -> Channel:
    """A random channel of those that respond most, from the deeper layers; raises as :func:`strongest_activations`."""
    rows = strongest_activations(network_name, pixels)
    one = random.choice([one for row in rows[len(rows) // 2 :] for one in row])
    return Channel(layer=one.layer, channel=one.channel)


@st.cache_resource(show_spinner="Looking at the sample photos, once …", max_entries=8)
def _baseline(network_name: str) -> Baseline:
    return activations.baseline(resources.network(network_name))


def _row(network_name: str, row: Sequence[Activation], chosen: Activation, key: str, chosen_key: str) -> None:
    network, atlas = resources.network(network_name), resources.atlas(network_name)
    units: list[Unit] = [network.unit(one.layer, one.channel) for one in row]
    if coming := atlas.pending(units):
        resources.atlas_builder().request(network_name, coming[0].tensor)
    channels = [one.channel for one in row]
    sheets, items = unit_sprites(atlas, units, channels, [""] * len(row), chosen.channel if chosen in row else -1)

    def choose(channel: str) -> None:
        st.session_state[chosen_key] = f"{row[0].layer}:{channel}"

    sprites(items, sheets, f"Channels of {row[0].layer} that it excites", key, choose, size=70)


def _id(one: Activation) -> str:
    return f"{one.layer}:{one.channel}"
