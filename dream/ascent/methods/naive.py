"""The book's loop: plain gradient ascent at one size."""

from collections.abc import Iterator

import numpy as np

from dream.ascent.methods.step import Ascent, Step
from dream.recipe import Naive


def naive(picture: np.ndarray, method: Naive, ascent: Ascent) -> Iterator[Step]:
    """The book's loop: plain gradient ascent with the gradient brought to unit standard deviation."""
    for iteration in range(method.iterations):
        if not ascent.should_continue():
            return
        score, g = ascent.gradient(picture, 0)
        picture = picture + deviation_one(g) * method.step
        yield Step(score, picture, (iteration + 1) / method.iterations)


def deviation_one(g: np.ndarray) -> np.ndarray:
    """The gradient with a standard deviation of one."""
    return g / (g.std() + 1e-8)
