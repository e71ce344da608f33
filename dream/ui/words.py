"""Descriptions for visitors: plain words first, then the technical name."""

from dream.networks.graph import Network
from dream.networks.layers import Layer

DEPTHS = ("very shallow", "shallow", "in the middle", "deep", "very deep")
LEARNED = ("edges and colours", "textures", "patterns", "parts of things", "whole things")


def depth_share(layer: Layer, network: Network) -> float:
    """A layer's relative depth: 0 for the shallowest, 1 for the deepest."""
    deepest = max(other.depth for other in network.layers)
    return (layer.depth - 1) / max(deepest - 1, 1)


def depth_in_words(layer: Layer, network: Network) -> str:
    """A layer's depth in words."""
    return DEPTHS[round(depth_share(layer, network) * (len(DEPTHS) - 1))]


def learned_in_words(layer: Layer, network: Network) -> str:
    """What layers of this depth tend to respond to, in words."""
    return LEARNED[round(depth_share(layer, network) * (len(LEARNED) - 1))]


def capitalised(sentence: str) -> str:
    """The sentence with its first letter capitalised and the rest unchanged."""
    return sentence[:1].upper() + sentence[1:]


def time_in_words(seconds: float) -> str:
    """A rounded duration in words."""
    if seconds < 1:
        return "less than a second"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"
