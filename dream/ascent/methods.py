"""The methods, one function each. All work on a float32 picture [height, width, 3], RGB 0..255, not clipped on the way.

A method takes the start picture, a function from a picture to its score and gradient, its settings from the recipe,
the recipe's random generator, and ``go_on``, which it asks before every step. It yields a :class:`Step` after every
change of the pixels; told to stop, it brings the picture to its full size and yields that as a last Step.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from dream.ascent.pyramid import resize, split_octaves
from dream.recipe import Dream, Naive

Gradient = Callable[[np.ndarray], tuple[float, np.ndarray]]
GoOn = Callable[[], bool]


class Step(NamedTuple):
    """What one step made.

    Attributes:
        score: the objective before the step changed the picture; None where a stopped picture was only finished.
        picture: after the step, float32 [height, width, 3]; over several octaves it grows.
        progress: share of all the work that is done, 0..1.
    """

    score: float | None
    picture: np.ndarray
    progress: float


def naive(
    picture: np.ndarray, gradient: Gradient, method: Naive, rng: np.random.Generator, go_on: GoOn
) -> Iterator[Step]:
    """The book's loop: plain gradient ascent with the gradient brought to unit standard deviation."""
    for iteration in range(method.iterations):
        if not go_on():
            return
        score, g = gradient(picture)
        picture = picture + g / (g.std() + 1e-8) * method.step
        yield Step(score, picture, (iteration + 1) / method.iterations)


def dream(
    picture: np.ndarray, gradient: Gradient, method: Dream, rng: np.random.Generator, go_on: GoOn
) -> Iterator[Step]:
    """Octaves over a photo, details put back (Mordvintsev et al. 2015; TensorFlow's deepdream notebook)."""
    picture, details = split_octaves(picture, method.octaves, method.octave_scale)
    sizes = [picture.size, *(detail.size for detail in details)]
    work_done, work = 0, sum(sizes) * method.iterations
    going = True
    for octave, size in enumerate(sizes):
        if octave > 0:
            detail = details[octave - 1]
            picture = resize(picture, *detail.shape[:2]) + detail
        for _ in range(method.iterations):
            going = going and go_on()
            if not going:
                break
            score, g = _jittered(gradient, picture, method.jitter, rng)
            picture = picture + g * (method.step / (np.abs(g).mean() + 1e-7))
            work_done += size
            yield Step(score, picture, work_done / work)
    if not going:
        yield Step(None, picture, work_done / work)


def _jittered(
    gradient: Gradient, picture: np.ndarray, jitter: int, rng: np.random.Generator
) -> tuple[float, np.ndarray]:
    """The gradient of the picture rolled by a random offset, rolled back: its border leaves no seam."""
    if jitter == 0:
        return gradient(picture)
    right, down = rng.integers(jitter, size=2)
    score, g = gradient(np.roll(picture, (down, right), axis=(0, 1)))
    return score, np.roll(g, (-down, -right), axis=(0, 1))


METHODS: dict[type, Callable[..., Iterator[Step]]] = {Naive: naive, Dream: dream}
