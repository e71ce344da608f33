"""A dream enlarged: figures of the picture, seams, CPU seconds and peak memory.

``python -m tests.bench.enlarge [--times 2] [--keep FOLDER] [--memory SIDE] [DREAM.png …]``

Each dream is enlarged by its own recipe. Told are: how far the result, scaled down again (Lanczos), is from the dream;
fine detail of the light (less a blur of one pixel) beside that of the dream enlarged by Lanczos alone; noise of the colours
(:mod:`tests.bench.pictures`); seams: mean difference of neighbouring pixels across the middle of where two tiles of a
sweep overlap, by the same beside it, in what has been grown, across and down.
``--memory`` enlarges a sample to that many pixels a side with few steps, once all over, in a process that has done nothing
else: the peak is the process's. Its longest wait for a look at the stop sign is while the second doubling is prepared,
which a stopped dream needs as well.
"""

import argparse
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from unittest.mock import patch

import numpy as np
import scipy.ndimage
from PIL import Image

from dream.ascent.make import make
from dream.ascent.methods.canvas import Canvas
from dream.ascent.methods.enlarge import OVERLAP, SWEEPS, enlargement, iterations_for
from dream.networks.zoo.catalog import load_network
from dream.pictures.display import to_uint8
from dream.pictures.png import encode_png, recipe_in
from dream.pictures.start import pixels_sha256, sample, scaled
from dream.recipe import Enlarge, Photo, Recipe
from dream.recipe.defaults import OVER_PHOTO
from tests.bench.pictures import FINE, chroma_noise

BESIDE, EVERY = 48, 4  # pixels looked at on either side; of an enlarged picture every second or fourth is alike
load = cache(load_network)


def seam(differences: np.ndarray, borders: list[int]) -> float:
    """The mean of some of the differences of neighbours, [length - 1], by that of those beside them; 1 is no seam."""
    borders = [x for x in borders if BESIDE <= x < len(differences) - BESIDE]
    beside = [x + by for x in borders for by in range(-BESIDE, BESIDE + 1, EVERY) if by]
    return float(differences[borders].mean() / differences[beside].mean()) if borders else 1.0


def fine(picture: np.ndarray) -> float:
    """Deviation of the light's fine detail, 0..255."""
    light = picture.astype(np.float32).mean(axis=-1)
    return float(np.sqrt(np.mean((light - scipy.ndimage.gaussian_filter(light, FINE)) ** 2)))


@contextmanager
def cuts() -> Iterator[list]:
    """Every cut of a side into tiles while the context lasts: its length, and the tiles."""
    seen: list = []
    module = sys.modules[enlargement.__module__]
    original = module._cut

    def watched(length, sides, rng):
        seen.append((length, original(length, sides, rng)))
        return seen[-1][1]

    with patch.object(module, "_cut", watched):
        yield seen


def seams(change: np.ndarray, seen: list) -> tuple[float, float]:
    """Those across and down, of all sweeps over the picture at its last size."""
    found = []
    for axis in (1, 0):
        middles = [
            span.places.start + OVERLAP // 2
            for length, spans in seen
            for span in spans
            if span.before and length == change.shape[axis]
        ]
        found.append(seam(np.abs(np.diff(change, axis=axis)).mean(axis=(1 - axis, 2)), middles))
    return found[0], found[1]


def row(path: Path, times: int, keep: Path | None) -> str:
    """Enlarges a dream; a line of the table."""
    content = path.read_bytes()
    with Image.open(path) as image:
        dream = np.asarray(image.convert("RGB"))
    sha256 = pixels_sha256(dream)
    recipe = enlargement(recipe_in(content), dream.shape[:2], sha256, times)
    with cuts() as seen:
        started = time.process_time()
        made = make(load, recipe, {sha256: dream})
        seconds = time.process_time() - started
    pixels, (height, width) = to_uint8(made.picture, stretched=False), made.picture.shape[:2]
    again = np.asarray(Image.fromarray(pixels).resize(dream.shape[1::-1], Image.Resampling.LANCZOS))
    off = np.abs(again.astype(np.float32) - dream).mean()
    lanczos = np.asarray(Image.fromarray(dream).resize((width, height), Image.Resampling.LANCZOS))
    change = made.picture - Canvas(dream.astype(np.float32), (height, width)).finish()
    across, down = seams(change, seen)
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        (keep / f"{path.stem}-{times}.png").write_bytes(encode_png(pixels, made.plan))
    return (
        f"| {path.stem} | {width}x{height} | {off:.1f} | {fine(pixels):.1f} ({fine(lanczos):.1f})"
        f" | {chroma_noise(pixels):.2f} ({chroma_noise(lanczos):.2f}) | {across:.3f} {down:.3f}"
        f" | {seconds:.1f} | {seconds / (width * height / 1e6):.1f} |"
    )


def memory(side: int) -> str:
    """A sample enlarged to so many pixels a side, every place looked at once; a line of a table."""
    start = scaled(sample("astronaut"), side // 4)
    steps = iterations_for(start.shape[:2], 4) // SWEEPS
    photo = Photo(sha256=pixels_sha256(start), longest_side=side // 4)
    recipe = Recipe(start=photo, objective=OVER_PHOTO, method=Enlarge(times=4, iterations=steps))
    looks: list[float] = []  # when the stop sign was looked at

    def asked() -> bool:
        looks.append(time.process_time())
        return False

    made = make(load, recipe, {photo.sha256: start}, stop=asked)
    encode_png(to_uint8(made.picture, stretched=False), made.plan)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    height, width = made.picture.shape[:2]
    between = np.sort(np.diff(looks))
    return (
        f"| {width}x{height} | {steps} | {time.process_time():.0f} | {peak:.2f} GiB"
        f" | {np.median(between):.2f}, {between[-2]:.2f}, {between[-1]:.2f} |"
    )


def main(paths: list[Path], times: int, keep: Path | None, side: int | None) -> None:
    if side:
        print(
            "| picture | steps | CPU s | peak memory | CPU s from look to look at the stop sign: median, second longest, longest |\n|---|---|---|---|---|"
        )
        print(memory(side))
        return
    print("| dream | enlarged | off by | fine (Lanczos) | chroma noise (Lanczos) | seams | CPU s | CPU s a megapixel |")
    print("|---|---|---|---|---|---|---|---|")
    for path in paths:
        print(row(path, times, keep), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dreams", nargs="*", type=Path)
    parser.add_argument("--times", type=int, choices=[2, 4], default=2)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--memory", type=int, metavar="SIDE")
    given = parser.parse_args()
    main(given.dreams, given.times, given.keep, given.memory)
