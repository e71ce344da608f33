"""The fourier method: what does this channel or class look like?

The picture is not climbed pixel by pixel, which ends in fine-grained noise, but as a spectrum (:mod:`.spectrum`). Each
step looks at one random view of it (:mod:`.views`), through one of the network's ghosts (:mod:`.ghosts`). What only one
alignment, one size, or these very weights would answer to does not grow; what grows, other networks see too.
"""

from collections.abc import Iterator

import numpy as np

from dream.ascent.methods import Ascent, Step
from dream.ascent.spectrum import Painter, falling
from dream.ascent.views import random_view
from dream.recipe import Fourier


def fourier(picture: np.ndarray, method: Fourier, ascent: Ascent) -> Iterator[Step]:
    """Adam on the picture's spectrum under random views; noise begins as noise with a natural photo's spectrum."""
    size = picture.shape[:2]
    painter = Painter(picture, ascent.from_noise, method.decay)
    shares = (method.smallest_view, method.largest_view)
    for iteration in range(method.iterations):
        if not ascent.go_on():
            return
        view = random_view(size, ascent.view_sides, shares, method.rotation, ascent.rng)
        score, g = ascent.gradient(view.see(painter.picture), 0)
        painter.climb(view.see_back(g), falling(method.step, iteration / method.iterations))
        yield Step(score, painter.picture, (iteration + 1) / method.iterations)
