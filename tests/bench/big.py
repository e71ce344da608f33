"""A big dream: the process's peak memory, and whether tiles leave seams. ``python -m tests.bench.big [SIDE]``.

The seam: mean difference of neighbouring pixels across the last step's tile borders, by the same beside them, in what
the dream has changed: the photo itself has more in some columns than in others.
"""

import os
import resource
import sys
import time

import numpy as np

from dream.ascent.make import make
from dream.ascent.tiles import _parts
from dream.networks.zoo.catalog import load_network
from dream.pictures.display import to_uint8
from dream.pictures.start import start_picture
from dream.recipe import Dream, Layer, Recipe, Sample

BESIDE = 48  # columns looked at on either side of a border


def seam(change: np.ndarray, tile: int, shift: int) -> float:
    """The ratio for borders between columns, of tiles rolled to the right by ``shift``; 1 is no seam."""
    width = change.shape[1]
    borders = [int(part[inner][-1]) for part, inner in _parts(width, tile, shift)]
    borders = [x for x in borders if BESIDE < x < width - BESIDE - 1]
    beside = [x + by for x in borders for by in range(-BESIDE, BESIDE) if by]

    def difference(columns: list[int]) -> float:
        return float(np.mean([np.abs(change[:, x + 1] - change[:, x]).mean() for x in columns]))

    return difference(borders) / difference(beside)


def main(side: int) -> None:
    method = Dream(octaves=2, iterations=int(os.environ.get("BENCH_ITERATIONS", "2")))
    recipe = Recipe(start=Sample(name="astronaut", longest_side=side), objective=Layer(layer="fire5"), method=method)
    network = load_network()
    started = time.perf_counter()
    dream = make(lambda _: network, recipe)
    pixels = to_uint8(dream.picture, recipe.stretched)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    shifts = np.random.default_rng(recipe.seed).integers(recipe.tile, size=(recipe.steps, 2))
    change = dream.picture - start_picture(recipe.start, np.random.default_rng(recipe.seed))
    across = seam(change, recipe.tile, int(shifts[-1][0]))
    down = seam(change.transpose(1, 0, 2), recipe.tile, int(shifts[-1][1]))
    print("| picture | steps | seconds | peak memory | seams, 1 is none |\n|---|---|---|---|---|")
    print(
        f"| {pixels.shape[1]}x{pixels.shape[0]} | {recipe.steps} | {seconds:.0f} | {peak:.2f} GiB | {across:.3f} across, {down:.3f} down |"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8192)
