"""A kept dream, large: before and after, its curve, its recipe, its downloads."""

import numpy as np
import streamlit as st
from PIL import Image

from dream.pictures.shown import preview
from dream.studio.kept import KeptDream
from dream.ui import resources
from dream.ui.before_after import before_after
from dream.ui.score_curve import QUIET_CHART, score_curve
from dream.ui.starts import before
from dream.ui.words import capitalised, objective_in_words, start_in_words, time_in_words

SHOWN_SIDE = 1280
SHOWN_QUALITY = 90


def picture(dream: KeptDream) -> None:
    """The dream, with what it started from under a divider to drag; out of noise, the dream alone."""
    after = _large(dream.id)
    if after is None:
        st.error("The picture of this dream is gone from the gallery's folder. Its recipe makes it again.")
        return
    start = None if dream.recipe.start.kind == "noise" else before(dream.recipe.to_json(), SHOWN_SIDE)
    if start is None:
        st.image(after, width="stretch" if dream.width >= 400 else 448, alt=dream.title)
    else:
        before_after(start, after, key=f"pair-{dream.id}")


def facts(dream: KeptDream) -> None:
    """What was done, in words."""
    recipe = dream.recipe
    stopped = f", stopped after {recipe.stopped_after}" if recipe.stopped_after else ""
    st.markdown(
        f"{capitalised(start_in_words(recipe.start))}, changed so that "
        f"{objective_in_words(recipe.objective)} of {recipe.network} responds as strongly as possible."
    )
    st.caption(
        f"{recipe.method.kind} · {recipe.method.steps} steps{stopped} · {dream.width}×{dream.height} · "
        f"{time_in_words(dream.seconds)} · {dream.age}"
    )


def curve(dream: KeptDream) -> None:
    """The score of every step."""
    st.plotly_chart(
        score_curve(dream.scores),
        key=f"curve-{dream.id}",
        config=QUIET_CHART,
        alt=f"Score curve: from {dream.scores[0]:,.1f} to {dream.scores[-1]:,.1f} in {len(dream.scores)} steps",
    )


def downloads(dream: KeptDream) -> None:
    """The PNG and the recipe, as files."""
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


@st.cache_data(show_spinner=False, max_entries=32)
def _large(dream_id: str) -> bytes | None:
    try:
        with Image.open(resources.gallery().png_path(dream_id)) as image:
            return preview(np.asarray(image.convert("RGB")), SHOWN_SIDE, SHOWN_QUALITY)
    except OSError:
        return None
