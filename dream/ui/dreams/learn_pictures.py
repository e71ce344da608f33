"""Pictures of the Learn page, computed for the chosen photo and network. All photos are uint8 [height, width, 3]."""

from typing import NamedTuple

import numpy as np
import streamlit as st

from dream.ascent.objectives import scalar_of
from dream.ascent.render import render
from dream.atlas.activations import Activation
from dream.networks.zoo.catalog import DEFAULT
from dream.pictures.display import preview, to_uint8
from dream.pictures.start import pixels_sha256, scaled
from dream.recipe import Channel, Dream, Method, Objective, Photo, Recipe, Spectral
from dream.recipe.defaults import OVER_PHOTO
from dream.ui import resources
from dream.ui.dreams.activations_view import strongest_activations

SIDE = 352
QUALITY = 88
ONE_SIZE = Dream(octaves=1, iterations=24, step=2)
SEVERAL_SIZES = Dream(octaves=4, iterations=8, step=2)
FILM_FRAMES = 8


class Gradient(NamedTuple):
    """A channel's mean response before and after one small step along the gradient, and the gradient as a JPEG."""

    before: float
    after: float
    picture: bytes


def small(pixels: np.ndarray) -> np.ndarray:
    """A photo scaled to at most 352 pixels a side."""
    return scaled(pixels, min(SIDE, max(pixels.shape[:2])))


def example(network_name: str, pixels: np.ndarray) -> Activation:
    """The channel used in all steps: the one that responds most at medium depth."""
    rows = strongest_activations(network_name, pixels)
    return rows[len(rows) // 2][0]


@st.cache_data(show_spinner="Asking for one gradient …", max_entries=32)
def gradient(network_name: str, layer: str, channel: int, pixels: np.ndarray) -> Gradient:
    """The gradient of a channel's mean response with respect to the photo."""
    network = resources.network(network_name)
    climb = network.gradient(scalar_of(Channel(layer=layer, channel=channel), network))
    picture = pixels.astype(np.float32)
    before, g = climb(picture)
    after, _ = climb(picture + 2 * g / (np.abs(g).mean() + 1e-9))
    strengthened = np.clip(128 + 40 * g / (g.std() + 1e-9), 0, 255).astype(np.uint8)
    return Gradient(before, after, preview(strengthened, SIDE * 2, QUALITY))


@st.cache_data(show_spinner="Dreaming, step by step …", max_entries=32)
def steps(network_name: str, layer: str, channel: int, pixels: np.ndarray) -> list[bytes]:
    """The photo and eight stages of dreaming at one size, as JPEG."""
    objective = Channel(layer=layer, channel=channel)
    return [preview(pixels, SIDE * 2, QUALITY), *_dreamed(network_name, objective, pixels, ONE_SIZE, FILM_FRAMES)]


@st.cache_data(show_spinner="Dreaming at several sizes …", max_entries=32)
def at_several_sizes(network_name: str, layer: str, channel: int, pixels: np.ndarray) -> bytes:
    """The photo after dreaming over four octaves, as JPEG."""
    return _dreamed(network_name, Channel(layer=layer, channel=channel), pixels, SEVERAL_SIZES, 1)[-1]


@st.cache_data(show_spinner="Two networks look at it in turns …", max_entries=32)
def at_its_best(pixels: np.ndarray) -> bytes:
    """The photo dreamed as the app does where nothing else is chosen, as JPEG."""
    return _dreamed(DEFAULT, OVER_PHOTO, pixels, Spectral(), 1)[-1]


def _dreamed(network: str, objective: Objective, pixels: np.ndarray, method: Method, frames: int) -> list[bytes]:
    photo = Photo(sha256=pixels_sha256(pixels), longest_side=max(pixels.shape[:2]))
    recipe = Recipe(network=network, start=photo, objective=objective, method=method)
    every = method.steps // frames
    return [
        preview(to_uint8(frame.picture, recipe.stretched), SIDE * 2, QUALITY)
        for frame in render(resources.network, recipe, {photo.sha256: pixels})
        if frame.step % every == 0
    ]
