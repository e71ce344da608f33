"""Pictures of classes from noise, for :mod:`tests.bench.judge`. ``python -m tests.bench.classes FOLDER [FIELD=VALUE …]``.

Forty classes at 224x224: every 25th, from ``BENCH_FIRST_CLASS`` (0) on, imagined by ``BENCH_NETWORKS``
(squeezenet,efficientnet-lite0). ``FIELD=VALUE`` changes a setting of the fourier method. The settings were chosen with
other classes; those from 0 on are held out.
"""

import json
import os
import sys
import time
from pathlib import Path
from statistics import mean

from PIL import Image

from dream.ascent.make import make
from dream.ascent.objectives import class_objective
from dream.networks.zoo.catalog import load_network
from dream.pictures.display import to_uint8
from dream.recipe import Fourier, Noise, Recipe
from dream.recipe.defaults import TOGETHER


def main(folder: str, *changes: str) -> None:
    names = os.environ.get("BENCH_NETWORKS", ",".join(TOGETHER)).split(",")
    networks = {name: load_network(name) for name in names}
    method = Fourier(**{name: json.loads(value) for name, value in (change.split("=") for change in changes)})
    Path(folder).mkdir(parents=True, exist_ok=True)
    wall, cpu = [], []
    for index in range(int(os.environ.get("BENCH_FIRST_CLASS", "0")), 1000, 25):
        objective = class_objective(list(networks.values()), index)
        recipe = Recipe(network=names[0], start=Noise(), objective=objective, method=method)
        started, worked = time.monotonic(), time.process_time()
        picture = to_uint8(make(networks.__getitem__, recipe).picture, recipe.stretched)
        wall.append(time.monotonic() - started)
        cpu.append(time.process_time() - worked)
        Image.fromarray(picture).save(Path(folder, f"{index:03d}.png"))
    print(f"{len(wall)} classes; after the first {mean(wall[1:]):.1f} s each, {mean(cpu[1:]):.1f} CPU seconds")


if __name__ == "__main__":
    main(*sys.argv[1:])
