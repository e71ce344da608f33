"""A network as a picture: its layers from shallow to deep, each as tall as it has channels."""

from collections import defaultdict

import plotly.graph_objects as go

from dream.networks.graph import Network
from dream.networks.layers import CONVOLUTIONS
from dream.ui.score_curve import ACCENT, QUIET

CONVOLUTION, BLOCK = "#4b4468", "#6f6596"


def network_picture(network: Network, chosen: str | None) -> go.Figure:
    """A bar a layer, at its depth; bars of the same depth stand on top of each other, around the middle line.

    A bar's height is the square root of its channels; its custom data is the layer's name.
    """
    heights = [layer.channels**0.5 for layer in network.layers]
    totals: dict[int, float] = defaultdict(float)
    for layer, height in zip(network.layers, heights):
        totals[layer.depth] += height
    tops = {depth: -total / 2 for depth, total in totals.items()}
    bases = []
    for layer, height in zip(network.layers, heights):
        bases.append(tops[layer.depth])
        tops[layer.depth] += height
    bars = go.Bar(
        x=[layer.depth for layer in network.layers],
        y=heights,
        base=bases,
        customdata=[layer.name for layer in network.layers],
        hovertext=[f"<b>{layer.name}</b><br>{layer.channels} channels · {layer.operation}" for layer in network.layers],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={
            "color": [_colour(layer.name, layer.operation, chosen) for layer in network.layers],
            "line": {"color": "#0e0d13", "width": 1},
            "cornerradius": 3,
        },
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        width=0.86,
    )
    figure = go.Figure(bars)
    axis = {"showgrid": False, "zeroline": False, "color": QUIET, "fixedrange": True}
    figure.update_layout(
        height=230,
        margin={"l": 0, "r": 0, "t": 4, "b": 0},
        barmode="overlay",
        xaxis={**axis, "title": "shallow → deep", "showticklabels": False},
        yaxis={**axis, "visible": False},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        dragmode=False,
        clickmode="event+select",
        uirevision=network.name,
    )
    return figure


def _colour(name: str, operation: str, chosen: str | None) -> str:
    if name == chosen:
        return ACCENT
    return CONVOLUTION if operation in CONVOLUTIONS else BLOCK
