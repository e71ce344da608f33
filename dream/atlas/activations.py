"""Channels that respond to a photo more than to a baseline of sample photos and noise, and response maps."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps

from dream.networks.graph import Network
from dream.networks.layers import Layer
from dream.pictures.start import sample
from dream.recipe.starts import SAMPLES

DEPTHS = 5
SIDE = 224  # pixels, longest side of the network's input, unless the network has a size of its own
CROPS, NOISES = 3, 4  # of the baseline: crops of each sample photo, and pictures of noise
DEVIATION_FLOOR = (
    0.1  # share of the layer's mean deviation added to each: else almost silent channels would always rank first
)

Baseline = Mapping[str, tuple[np.ndarray, np.ndarray]]  # by layer: mean and standard deviation, each [channels]


class Activation(NamedTuple):
    """A channel and its response to a picture, in standard deviations above the baseline's mean."""

    layer: str
    channel: int
    strength: float


def layers_by_depth(network: Network) -> list[Layer]:
    """Up to five layers, evenly spaced from shallow to deep, that share no channels; blocks where there are enough."""
    joined = {
        run.tensor for layer in network.layers for run in network.unit_ranges[layer.name] if run.tensor != layer.name
    }
    whole = [layer for layer in network.layers if layer.name not in joined]
    blocks = [layer for layer in whole if len(network.unit_ranges[layer.name]) > 1]
    among = blocks if len(blocks) >= DEPTHS else whole
    places = np.linspace(0, len(among) - 1, min(DEPTHS, len(among))).round().astype(int)
    return [among[place] for place in dict.fromkeys(places.tolist())]


def baseline(network: Network) -> Baseline:
    """Mean and standard deviation of each channel's response over sample photos, crops of them and noise.

    A response is the mean over all places of the rectified feature map. Deterministic: the crops and the noise have a
    fixed seed.

    Returns:
        For each layer of :func:`layers_by_depth` two float32 [channels].

    Raises:
        UserError: the network cannot be run at this size.
    """
    rng = np.random.default_rng(0)
    pictures = []
    for name in SAMPLES:
        photo = Image.fromarray(sample(name))
        pictures.append(ImageOps.fit(photo, (SIDE, SIDE)))
        for _ in range(CROPS):
            side = int(rng.uniform(0.3, 0.8) * min(photo.size))
            left, top = (int(rng.uniform(0, length - side)) for length in photo.size)
            pictures.append(photo.crop((left, top, left + side, top + side)).resize((SIDE, SIDE)))
    pixels = [np.asarray(picture) for picture in pictures]
    for contrast in np.linspace(20, 127, NOISES):
        pixels.append(np.clip(rng.normal(128, contrast, (SIDE, SIDE, 3)), 0, 255).astype(np.uint8))
    layers = layers_by_depth(network)
    found = [np.stack(each) for each in zip(*(_responses(network, layers, picture) for picture in pixels))]
    return {layer.name: (each.mean(axis=0), each.std(axis=0)) for layer, each in zip(layers, found)}


def strongest(network: Network, typical: Baseline, pixels: np.ndarray, count: int) -> list[list[Activation]]:
    """The channels that respond to a picture most strongly compared with the baseline.

    Ranked within each layer by z-score: (response - mean) / standard deviation.

    Args:
        network: whose channels are ranked.
        typical: from :func:`baseline`.
        pixels: uint8 [height, width, 3].
        count: channels a layer.

    Returns:
        A list for each layer, shallow layers first, the strongest channel first.

    Raises:
        UserError: the network cannot be run on a picture of this size.
    """
    layers = [network.layer(name) for name in typical]
    rows = []
    for layer, response in zip(layers, _responses(network, layers, pixels)):
        mean, deviation = typical[layer.name]
        strengths = (response - mean) / (deviation + DEVIATION_FLOOR * deviation.mean() + 1e-9)
        strongest = np.argsort(-strengths)[:count].tolist()
        rows.append([Activation(layer.name, channel, float(strengths[channel])) for channel in strongest])
    return rows


def response_map(network: Network, layer: str, channel: int, pixels: np.ndarray) -> np.ndarray:
    """A channel's rectified feature map, scaled to a maximum of 1 and resized to the picture.

    Args:
        network, layer, channel: whose response.
        pixels: uint8 [height, width, 3].

    Returns:
        float32 [height, width], 0..1.
    """
    (features,) = network.features((layer,), resized_for(network, pixels)[None])
    response = np.maximum(features[0, ..., channel], 0)
    response = response / (response.max() + 1e-9)
    size = (pixels.shape[1], pixels.shape[0])
    smooth = Image.fromarray(response.astype(np.float32)).resize(size, Image.Resampling.BICUBIC)
    return np.clip(np.asarray(smooth), 0, 1)


def highlighted(pixels: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """A picture with everything outside the response map darkened and greyed.

    Args:
        pixels: uint8 [height, width, 3].
        heat: float [height, width], 0..1, from :func:`response_map`.

    Returns:
        uint8 [height, width, 3].
    """
    grey = pixels.mean(axis=2, keepdims=True) * 0.3
    light = heat[..., None] ** 0.7
    return np.rint(grey * (1 - light) + pixels * light).astype(np.uint8)


def resized_for(network: Network, pixels: np.ndarray) -> np.ndarray:
    """A picture resized to a network's input: its own size, else the longest side to 224; uint8 [height, width, 3]."""
    image = Image.fromarray(pixels)
    if network.native_size:
        return np.asarray(image.resize(network.native_size[::-1]))
    factor = SIDE / max(image.size)
    return np.asarray(image.resize([max(64, round(side * factor)) for side in image.size]))


def _responses(network: Network, layers: list[Layer], pixels: np.ndarray) -> list[np.ndarray]:
    found = network.features(tuple(layer.name for layer in layers), resized_for(network, pixels)[None])
    return [np.maximum(each[0], 0).mean(axis=(0, 1)) for each in found]
