"""Gradients without seams: of the picture rolled by a random offset, and of big pictures tile by tile."""

from collections.abc import Callable

import numpy as np

Gradient = Callable[[np.ndarray], tuple[float, np.ndarray]]
JitteredGradient = Callable[[np.ndarray, int], tuple[float, np.ndarray]]


def jittered(gradient: Gradient, tile: int, rng: np.random.Generator) -> JitteredGradient:
    """Makes a gradient function that rolls and tiles.

    The function takes a picture, float32 [height, width, 3], and ``jitter``; it rolls the picture by less than
    ``jitter`` pixels each way, takes the score and the gradient, and rolls that back, so that borders leave no seam.

    A picture with more than ``tile`` pixels a side is rolled by up to a tile instead and cut into equal tiles, no
    larger than that; score and gradient are those of the tiles, each weighted by its share of the picture (so that
    for an objective that is a mean they are of the size that the whole picture would have). Memory beyond the
    picture's and the gradient's own is bounded by the tile. As in the published notebook's ``calc_grad_tiled``,
    but for its tiles of a fixed size, which leave a strip without gradient.
    """

    def evaluate(picture: np.ndarray, jitter: int) -> tuple[float, np.ndarray]:
        height, width = picture.shape[:2]
        big = max(height, width) > tile
        reach = tile if big else jitter
        right, down = rng.integers(reach, size=2) if reach else (0, 0)
        if not big:
            score, g = gradient(np.roll(picture, (down, right), axis=(0, 1)))
            return score, np.roll(g, (-down, -right), axis=(0, 1))
        whole, whole_score = np.empty_like(picture), 0.0
        for rows in _parts(height, tile, down):
            for columns in _parts(width, tile, right):
                place = np.ix_(rows, columns)
                share = rows.size * columns.size / (height * width)
                score, g = gradient(picture[place])
                whole[place] = g * np.float32(share)
                whole_score += score * share
        return whole_score, whole

    return evaluate


def _parts(length: int, tile: int, shift: int) -> list[np.ndarray]:
    """Indices of equal parts of a side, no longer than a tile, as they lie after rolling by ``shift``."""
    return np.array_split((np.arange(length) - shift) % length, -(-length // tile))
