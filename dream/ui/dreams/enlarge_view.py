"""Enlarging a stored dream, and an enlarged one seen closely."""

from collections.abc import Iterator
from typing import Literal, get_args

import numpy as np
import streamlit as st
from PIL import Image

from dream.ascent.methods.enlarge import enlargement
from dream.errors import UserError
from dream.gallery.record import DreamRecord
from dream.markdown import as_text
from dream.pictures.display import preview
from dream.pictures.start import pixels_sha256
from dream.recipe import Enlarge, Recipe
from dream.settings import settings
from dream.ui import resources
from dream.ui.components.before_after import before_after
from dream.ui.components.messages import show_error
from dream.ui.dreams.start_preview import start_pixels
from dream.ui.start_job import start_job

Times = Literal[2, 4]
TIMES: tuple[Times, ...] = get_args(Times)
CLOSE_SIDE = 640  # pixels of the enlarged picture; of a small one the half
CLOSE_QUALITY = 92
ANY = "0" * 64  # in place of the SHA-256 of a picture that need not be read yet


def enlarge_buttons(dream: DreamRecord) -> None:
    """Draws buttons that make a dream larger with new detail, as far as it may grow; else a sentence why there is none."""
    try:
        offered = list(_offered(dream))
    except UserError as error:
        st.caption(as_text(str(error)))
        return
    with st.container(horizontal=True):
        for times in offered:
            size = f"{times * dream.width}×{times * dream.height}"
            label, key = f"Enlarge {times}× · {size}", f"enlarge-{times}-{dream.id}"
            if st.button(label, icon=":material/open_in_full:", key=key, help="New detail is dreamed into it"):
                _enlarge(dream, times)


def close_up(dream: DreamRecord) -> None:
    """Draws the middle of an enlarged dream, large, over its start without the new detail; else nothing."""
    pair = _close_up(dream.id) if isinstance(dream.recipe.base.method, Enlarge) else None
    if pair is not None:
        st.markdown("**Its middle, close up**")
        before_after(*pair, key=f"close-{dream.id}")


def _offered(dream: DreamRecord) -> Iterator[Times]:
    """How many times larger the dream may get; raises UserError with the reason where it may not grow at all."""
    size, most = (dream.height, dream.width), settings().largest_side
    smallest = enlargement(dream.recipe, size, ANY, 2)
    if smallest.longest_side > most:
        raise UserError(f"It cannot be enlarged: {most} pixels a side is the most here.")
    here = {name for name, entry in resources.networks().items() if entry.ready()}
    if missing := sorted(smallest.networks - here):
        raise UserError(f"To enlarge it takes the network {missing[0]}, which is not here.")
    yield from (times for times in TIMES if times * max(size) <= most)


def _enlarge(dream: DreamRecord, times: Times) -> None:
    gallery = resources.gallery()
    with st.spinner("Getting the picture ready …"):
        try:
            with Image.open(gallery.png_path(dream.id)) as image:
                pixels = np.asarray(image.convert("RGB"))
            sha256 = pixels_sha256(pixels)
            recipe = enlargement(dream.recipe, pixels.shape[:2], sha256, times)
            photos = {sha256: pixels} | {other: gallery.needed_photo(other) for other in recipe.photos - {sha256}}
        except OSError:
            show_error("The picture of this dream is gone from the gallery's folder: dream it again first.")
        except UserError as error:
            show_error(error)
        else:
            start_job(recipe, photos, chosen=False)


@st.cache_data(show_spinner=False, max_entries=32)
def _close_up(dream_id: str) -> tuple[bytes, bytes] | None:
    """JPEGs of the middle of a dream's start, enlarged, and of the dream; None where one of them is missing."""
    gallery = resources.gallery()
    dream = gallery.find(dream_id)
    if dream is None or not isinstance(dream.recipe, Recipe) or not isinstance(dream.recipe.method, Enlarge):
        return None
    recipe, times = dream.recipe, dream.recipe.method.times
    try:
        start = Image.fromarray(start_pixels(recipe.start, recipe.seed, gallery.photos(recipe)))
        with Image.open(gallery.png_path(dream_id)) as image:
            share = min(0.5, CLOSE_SIDE / max(image.size))
            width, height = (max(1, round(share * length)) for length in start.size)
            left, top = (start.width - width) // 2, (start.height - height) // 2
            right, bottom = left + width, top + height
            after = image.convert("RGB").crop((times * left, times * top, times * right, times * bottom))
    except (OSError, UserError):
        return None
    before = start.crop((left, top, right, bottom)).resize(after.size, Image.Resampling.BICUBIC)
    return _jpeg(before), _jpeg(after)


def _jpeg(image: Image.Image) -> bytes:
    return preview(np.asarray(image), CLOSE_SIDE, CLOSE_QUALITY)
