"""Pictures of a network's units: its layers as a strip, a layer's channels as a sheet, one of them large."""

import io
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import streamlit as st
from PIL import Image

from dream.atlas.atlas import ACROSS, Atlas
from dream.markdown import as_text
from dream.networks.graph import Network
from dream.networks.layers import Layer
from dream.networks.units import Unit
from dream.pictures.display import preview
from dream.ui import resources
from dream.ui.components.picture import image_url, show
from dream.ui.components.sprites import Sprite, SpriteSheet, sprites
from dream.ui.words import depth_in_words

LOOK_AGAIN_EVERY = 3  # seconds, while pictures are being rendered
SHOWN_SIDE = 288
STRIP_SIDE = 120
Choose = Callable[[int], None]


def strip_layers(network: Network, chosen: str) -> list[Layer]:
    """The listed layers without those whose channels a listed block shows, except the chosen one."""
    joined = {
        run.tensor
        for layer in network.layers
        if len(network.unit_ranges[layer.name]) > 1
        for run in network.unit_ranges[layer.name]
    }
    return [layer for layer in network.all_layers if layer.name == chosen or not (layer.hidden or layer.name in joined)]


def layer_strip(network: Network, chosen: str, choose: Callable[[str], None]) -> None:
    """Draws the layers from shallow to deep, each as four of its channels; a click calls ``choose`` with a name."""
    layers = strip_layers(network, chosen)
    atlas = resources.atlas(network.name)
    units = {layer.name: _preview_units(network, layer) for layer in layers}
    ready = [layer.name for layer in layers if all(atlas.has(unit) for unit in units[layer.name])]
    sheets = [SpriteSheet(_preview_url(network.name, name, units[name]), 1, 1) for name in ready]
    items = [
        Sprite(
            id=layer.name,
            words=f"Layer {layer.name}, {depth_in_words(layer, network)}, {layer.channels} channels",
            sheet=ready.index(layer.name) if layer.name in ready else None,
            label=layer.name,
            under=f"{layer.channels} channels",
            chosen=layer.name == chosen,
            waiting=bool(atlas.pending(units[layer.name])),
        )
        for layer in layers
    ]
    words = f"Layers of {network.name} from shallow to deep"
    sprites(items, sheets, words, f"strip-{network.name}", choose, size=STRIP_SIDE, strip=True)


def unit_sheet(
    atlas_name: str, units: Sequence[Unit], numbers: Sequence[int], names: Sequence[str], chosen: int, choose: Choose
) -> None:
    """Draws pictures of units to choose from; missing ones are requested and appear when they are rendered.

    Args:
        atlas_name: of the atlas that has the units (:func:`dream.ui.resources.atlas`).
        units: whose pictures are drawn.
        numbers: of each unit, its channel or class.
        names: a label for each unit; empty for none.
        chosen: the number of the chosen unit.
        choose: called with the number of a unit that is clicked.
    """
    atlas, builder = resources.atlas(atlas_name), resources.atlas_builder()

    def draw() -> bool:
        return _draw_sheet(atlas, units, numbers, names, chosen, choose)

    def watch() -> None:
        coming = atlas.pending(units)
        if not coming:
            st.rerun()
        if not builder.busy:
            builder.request(atlas_name, coming[0].tensor)
        st.caption(
            f"{len(coming)} of these pictures are still being made, some a second: they appear by themselves.",
            help="Once for everybody: they are kept.",
        )
        if draw():
            st.rerun()

    for problem in _problems(atlas, units):
        st.caption(as_text(problem))
    if coming := atlas.pending(units):
        builder.request(atlas_name, coming[0].tensor)
        st.fragment(watch, run_every=LOOK_AGAIN_EVERY)()
    else:
        draw()


def large_unit(atlas_name: str, unit: Unit, words: str) -> None:
    """Draws one unit's picture, large, with ``words`` as its alternative text."""
    atlas = resources.atlas(atlas_name)
    pixels = atlas.picture(unit)
    if pixels is None:
        st.caption(as_text(next(iter(_problems(atlas, [unit])), "Its picture is still being made.")))
        return
    image = Image.fromarray(pixels).resize((SHOWN_SIDE * 2, SHOWN_SIDE * 2), Image.Resampling.LANCZOS)
    show(preview(np.asarray(image), SHOWN_SIDE * 2), words)


def similar_units(network: Network, layer: Layer, chosen: int, choose: Choose) -> None:
    """Draws the channels of the layer with the most similar pictures, if they are known; a click calls ``choose``."""
    atlas = resources.atlas(network.name)
    near = atlas.neighbours(layer.name)
    if not near:
        return
    st.markdown("**Look alike in this layer**")
    others = near[chosen]
    units = [network.unit(layer.name, other) for other in others]
    sheets, items = unit_sprites(atlas, units, others, [""] * len(others), -1)
    words = "Channels that look alike"
    sprites(items, sheets, words, f"alike-{network.name}", lambda number: choose(int(number)), size=64)


def unit_sprites(
    atlas: Atlas, units: Sequence[Unit], numbers: Sequence[int], names: Sequence[str], chosen: int
) -> tuple[list[SpriteSheet], list[Sprite]]:
    """The sheets and sprites that show units; arguments as in :func:`unit_sheet`."""
    places = [atlas.place(unit) for unit in units]
    files = {sheet: atlas.file(sheet) for sheet in dict.fromkeys(sheet for sheet, _, _ in places)}
    ready = {sheet: content for sheet, content in files.items() if content is not None}
    there = list(ready)
    coming = set(atlas.pending(units))
    items = [
        Sprite(
            id=str(number),
            words=name or f"channel {number}",
            sheet=there.index(sheet) if sheet in there else None,
            row=row,
            column=column,
            label=name,
            chosen=number == chosen,
            waiting=unit in coming and sheet not in there,
        )
        for unit, (sheet, row, column), number, name in zip(units, places, numbers, names)
    ]
    return [SpriteSheet(image_url(ready[sheet], "avif"), ACROSS, atlas.rows(sheet)) for sheet in there], items


def _draw_sheet(
    atlas: Atlas, units: Sequence[Unit], numbers: Sequence[int], names: Sequence[str], chosen: int, choose: Choose
) -> bool:
    sheets, items = unit_sprites(atlas, units, numbers, names, chosen)
    words = "Pictures to choose from"
    size = 104 if any(names) else 78
    return sprites(items, sheets, words, f"sheet-{units[0].tensor}", lambda number: choose(int(number)), size=size)


def _problems(atlas: Atlas, units: Iterable[Unit]) -> list[str]:
    """A sentence for each tensor whose pictures cannot be rendered."""
    tensors = dict.fromkeys(unit.tensor for unit in units if not atlas.has(unit))
    return [f"No pictures of {tensor}: {problem}" for tensor in tensors if (problem := atlas.problem_with(tensor))]


def _preview_units(network: Network, layer: Layer) -> list[Unit]:
    return [network.unit(layer.name, channel) for channel in np.linspace(0, layer.channels - 1, 4).astype(int).tolist()]


@st.cache_data(show_spinner=False, max_entries=512)
def _preview_url(network_name: str, layer: str, _units: list[Unit]) -> str:
    """Four units' pictures as one data URL; cached by network and layer, whose four units are always the same."""
    atlas = resources.atlas(network_name)
    first, second, third, fourth = (atlas.made_picture(unit) for unit in _units)
    pixels = np.vstack([np.hstack([first, second]), np.hstack([third, fourth])])
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "WEBP", quality=70)
    return image_url(out.getvalue(), "webp")
