"""Google's method of 2015: octaves over a photo, the detail lost in shrinking put back."""

from collections.abc import Iterator

import numpy as np

from dream.ascent.methods.octaves import through_octaves
from dream.ascent.methods.step import Ascent, Step
from dream.ascent.pyramid import Details, octave_sizes
from dream.recipe import Dream


def dream(picture: np.ndarray, method: Dream, ascent: Ascent) -> Iterator[Step]:
    """Octaves over a photo, details put back (Mordvintsev et al. 2015; TensorFlow's deepdream notebook)."""
    height, width = picture.shape[:2]
    sizes = octave_sizes(height, width, method.octaves, method.octave_scale, growing=False)
    details = Details(picture, sizes)
    picture = details.smallest()

    def update(picture: np.ndarray, g: np.ndarray) -> np.ndarray:
        g *= method.step / (_mean_size(g) + 1e-7)
        g += picture
        return g

    yield from through_octaves(picture, sizes, method, ascent, details.grow, update)


def _mean_size(g: np.ndarray) -> np.float32:
    """Mean of absolute values, without a second array as large as a big picture."""
    rows = max(1, 2**22 // g[0].size)
    parts = [g[top : top + rows] for top in range(0, len(g), rows)]
    return np.float32(np.average([np.abs(part).mean() for part in parts], weights=[part.size for part in parts]))
