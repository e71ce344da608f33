"""Which channels a photo excites, and where: against what they say to anything."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps

from dream.networks.graph import Network
from dream.networks.layers import Layer
from dream.pictures.start import SAMPLES, sample

DEPTHS = 5
SIDE = 224  # longest side of a picture as it is looked at
CROPS, NOISES = 3, 4
QUIET = 0.1  # of the layer's usual deviation, so that a channel that is nearly always silent does not win by a breath

Baseline = Mapping[str, tuple[np.ndarray, np.ndarray]]


class Activation(NamedTuple):
    """A channel, and by how many of its standard deviations it responds more than usual."""

    layer: str
    channel: int
    strength: float


def layers_by_depth(network: Network) -> list[Layer]:
    """A few layers from shallow to deep, each channel in one of them at most: blocks where there are enough."""
    joined = {
        run.tensor for layer in network.layers for run in network.unit_ranges[layer.name] if run.tensor != layer.name
    }
    whole = [layer for layer in network.layers if layer.name not in joined]
    blocks = [layer for layer in whole if len(network.unit_ranges[layer.name]) > 1]
    among = blocks if len(blocks) >= DEPTHS else whole
    places = np.linspace(0, len(among) - 1, min(DEPTHS, len(among))).round().astype(int)
    return [among[place] for place in dict.fromkeys(places.tolist())]


def baseline(network: Network) -> Baseline:
    """Mean and deviation of each channel's response over the sample photos, pieces of them, and noise, for each layer."""
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


def strongest(network: Network, usual: Baseline, pixels: np.ndarray, count: int) -> list[list[Activation]]:
    """The channels that a picture excites most, ``count`` at each depth, shallow layers first.

    Args:
        network: the one that looks.
        usual: from :func:`baseline`.
        pixels: uint8 [height, width, 3].
        count: how many a layer.

    Raises:
        UserError: the network cannot look at it.
    """
    layers = [network.layer(name) for name in usual]
    rows = []
    for layer, response in zip(layers, _responses(network, layers, pixels)):
        mean, deviation = usual[layer.name]
        strengths = (response - mean) / (deviation + QUIET * deviation.mean() + 1e-9)
        strongest = np.argsort(-strengths)[:count].tolist()
        rows.append([Activation(layer.name, channel, float(strengths[channel])) for channel in strongest])
    return rows


def response_map(network: Network, layer: str, channel: int, pixels: np.ndarray) -> np.ndarray:
    """Where a channel responds to a picture: float32 [height, width] of uint8 [height, width, 3], 0 to 1."""
    (features,) = network.features((layer,), fitted(network, pixels)[None])
    response = np.maximum(features[0, ..., channel], 0)
    response = response / (response.max() + 1e-9)
    size = (pixels.shape[1], pixels.shape[0])
    smooth = Image.fromarray(response.astype(np.float32)).resize(size, Image.Resampling.BICUBIC)
    return np.clip(np.asarray(smooth), 0, 1)


def highlighted(pixels: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """The picture, dark and grey but for where the channel responds; uint8 [height, width, 3]."""
    grey = pixels.mean(axis=2, keepdims=True) * 0.3
    light = heat[..., None] ** 0.7
    return np.rint(grey * (1 - light) + pixels * light).astype(np.uint8)


def fitted(network: Network, pixels: np.ndarray) -> np.ndarray:
    """A picture at the size at which a network looks at it, uint8 [height, width, 3]."""
    image = Image.fromarray(pixels)
    if network.native_size:
        return np.asarray(image.resize(network.native_size[::-1]))
    factor = SIDE / max(image.size)
    return np.asarray(image.resize([max(64, round(side * factor)) for side in image.size]))


def _responses(network: Network, layers: list[Layer], pixels: np.ndarray) -> list[np.ndarray]:
    found = network.features(tuple(layer.name for layer in layers), fitted(network, pixels)[None])
    return [np.maximum(each[0], 0).mean(axis=(0, 1)) for each in found]
