"""A stored dream, large: before and after, facts, score curve, downloads, cells of a comparison."""

import io
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from dream.ascent.comparison import for_network
from dream.errors import UserError
from dream.gallery.record import DreamRecord
from dream.markdown import as_text
from dream.pictures.display import preview
from dream.recipe import Axis, Comparison, Enlarge
from dream.ui import resources, session
from dream.ui.components.before_after import before_after
from dream.ui.components.messages import show_error
from dream.ui.components.picture import show
from dream.ui.components.score_curve import CHART_CONFIG, score_curve
from dream.ui.dreams.activations_view import activations_view
from dream.ui.dreams.start_preview import before
from dream.ui.start_job import dream_again, edit_recipe
from dream.ui.words import capitalised, time_in_words

SHOWN_SIDE = 1280
SHOWN_QUALITY = 90


def picture(dream: DreamRecord) -> None:
    """Draws the dream over its start with a divider to drag; a dream out of noise or a comparison alone."""
    after = large(dream.id)
    if after is None:
        show_error("The picture of this dream is gone from the gallery's folder. Its recipe makes it again.")
        return
    alone = isinstance(dream.recipe, Comparison) or dream.recipe.start.kind == "noise"
    start = None if alone else before(dream.id, SHOWN_SIDE)
    if start is None:
        show(after, dream.title, width="stretch" if dream.width >= 400 else 448)
    else:
        before_after(start, after, key=f"pair-{dream.id}")


def facts(dream: DreamRecord) -> None:
    """Draws a description of recipe and render."""
    plan, recipe = dream.recipe, dream.recipe.base
    stopped = f", stopped after {plan.stopped_after}" if plan.stopped_after else ""
    if isinstance(recipe.method, Enlarge):
        changed = f"A picture made {recipe.method.times} times as large, its new detail grown"
    else:
        changed = f"{capitalised(recipe.start.in_words())}, changed"
    whose = "" if len(recipe.networks) > 1 else f" of {as_text(next(iter(recipe.networks)))}"
    st.markdown(f"{changed} so that {recipe.objective.in_words()}{whose} responds as strongly as possible.")
    st.caption(
        f"{recipe.method.kind} · {plan.all_steps} steps{stopped} · {dream.width}×{dream.height} · "
        f"{time_in_words(dream.seconds)} · {dream.age}{session.by(dream)}"
    )


def curve(dream: DreamRecord) -> None:
    """Draws the score curve, except for comparisons, whose scores belong to several pictures."""
    if isinstance(dream.recipe, Comparison):
        return
    st.plotly_chart(
        score_curve(dream.scores),
        key=f"curve-{dream.id}",
        config=CHART_CONFIG,
        alt=f"Score curve: from {dream.scores[0]:,.1f} to {dream.scores[-1]:,.1f} in {len(dream.scores)} steps",
    )


def downloads(dream: DreamRecord) -> None:
    """Draws download buttons for the PNG and the recipe."""
    gallery = resources.gallery()
    with st.container(horizontal=True):
        if gallery.png_path(dream.id).exists():
            st.download_button(
                "Picture (PNG)",
                data=lambda: gallery.png_path(dream.id).read_bytes(),
                file_name=f"dream-{dream.id}.png",
                mime="image/png",
                icon=":material/download:",
                on_click="ignore",
                key=f"png-{dream.id}",
            )
        st.download_button(
            "Recipe (JSON)",
            data=dream.recipe.to_json(),
            file_name=f"dream-{dream.id}.json",
            mime="application/json",
            icon=":material/receipt_long:",
            on_click="ignore",
            key=f"json-{dream.id}",
        )


def cells(dream: DreamRecord) -> None:
    """Draws, for a comparison, a chooser of a cell and buttons to render or change its recipe."""
    comparison = dream.recipe
    if not isinstance(comparison, Comparison):
        return
    with st.container(border=True):
        st.markdown("**Open one of its pictures**")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            column = _place("Across", comparison.across, f"across-{dream.id}")
            row = _place("Down", comparison.down, f"down-{dream.id}") if comparison.down else 0
            cell = comparison.cells[row][column]
            again = st.button("Dream it by itself", icon=":material/replay:", key=f"cell-{dream.id}")
            change = st.button("Change it", icon=":material/tune:", key=f"change-{dream.id}")
        if again or change:
            try:
                cell = for_network(cell, resources.network(cell.network), comparison.base.network)
            except UserError as error:
                show_error(error)
                return
            (dream_again if again else edit_recipe)(cell)


def _place(label: str, axis: Axis, key: str) -> int:
    labels = [axis.label(value) for value in axis.values]
    return labels.index(st.selectbox(label, labels, key=key, width=220))


def activations(dream: DreamRecord) -> None:
    """Draws the channels that respond to the dream; choosing one renders its start with it. Not for comparisons."""
    after = None if isinstance(dream.recipe, Comparison) else large(dream.id)
    if after is None:
        return
    with Image.open(io.BytesIO(after)) as image:
        pixels = np.asarray(image)
    try:
        wanted = activations_view(dream.recipe.base.network, pixels, f"excites-{dream.id}")
    except UserError as error:
        st.caption(as_text(str(error)))
        return
    if wanted:
        dream_again(dream.recipe.base.model_copy(update={"objective": wanted, "stopped_after": None}))


@st.cache_data(show_spinner=False, max_entries=32)
def large(dream_id: str) -> bytes | None:
    """A JPEG of a stored dream, up to 1280 pixels a side; None if its picture is missing."""
    try:
        return as_jpeg(resources.gallery().png_path(dream_id))
    except OSError:
        return None


def as_jpeg(png: Path | io.BytesIO) -> bytes:
    """A JPEG of a PNG, up to 1280 pixels a side; raises OSError if it cannot be read."""
    with Image.open(png) as image:
        return preview(np.asarray(image.convert("RGB")), SHOWN_SIDE, SHOWN_QUALITY)
