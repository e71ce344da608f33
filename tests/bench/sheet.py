"""A sheet of 64 channels of a layer for the README. ``python -m tests.bench.sheet LAYER OUT.webp``."""

import sys

import numpy as np
from PIL import Image

from dream.ascent.make import make
from dream.networks.zoo.catalog import load_network
from dream.pictures.display import to_uint8
from dream.recipe import Channel, Fourier, Noise, Recipe

ACROSS, SIDE = 8, 128


def main(layer: str, out: str) -> None:
    network = load_network()
    count = network.layer(layer).channels
    sheet = Image.new("RGB", (ACROSS * SIDE, ACROSS * SIDE))
    for place, channel in enumerate(np.linspace(0, count - 1, ACROSS**2).astype(int).tolist()):
        recipe = Recipe(
            start=Noise(width=SIDE, height=SIDE),
            objective=Channel(layer=layer, channel=channel),
            method=Fourier(),
        )
        picture = Image.fromarray(to_uint8(make(lambda _: network, recipe).picture, recipe.stretched))
        sheet.paste(picture, (place % ACROSS * SIDE, place // ACROSS * SIDE))
    sheet.save(out, quality=82, method=6)


if __name__ == "__main__":
    main(*sys.argv[1:])
