"""Gradients without seams: of the picture rolled by a random offset, and of big pictures tile by tile.

They can be stopped before they are done.
"""

from collections.abc import Callable
from itertools import pairwise
from threading import Event, Thread

import numpy as np

from dream.private_apis import Cancellation

MARGIN = 16  # a tile's margin is this part of it
ASK_EVERY = 0.1  # seconds, whether to stop

Gradient = Callable[[np.ndarray], tuple[float, np.ndarray]]
JitteredGradient = Callable[[np.ndarray, int], tuple[float, np.ndarray]]


class Stopped(Exception):
    """A render was told to stop in the middle of a step: the step is dropped, and the picture is what it was before."""


def interruptible(gradient: Callable, stop: Callable[[], bool]) -> Gradient:
    """A gradient function that asks ``stop`` while it computes too, and raises :class:`Stopped` where it says True.

    For gradients that take seconds for a single tile. ``gradient`` is of :meth:`dream.networks.graph.Network.gradient`.
    """

    def evaluate(picture: np.ndarray) -> tuple[float, np.ndarray]:
        cancellation, computed = Cancellation(), Event()

        def watch() -> None:
            while not computed.wait(ASK_EVERY):
                if stop():
                    cancellation.cancel()
                    return

        watcher = Thread(target=watch, name="watch-for-stop", daemon=True)
        watcher.start()
        try:
            return gradient(picture, cancellation=cancellation)
        except InterruptedError:
            raise Stopped from None
        finally:
            computed.set()
            watcher.join()  # nothing is asked from two threads at once

    return evaluate


def jittered(
    gradient: Gradient,
    tile: int,
    rng: np.random.Generator,
    still: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> JitteredGradient:
    """Makes a gradient function that rolls and tiles; ``still``, it does not roll pictures that fit into a tile.

    The function takes a picture, float32 [height, width, 3], and ``jitter``; it rolls the picture by less than
    ``jitter`` pixels each way, takes the score and the gradient, and rolls that back, so that borders leave no seam.

    A picture with more than ``tile`` pixels a side is rolled by up to a tile instead and cut into equal tiles, no
    larger than that; of each a margin is looked at but its gradient left to the neighbour, because a network responds
    less at the border of what it sees. Score and gradient are weighted so that for an objective that is a mean they
    are of the size that the whole picture would have. Memory beyond the picture's and the gradient's own is bounded by
    the tile. The published notebook's ``calc_grad_tiled`` has no margin and leaves a strip without gradient.

    ``stop`` is asked before every tile of a cut picture; where it says True, the function raises :class:`Stopped`.
    """

    def evaluate(picture: np.ndarray, jitter: int) -> tuple[float, np.ndarray]:
        height, width = picture.shape[:2]
        big = max(height, width) > tile
        reach = tile if big else 0 if still else jitter
        right, down = rng.integers(reach, size=2) if reach else (0, 0)
        if not big:
            score, g = gradient(np.roll(picture, (down, right), axis=(0, 1)))
            return score, np.roll(g, (-down, -right), axis=(0, 1))
        whole, whole_score = np.empty_like(picture), 0.0
        for rows, inner_rows in _parts(height, tile, down):
            for columns, inner_columns in _parts(width, tile, right):
                if stop():
                    raise Stopped
                score, g = gradient(picture[np.ix_(rows, columns)])
                inner = g[inner_rows, inner_columns] * np.float32(g.size / picture.size)
                whole[np.ix_(rows[inner_rows], columns[inner_columns])] = inner
                whole_score += score * inner.size / picture.size
        return whole_score, whole

    return evaluate


def _parts(length: int, tile: int, shift: int) -> list[tuple[np.ndarray, slice]]:
    """Equal parts of a side as they lie after rolling by ``shift``: a part's indices, and which of them are its own.

    With its margins on both sides, of the neighbours' pixels, a part is no longer than a tile.
    """
    if length <= tile:
        return [((np.arange(length) - shift) % length, slice(None))]
    margin = tile // MARGIN
    count = -(-length // (tile - 2 * margin))
    ends = np.linspace(0, length, count + 1).astype(int)
    own = slice(margin, -margin)
    return [((np.arange(a - margin, b + margin) - shift) % length, own) for a, b in pairwise(ends)]
