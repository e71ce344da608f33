"""A big dream: the process's peak memory, and whether tiles leave seams. ``python -m tests.bench.big [SIDE]``.

The seam: mean difference of neighbouring pixels across the last step's tile borders, by the same elsewhere.
"""

import os
import resource
import sys
import time

import numpy as np

from dream.ascent.render import make_dream
from dream.ascent.tiles import _parts
from dream.networks.zoo import load_network
from dream.pictures.shown import shown
from dream.recipe import Dream, Layer, Recipe, Sample


def seam(picture: np.ndarray, tile: int, shift: int) -> float:
    """The ratio for borders between columns, of tiles rolled to the right by ``shift``; 1 is no seam."""
    width = picture.shape[1]
    borders = [int(part[inner][-1]) for part, inner in _parts(width, tile, shift)]
    inside = np.ones(width - 1, bool)
    differences = np.array([np.abs(picture[:, x + 1] - picture[:, x]).mean() for x in range(width - 1)])
    at_borders = [x for x in borders if x < width - 1]
    inside[at_borders] = False
    return float(differences[at_borders].mean() / differences[inside].mean())


def main(side: int) -> None:
    method = Dream(octaves=2, iterations=int(os.environ.get("BENCH_ITERATIONS", "2")))
    recipe = Recipe(start=Sample(name="astronaut", longest_side=side), objective=Layer(layer="fire5"), method=method)
    network = load_network()
    started = time.perf_counter()
    dream = make_dream(network, recipe)
    pixels = shown(dream.picture, recipe.stretched)
    seconds = time.perf_counter() - started
    shifts = np.random.default_rng(recipe.seed).integers(recipe.tile, size=(recipe.steps, 2))
    across = seam(dream.picture, recipe.tile, int(shifts[-1][0]))
    down = seam(dream.picture.transpose(1, 0, 2), recipe.tile, int(shifts[-1][1]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print("| picture | steps | seconds | peak memory | seams, 1 is none |\n|---|---|---|---|---|")
    print(
        f"| {pixels.shape[1]}x{pixels.shape[0]} | {recipe.steps} | {seconds:.0f} | {peak:.2f} GiB | {across:.3f} across, {down:.3f} down |"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8192)
