"""The score of every step as a Plotly figure."""

from collections.abc import Sequence

import pandas  # noqa: F401  Plotly uses pandas if it is loaded, and fails if another thread is just loading it
import plotly.graph_objects as go

ACCENT = "#b57bff"
MUTED = "#9a94ab"
MOST_POINTS = 1000  # sent to the browser several times a second; a picture of 8192 pixels has thousands of steps


def score_curve(scores: Sequence[float], steps: int | None = None) -> go.Figure:
    """A line chart of the scores.

    Args:
        scores: one a step, in order.
        steps: the range of the x axis, so that a growing curve keeps its scale; None for the number of scores.
    """
    every = max(1, -(-len(scores) // MOST_POINTS))
    line = go.Scatter(
        x=list(range(1, len(scores) + 1, every)),
        y=list(scores[::every]),
        mode="lines",
        line={"color": ACCENT, "width": 2.5},
        fill="tozeroy",
        fillcolor="rgba(181, 123, 255, 0.12)",
        hovertemplate="step %{x}<br>score %{y:,.2f}<extra></extra>",
    )
    figure = go.Figure(line)
    axis = {"showgrid": False, "zeroline": False, "color": MUTED, "fixedrange": True}
    figure.update_layout(
        height=200,
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        xaxis={**axis, "title": "step", "range": [1, max(steps or len(scores), 2)]},
        yaxis={**axis, "title": "score", "showgrid": True, "gridcolor": "#2c2937", "tickformat": "~s"},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        uirevision="score",
    )
    return figure


CHART_CONFIG = {"displayModeBar": False, "scrollZoom": False}
