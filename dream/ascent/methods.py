"""The methods, one function each. All work on a float32 picture [height, width, 3], RGB 0..255, not clipped on the way.

A method takes the start picture, its settings from the recipe, and an :class:`Ascent`: what it climbs with. It yields
a :class:`Step` after every change of the pixels; told to stop, it brings the picture to its full size and yields that
as a last Step.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from dream.ascent.laplacian import normalised
from dream.ascent.pyramid import Details, octave_sizes, resize
from dream.ascent.tiles import JitteredGradient
from dream.recipe import Dream, Laplacian, Naive, Octaves


class Ascent(NamedTuple):
    """What a method climbs with.

    Attributes:
        gradient: from a picture and a jitter in pixels to the picture's score and gradient.
        rng: the recipe's generator of random numbers.
        go_on: asked before every step; False ends the render.
        from_noise: whether the start is noise, not a photo.
        view_sides: for a method that looks at views, the sides they have in pixels.
    """

    gradient: JitteredGradient
    rng: np.random.Generator
    go_on: Callable[[], bool]
    from_noise: bool
    view_sides: tuple[int, ...]


class Step(NamedTuple):
    """What one step made.

    Attributes:
        score: the objective before the step changed the picture; None where it has only grown: to the next octave, or
            to its full size when it was stopped.
        picture: after the step, float32 [height, width, 3]; over several octaves it grows.
        progress: share of all the work that is done, 0..1.
    """

    score: float | None
    picture: np.ndarray
    progress: float


def naive(picture: np.ndarray, method: Naive, ascent: Ascent) -> Iterator[Step]:
    """The book's loop: plain gradient ascent with the gradient brought to unit standard deviation."""
    for iteration in range(method.iterations):
        if not ascent.go_on():
            return
        score, g = ascent.gradient(picture, 0)
        picture = picture + _deviation_one(g) * method.step
        yield Step(score, picture, (iteration + 1) / method.iterations)


def octaves(picture: np.ndarray, method: Octaves, ascent: Ascent) -> Iterator[Step]:
    """Naive steps at several sizes, small to large (Mordvintsev, the Deep Dream notebook's multiscale rendering)."""
    yield from _multiscale(picture, method, ascent, _deviation_one)


def laplacian(picture: np.ndarray, method: Laplacian, ascent: Ascent) -> Iterator[Step]:
    """As octaves, the gradient's frequencies made equally strong (the Deep Dream notebook's ``render_lapnorm``)."""
    yield from _multiscale(picture, method, ascent, lambda g: normalised(g, method.laplacian_levels))


def dream(picture: np.ndarray, method: Dream, ascent: Ascent) -> Iterator[Step]:
    """Octaves over a photo, details put back (Mordvintsev et al. 2015; TensorFlow's deepdream notebook)."""
    sizes = octave_sizes(*picture.shape[:2], method.octaves, method.octave_scale, growing=False)
    details = Details(picture, sizes)
    picture = details.smallest()

    def climb(picture: np.ndarray, g: np.ndarray) -> np.ndarray:
        g *= method.step / (_mean_size(g) + 1e-7)
        g += picture
        return g

    yield from _through_octaves(picture, sizes, method, ascent, details.grow, climb)


def _multiscale(
    picture: np.ndarray, method: Octaves, ascent: Ascent, to_unit: Callable[[np.ndarray], np.ndarray]
) -> Iterator[Step]:
    sizes = octave_sizes(*picture.shape[:2], method.octaves, method.octave_scale, growing=ascent.from_noise)
    if not ascent.from_noise:
        picture = resize(picture, *sizes[0])

    def grow(picture: np.ndarray, octave: int) -> np.ndarray:
        return resize(picture, *sizes[octave])

    def climb(picture: np.ndarray, g: np.ndarray) -> np.ndarray:
        return picture + to_unit(g) * method.step

    yield from _through_octaves(picture, sizes, method, ascent, grow, climb)


def _through_octaves(
    picture: np.ndarray,
    sizes: list[tuple[int, int]],
    method: Octaves,
    ascent: Ascent,
    grow: Callable[[np.ndarray, int], np.ndarray],
    climb: Callable[[np.ndarray, np.ndarray], np.ndarray],
) -> Iterator[Step]:
    """``iterations`` steps at each size; the progress counts pixels. ``climb`` may write into the gradient."""
    pixels = [height * width for height, width in sizes]
    work_done, work = 0, sum(pixels) * method.iterations
    going = True
    for octave in range(len(sizes)):
        if octave > 0:
            picture = grow(picture, octave)
            if going:  # whoever holds the smaller one lets it go before the next gradient needs the memory
                yield Step(None, picture, work_done / work)
        for _ in range(method.iterations):
            going = going and ascent.go_on()
            if not going:
                break
            score, g = ascent.gradient(picture, method.jitter)
            picture = climb(picture, g)
            del g  # it may be the picture now, and must not outlive it into the next octave
            work_done += pixels[octave]
            yield Step(score, picture, work_done / work)
    if not going:
        yield Step(None, picture, work_done / work)


def _deviation_one(g: np.ndarray) -> np.ndarray:
    return g / (g.std() + 1e-8)


def _mean_size(g: np.ndarray) -> np.float32:
    """Mean of absolute values, without a second array as large as a big picture."""
    rows = max(1, 2**22 // g[0].size)
    parts = [g[top : top + rows] for top in range(0, len(g), rows)]
    return np.float32(np.average([np.abs(part).mean() for part in parts], weights=[part.size for part in parts]))
