"""The choice on the Layers page as its URL: ``/layers?network=squeezenet&layer=fire8&channel=29``, ``…&class=340``.

A class is imagined by all networks that draw it best; ``&by=squeezenet`` by that one alone.
"""

import time

import streamlit as st

from dream.ascent.objectives import class_objective
from dream.errors import UserError
from dream.networks.graph import Network
from dream.recipe import Channel, Class, Layer, Objective, Sum, singles
from dream.recipe.defaults import TOGETHER
from dream.ui import resources, session
from dream.ui.choosers.feature_choice import channel_key, imagined_key, imagined_label
from dream.ui.choosers.objective_choice import label_of
from dream.ui.components.messages import show_error

FIELDS = ("network", "layer", "channel", "class", "by")
ON_ITS_WAY = 2.0  # seconds that a new URL may take to reach the browser
DIGITS = 9  # of a channel at most
# In the session state:
WRITTEN = "written-address"  # the address that the app wrote or has read already: not one that the visitor came with
REPLACED = "replaced-addresses"  # those before it, and when each was replaced
TAKEN = "taken-network"  # the address whose network was chosen, so that a visitor can choose another one after it


def network_from_address() -> None:
    """Chooses the network that the URL names; draws an error if there is none."""
    wanted = st.query_params.get("network")
    if not (_is_new() and wanted) or st.session_state.get(TAKEN) == _address():
        return
    st.session_state[TAKEN] = _address()
    if wanted in resources.networks():
        st.session_state["network"] = wanted
    else:
        show_error(f"There is no network named {wanted} here.")


def objective_from_address(network: Network) -> None:
    """Chooses the layer, channel or class that the URL names; draws an error if there is none."""
    if not _is_new():
        return
    address = _address()
    _remember(address)
    st.session_state.pop(TAKEN, None)
    if address.get("network", network.name) != network.name:
        return
    try:
        objective = _objective(network)
    except UserError as error:
        show_error(error)
        return
    if objective is None:
        return
    session.choice().objective = objective
    st.session_state[f"kind-{network.name}"] = label_of(objective)
    if isinstance(objective, Class | Sum):
        st.session_state[imagined_key(network.name)] = imagined_label(network.name, isinstance(objective, Sum))
    if isinstance(objective, Channel | Layer):
        st.session_state[f"layer-{network.name}"] = objective.layer
    if isinstance(objective, Channel):
        st.session_state[channel_key(network, network.layer(objective.layer))] = objective.channel


def write_address(network: Network, objective: Objective) -> None:
    """Writes a network and an objective into the page's URL."""
    match objective:
        case Class():
            address = {"class": str(objective.index)} | ({"by": network.name} if network.name in TOGETHER else {})
        case Sum() if objective.asks_several and isinstance(first := singles(objective)[0], Class):
            address = {"class": str(first.index)}
        case Channel():
            address = {"layer": objective.layer, "channel": str(objective.channel)}
        case Layer():
            address = {"layer": objective.layer}
        case _:
            address = {}
    address = {"network": network.name, **address}
    _remember(address)
    if _address() != address:
        st.query_params.from_dict(address)


def _address() -> dict[str, str]:
    return {field: st.query_params[field] for field in FIELDS if field in st.query_params}


def _remember(address: dict[str, str]) -> None:
    """Notes the URL that the app knows of."""
    before = st.session_state.get(WRITTEN)
    if before is not None and before != address:
        now = time.monotonic()
        recent = [(old, when) for old, when in st.session_state.get(REPLACED, []) if now - when < ON_ITS_WAY]
        st.session_state[REPLACED] = [*recent, (before, now)]
    st.session_state[WRITTEN] = address


def _is_new() -> bool:
    """Whether the visitor came with this URL.

    A quick second click may be sent with the URL of before the first one, since the new one is still on its way to the
    browser: that is no wish to go back.
    """
    address, now = _address(), time.monotonic()
    replaced = [old for old, when in st.session_state.get(REPLACED, []) if now - when < ON_ITS_WAY]
    return bool(address) and address != st.session_state.get(WRITTEN) and address not in replaced


def _objective(network: Network) -> Objective | None:
    address = _address()
    if "class" in address:
        index = network.class_index(address["class"])
        if network.name in TOGETHER and "by" not in address:
            return class_objective([resources.network(name) for name in TOGETHER], index)
        return Class(index=index, name=network.class_names[index])
    if "layer" not in address:
        return None
    layer = network.layer(address["layer"])
    if "channel" not in address:
        return Layer(layer=layer.name)
    text = address["channel"]
    if not text.isdecimal() or len(text) > DIGITS or int(text) >= layer.channels:
        raise UserError(f"{layer.name} has channels 0 to {layer.channels - 1}: {text[:20]} is none of them.")
    return Channel(layer=layer.name, channel=int(text))
