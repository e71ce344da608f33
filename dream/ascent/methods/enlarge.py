"""The enlarge method: a picture doubled once or twice, with new detail grown in it after each doubling.

The networks look at tiles of a few hundred pixels, and so at the picture closer than before. What they ask for is let
into the picture only as far as it is finer than what the picture knew: composition and colours stay. Each sweep cuts
the picture into overlapping tiles at another place, one network a sweep; where tiles overlap their changes fade into
each other, so that no border is seen. Memory beyond the picture itself is bounded by the tile.
"""

from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate, count, product
from typing import Literal, NamedTuple

import numpy as np
import scipy.fft

from dream.ascent.methods.canvas import Canvas
from dream.ascent.methods.step import Ascent, Look, Step
from dream.ascent.networks import Turns
from dream.ascent.objectives import is_local
from dream.ascent.spectrum import COLOURS, cosine_decay
from dream.ascent.tiles import Stopped
from dream.errors import UserError
from dream.recipe import Comparison, Enlarge, Photo, Plan, Recipe, validated

TILE_SIDES = tuple(range(128, 385, 32))  # pixels; few, because convolutions prepare for each
OVERLAP = 64  # pixels of two tiles
PLAY = 64  # pixels, at the least, by which the tiles of a sweep may lie elsewhere than those of another
SWEEPS = 8  # over the whole picture, after each doubling
# Cycles a pixel: nothing coarser than the first grows, all that is finer than the second does. Twice the picture before
# could not know what is finer than 1/4; chosen by eye: what lies a little below gives new detail its shape.
COARSE, FINE = 1 / 32, 1 / 10
MIXED = COLOURS @ COLOURS.T  # colours change together, as in photos: less noise of colours


class Span(NamedTuple):
    """A tile along a side.

    Attributes:
        places: where it lies, in pixels; some may be beyond the borders.
        before, after: whether it has a neighbour there, with which it shares ``OVERLAP`` pixels.
    """

    places: range
    before: bool
    after: bool

    def weights(self) -> np.ndarray:
        """How much it counts at each place, float32: falls off towards its neighbours; with theirs it is 1 everywhere."""
        return _ramps(len(self.places), self.before, self.after)


def enlarge(picture: np.ndarray, method: Enlarge, ascent: Ascent) -> Iterator[Step]:
    """Steps along the gradient, a tile each, their coarse part taken off; until the end a smaller copy is shown."""
    turns, done, stopped = Turns(ascent.looks), 0, False
    for size, until in _doublings(picture.shape[:2], method):
        canvas, begun = Canvas(picture, size), done
        del picture  # its memory is needed
        scores: list[deque[float]] = [deque(maxlen=_tiles(size, look.view_sides)) for look in ascent.looks]
        for sweep, number, rows, columns in _sweeps(size, turns, ascent.rng):
            stopped = stopped or (done < until and not ascent.should_continue())
            if stopped or done == until:
                break
            look, latest = turns.look(sweep), scores[sweep % len(scores)]
            if number == 0:  # all tiles of a sweep move alike
                rate = cosine_decay(method.step, (done - begun) / (until - begun))
            try:
                latest.append(_grow(canvas, look, rows, columns, rate * look.weight))
            except Stopped:
                stopped = True
                break
            done += 1
            # Tiles differ in their scores: the mean over the picture is what can be compared.
            yield Step(turns.score(sweep, float(np.mean(latest))), canvas.shown.copy(), done / method.iterations)
        picture = canvas.finish()
    if done:
        yield Step(None, picture, done / method.iterations)


def iterations_for(size: tuple[int, int], times: int) -> int:
    """How many steps it takes to enlarge a picture of this height and width."""
    return SWEEPS * sum(_tiles(larger, TILE_SIDES) for larger in _sizes(size, times))


def enlargement(plan: Plan, size: tuple[int, int], sha256: str, times: Literal[2, 4]) -> Recipe:
    """The recipe that enlarges a dream, by what has grown in it.

    Args:
        plan: the dream's.
        size: height and width of its picture.
        sha256: of the picture's pixels; the recipe names it as a photo.
        times: how much longer a side gets.

    Raises:
        UserError: it is not one picture, or its objective looks at one place of it.
    """
    if isinstance(plan, Comparison):
        raise UserError("A comparison is a sheet of pictures: open one of them, and enlarge that.")
    if plan.method.is_film:
        raise UserError("An endless zoom is a film: only a single picture can be enlarged.")
    if is_local(plan.objective):
        raise UserError("A neuron has one place, and detail must grow everywhere: this dream cannot be enlarged.")
    start = validated(Photo, sha256=sha256, longest_side=max(size))
    method = Enlarge(times=times, iterations=iterations_for(size, times))
    return validated(Recipe, network=plan.network, start=start, objective=plan.objective, method=method, seed=plan.seed)


def _sizes(size: tuple[int, int], times: int) -> list[tuple[int, int]]:
    return [(size[0] * factor, size[1] * factor) for factor in (2, 4) if factor <= times]


def _doublings(size: tuple[int, int], method: Enlarge) -> Iterator[tuple[tuple[int, int], int]]:
    """The size after each doubling, and how many of all steps are done when the picture has its detail."""
    sizes = _sizes(size, method.times)
    tiles = list(accumulate(_tiles(larger, TILE_SIDES) for larger in sizes))
    return ((larger, round(method.iterations * up_to / tiles[-1])) for larger, up_to in zip(sizes, tiles))


def _sweeps(size: tuple[int, int], turns: Turns, rng: np.random.Generator) -> Iterator[tuple[int, int, Span, Span]]:
    """Sweep after sweep, without end: its number, and of each of its tiles the number, the rows and the columns."""
    for sweep in count():
        rows, columns = (_cut(length, turns.look(sweep).view_sides, rng) for length in size)
        yield from ((sweep, number, *tile) for number, tile in enumerate(product(rows, columns)))


def _cut(length: int, sides: tuple[int, ...], rng: np.random.Generator) -> list[Span]:
    """A side's tiles; the first and the last may reach beyond the borders."""
    side, tiles = _fitting(length, sides)
    first = -int(rng.integers(tiles * (side - OVERLAP) + OVERLAP - length + 1))
    starts = [first + number * (side - OVERLAP) for number in range(tiles)]
    return [Span(range(start, start + side), start > first, start < starts[-1]) for start in starts]


def _fitting(length: int, sides: tuple[int, ...]) -> tuple[int, int]:
    """The side of tiles that cover a length with the fewest pixels, and how many they are."""
    counts = {side: max(1, -(-(length + PLAY - OVERLAP) // (side - OVERLAP))) for side in sides}
    side = min(sides, key=lambda side: (counts[side] * side, counts[side]))
    return side, counts[side]


def _tiles(size: tuple[int, int], sides: tuple[int, ...]) -> int:
    """How many tiles a sweep has."""
    return _fitting(size[0], sides)[1] * _fitting(size[1], sides)[1]


def _grow(canvas: Canvas, look: Look, rows: Span, columns: Span, rate: float) -> float:
    """One step on one tile; returns its score."""
    seen = canvas.pixels(rows.places, columns.places)
    score, g = look.gradient(seen, 0)
    g = (g * (seen * (1 - seen / 255) / (np.abs(g).mean() + 1e-12))) @ MIXED  # by the logits, colours together
    size = seen.shape[:2]
    change = scipy.fft.irfft2(scipy.fft.rfft2(g, axes=(0, 1)) * _fine(size), size, axes=(0, 1))
    change *= np.float32(rate / (np.sqrt(np.mean(change * change)) + 1e-12))
    change *= rows.weights()[:, None, None] * columns.weights()[:, None]
    canvas.add(rows.places, columns.places, change)
    return score


@lru_cache(64)
def _ramps(side: int, before: bool, after: bool) -> np.ndarray:
    weights = np.ones(side, np.float32)
    ramp = 0.5 - 0.5 * np.cos(np.pi * (np.arange(OVERLAP) + 0.5) / OVERLAP)
    if before:
        weights[:OVERLAP] = ramp
    if after:
        weights[-OVERLAP:] = ramp[::-1]
    return weights


@lru_cache(32)
def _fine(size: tuple[int, int]) -> np.ndarray:
    """What is let through of each frequency: nothing coarse, of the rest 1/f as in photos; [height, width // 2 + 1, 1]."""
    frequency = np.hypot(np.fft.fftfreq(size[0])[:, None], np.fft.rfftfreq(size[1])[None])
    frequency = np.maximum(frequency, 1 / max(size))
    octaves = np.log(frequency / COARSE) / np.log(FINE / COARSE)
    weights = (0.5 - 0.5 * np.cos(np.pi * np.clip(octaves, 0, 1))) / frequency
    return weights.astype(np.float32)[..., None]
