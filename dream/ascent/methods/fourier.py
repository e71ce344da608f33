"""The fourier method: what does this channel or class look like?

The picture is not climbed pixel by pixel, which ends in fine-grained noise, but as a spectrum (:mod:`.spectrum`). Each
step looks at one random view of it (:mod:`.views`), through one of the network's ghosts (:mod:`.ghosts`). What only one
alignment, one size, or these very weights would answer to does not grow; what grows, other networks see too.
"""

from collections.abc import Iterator

import numpy as np

from dream.ascent.methods.fourier_revision_1 import fourier_revision_1
from dream.ascent.methods.step import Ascent, Step
from dream.ascent.networks import Turns
from dream.ascent.spectrum import FourierImage, cosine_decay
from dream.ascent.views import random_view
from dream.recipe import Fourier


def fourier(picture: np.ndarray, method: Fourier, ascent: Ascent) -> Iterator[Step]:
    """Adam on the picture's spectrum under random views; noise begins as noise with a natural photo's spectrum."""
    if method.revision == 1:
        yield from fourier_revision_1(picture, method, ascent)
        return
    size = picture.shape[:2]
    image = FourierImage(picture, ascent.from_noise, method.decay)
    shares = (method.smallest_view, method.largest_view)
    turns = Turns(ascent.looks)
    for iteration in range(method.iterations):
        if not ascent.should_continue():
            return
        look = turns.look(iteration)
        view = random_view(size, look.view_sides, shares, method.rotation, ascent.rng, method.reach)
        score, g = look.gradient(view.apply(image.picture), 0)
        rate = look.weight * cosine_decay(method.step, iteration / method.iterations)
        image.ascend(view.apply_transpose(g), rate)
        yield Step(turns.score(iteration, score), image.picture, (iteration + 1) / method.iterations)
