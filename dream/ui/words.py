"""Descriptions for visitors: plain words first, then the technical name."""

from dream.networks.graph import Network
from dream.networks.layers import Layer
from dream.pictures.start import SAMPLES
from dream.recipe import Channel, Class, Guide, Neuron, Objective, Start, Sum
from dream.recipe import Layer as WholeLayer

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


def start_in_words(start: Start) -> str:
    """A start in words."""
    if start.kind == "noise":
        return f"noise ({start.width}×{start.height})"
    if start.kind == "sample":
        return SAMPLES.get(start.name, start.name)
    return "your picture"


def objective_in_words(objective: Objective) -> str:
    """What shall respond, as Markdown."""
    match objective:
        case Channel():
            return f"feature {objective.channel} of layer `{objective.layer}`"
        case WholeLayer():
            return f"everything in layer `{objective.layer}`"
        case Class():
            return f"“{(objective.name or str(objective.index)).split(',')[0]}” (class {objective.index})"
        case Neuron():
            return f"feature {objective.channel} of layer `{objective.layer}` at one place"
        case Guide():
            steering = start_in_words(objective.picture)
            return f"what layer `{objective.layer}` finds in {steering if steering != 'your picture' else 'a picture'}"
        case Sum():
            first, *others = objective.terms
            words = f"{'' if first.weight == 1 else f'{first.weight:g} × '}{objective_in_words(first.objective)}"
            for term in others:
                size = "" if abs(term.weight) == 1 else f"{abs(term.weight):g} × "
                words += f" {'minus' if term.weight < 0 else 'plus'} {size}{objective_in_words(term.objective)}"
            return words


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
