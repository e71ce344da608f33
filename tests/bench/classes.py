"""Pictures of classes from noise, for :mod:`tests.bench.judge`. ``python -m tests.bench.classes FOLDER [FIELD=VALUE …]``.

Forty classes of squeezenet at 224x224: every 25th, from ``BENCH_FIRST_CLASS`` (0) on. ``FIELD=VALUE`` changes a setting
of the fourier method. The settings were chosen with the classes from 12 on; those from 0 on are held out.
"""

import json
import os
import sys
import time
from pathlib import Path

from PIL import Image

from dream.ascent.make import make
from dream.networks.zoo.catalog import load_network
from dream.pictures.display import to_uint8
from dream.recipe import Class, Fourier, Noise, Recipe


def main(folder: str, *changes: str) -> None:
    network = load_network()
    method = Fourier(**{name: json.loads(value) for name, value in (change.split("=") for change in changes)})
    Path(folder).mkdir(parents=True, exist_ok=True)
    seconds = []
    for index in range(int(os.environ.get("BENCH_FIRST_CLASS", "0")), 1000, 25):
        recipe = Recipe(start=Noise(), objective=Class(index=index), method=method)
        started = time.monotonic()
        picture = to_uint8(make(lambda _: network, recipe).picture, recipe.stretched)
        seconds.append(time.monotonic() - started)
        Image.fromarray(picture).save(Path(folder, f"{index:03d}.png"))
    print(f"{len(seconds)} classes, {sum(seconds[1:]) / len(seconds[1:]):.1f} s each after the first")


if __name__ == "__main__":
    main(*sys.argv[1:])
