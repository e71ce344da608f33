"""Dreams over photos, the default beside the classic one: figures of the pictures and seconds.

``python -m tests.bench.pictures [--sizes 640,320] [--keep FOLDER] [PHOTO …]``; without a PHOTO the five samples. A PHOTO
is a file or a sample's name. Each is dreamed ``BENCH_ROUNDS`` (2) times by both, in turns; of the seconds the least is
told, so that the first round, which traces graphs, does not count. CPU seconds are those of all threads of the process.
"""

import argparse
import os
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import scipy.ndimage
from PIL import Image

from dream.ascent.make import make
from dream.networks.zoo.catalog import load_network
from dream.pictures.decode import decode
from dream.pictures.display import to_uint8
from dream.pictures.start import pixels_sha256, start_picture
from dream.recipe import Dream, Layer, Photo, Recipe, Sample, Spectral
from dream.recipe.defaults import OVER_PHOTO
from dream.recipe.starts import SAMPLES

BLOCK = 32  # pixels a side
CHANGED = 8.0  # of 255
FINE = 1.0  # deviation, in pixels, of the blur that is taken off to see fine detail alone
WAYS = {
    "Classic": {"objective": Layer(layer="fire7"), "method": Dream()},
    "Dream": {"objective": OVER_PHOTO, "method": Spectral()},
}


def block_changes(photo: np.ndarray, dream: np.ndarray) -> np.ndarray:
    """Mean absolute change of each block, 0..255; blocks that do not fit in whole are left out.

    Args:
        photo, dream: [height, width, 3], RGB 0..255, equally large, at least a block.
    """
    rows, columns = (length // BLOCK for length in photo.shape[:2])
    change = np.abs(dream.astype(np.float32) - photo.astype(np.float32)).mean(axis=-1)
    blocks = change[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK)
    return blocks.mean(axis=(1, 3)).ravel()


def changed(blocks: np.ndarray) -> float:
    """Share of the blocks that have changed visibly."""
    return float((blocks > CHANGED).mean())


def evenness(blocks: np.ndarray) -> float:
    """Median of the blocks' change over its 95th percentile: 1 is the same everywhere, near 0 a few spots."""
    return float(np.median(blocks) / max(np.percentile(blocks, 95), 1e-6))


def chroma_noise(picture: np.ndarray) -> float:
    """Fine detail of the colours over that of the light: 0 is grey; photos have 0.4 to 1."""
    pixels = picture.astype(np.float32)
    light = pixels.mean(axis=-1, keepdims=True)
    fine_light, fine_colours = (
        each - scipy.ndimage.gaussian_filter(each, (FINE, FINE, 0)) for each in (light, pixels - light)
    )
    return float(np.sqrt((fine_colours**2).sum(axis=-1).mean() / max((fine_light**2).mean(), 1e-12)))


def clipped(picture: np.ndarray) -> float:
    """Share of the pixels with a colour at its very end, 0 or 255, as shown."""
    shown = np.rint(np.clip(picture, 0, 255))
    return float(((shown <= 0) | (shown >= 255)).any(axis=-1).mean())


load = cache(load_network)


@dataclass
class Measured:
    """What one way made of one photo: the pixels, and the least seconds of all rounds."""

    pixels: np.ndarray
    cpu: float = np.inf
    wall: float = np.inf


def measure(start: Sample | Photo, photos: dict[str, np.ndarray], rounds: int) -> dict[str, Measured]:
    """Every way's dream over a photo, in turns."""
    made: dict[str, Measured] = {}
    for _ in range(rounds):
        for way, said in WAYS.items():
            recipe = Recipe(start=start, **said)
            wall, cpu = time.perf_counter(), time.process_time()
            pixels = to_uint8(make(load, recipe, photos).picture, recipe.stretched)
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            one = made.setdefault(way, Measured(pixels))
            one.cpu, one.wall = min(one.cpu, cpu), min(one.wall, wall)
    return made


def row(name: str, way: str, photo: np.ndarray, one: Measured) -> str:
    """A line of the table; the photo's own figures in brackets."""
    blocks, (height, width) = block_changes(photo, one.pixels), photo.shape[:2]
    return (
        f"| {name} | {width}x{height} | {way} | {changed(blocks):.2f} | {evenness(blocks):.2f}"
        f" | {chroma_noise(one.pixels):.2f} ({chroma_noise(photo):.2f})"
        f" | {clipped(one.pixels):.1%} ({clipped(photo):.1%}) | {one.cpu:.1f} | {one.wall:.1f} |"
    )


def main(names: list[str], sizes: list[int], keep: Path | None) -> None:
    print("| photo | size | method | changed | evenness | chroma noise (photo) | clipped (photo) | CPU s | wall s |")
    print("|---|---|---|---|---|---|---|---|---|")
    files = {name: decode(Path(name).read_bytes()) for name in names if name not in SAMPLES}
    photos = {pixels_sha256(pixels): pixels for pixels in files.values()}
    for size in sizes:
        for name in names:
            start = Sample(name=name, longest_side=size) if name in SAMPLES else None
            start = start or Photo(sha256=pixels_sha256(files[name]), longest_side=size)
            photo = start_picture(start, np.random.default_rng(0), photos)
            for way, one in measure(start, photos, int(os.environ.get("BENCH_ROUNDS", "2"))).items():
                print(row(Path(name).stem, way, photo, one), flush=True)
                if keep:
                    keep.mkdir(parents=True, exist_ok=True)
                    Image.fromarray(one.pixels).save(keep / f"{Path(name).stem}-{size}-{way}.png")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", nargs="*", default=list(SAMPLES))
    parser.add_argument("--sizes", default="640")
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    main(given.photos, [int(size) for size in given.sizes.split(",")], given.keep)
