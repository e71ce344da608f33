"""Steps at several sizes, small to large: octaves, and with equally strong frequencies the Laplacian method."""

from collections.abc import Callable, Iterator

import numpy as np

from dream.ascent.laplacian import normalised
from dream.ascent.methods.naive import deviation_one
from dream.ascent.methods.step import Ascent, Step
from dream.ascent.pyramid import octave_sizes, resize
from dream.ascent.tiles import Stopped
from dream.recipe import Laplacian, Octaves
from dream.recipe.methods import SeveralSizes


def octaves(picture: np.ndarray, method: Octaves, ascent: Ascent) -> Iterator[Step]:
    """Naive steps at several sizes, small to large (Mordvintsev, the Deep Dream notebook's multiscale rendering)."""
    yield from _multiscale(picture, method, ascent, deviation_one)


def laplacian(picture: np.ndarray, method: Laplacian, ascent: Ascent) -> Iterator[Step]:
    """As octaves, the gradient's frequencies made equally strong (the Deep Dream notebook's ``render_lapnorm``)."""
    yield from _multiscale(picture, method, ascent, lambda g: normalised(g, method.laplacian_levels))


def _multiscale(
    picture: np.ndarray, method: SeveralSizes, ascent: Ascent, to_unit: Callable[[np.ndarray], np.ndarray]
) -> Iterator[Step]:
    height, width = picture.shape[:2]
    sizes = octave_sizes(height, width, method.octaves, method.octave_scale, growing=ascent.from_noise)
    if not ascent.from_noise:
        picture = resize(picture, *sizes[0])

    def grow(picture: np.ndarray, octave: int) -> np.ndarray:
        return resize(picture, *sizes[octave])

    def update(picture: np.ndarray, g: np.ndarray) -> np.ndarray:
        return picture + to_unit(g) * method.step

    yield from through_octaves(picture, sizes, method, ascent, grow, update)


def through_octaves(
    picture: np.ndarray,
    sizes: list[tuple[int, int]],
    method: SeveralSizes,
    ascent: Ascent,
    grow: Callable[[np.ndarray, int], np.ndarray],
    update: Callable[[np.ndarray, np.ndarray], np.ndarray],
) -> Iterator[Step]:
    """``iterations`` steps at each size; the progress counts pixels. ``update`` may write into the gradient."""
    pixels = [height * width for height, width in sizes]
    work_done, work = 0, sum(pixels) * method.iterations
    going = True
    for octave in range(len(sizes)):
        if octave > 0:
            picture = grow(picture, octave)
            if going:  # whoever holds the smaller one lets it go before the next gradient needs the memory
                yield Step(None, picture, work_done / work)
        for _ in range(method.iterations):
            going = going and ascent.should_continue()
            if not going:
                break
            try:
                score, g = ascent.gradient(picture, method.jitter)
            except Stopped:
                going = False
                break
            picture = update(picture, g)
            del g  # it may be the picture now, and must not outlive it into the next octave
            work_done += pixels[octave]
            yield Step(score, picture, work_done / work)
    if not going:
        yield Step(None, picture, work_done / work)
