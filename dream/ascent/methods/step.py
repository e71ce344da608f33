"""The interface of the methods: their input (Ascent) and what they yield (Step).

A method takes the start picture, float32 [height, width, 3], RGB 0..255, its settings from the recipe, and an
:class:`Ascent`. It yields a :class:`Step` after every change of the pixels, which are not clipped on the way; told to
stop, it brings the picture to its full size and yields that as a last Step.

In the middle of a step a gradient may raise :class:`~dream.ascent.tiles.Stopped`. A method that yields no last Step lets
it through; another one catches it and goes on as if the step had not begun.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dream.ascent.tiles import JitteredGradient


class Look(NamedTuple):
    """How one network looks at the picture.

    Attributes:
        gradient: from a picture and a jitter in pixels to the network's score and its gradient.
        view_sides: for a method that looks at views, the sides they have in pixels.
        weight: how much its steps count, 0..1.
    """

    gradient: JitteredGradient
    view_sides: tuple[int, ...]
    weight: float


class Ascent(NamedTuple):
    """What a method needs to follow the gradient.

    Attributes:
        looks: one a network; a method that looks at views takes them in turns.
        gradient: of all networks together, for a method that looks at the whole picture.
        rng: the recipe's generator of random numbers.
        should_continue: asked before every step; False ends the render.
        from_noise: whether the start is noise, not a photo.
    """

    looks: tuple[Look, ...]
    gradient: JitteredGradient
    rng: np.random.Generator
    should_continue: Callable[[], bool]
    from_noise: bool


class Step(NamedTuple):
    """The result of one gradient step.

    Attributes:
        score: the objective before the step changed the picture; None where it has only grown: to the next octave, or
            to its full size when it was stopped.
        picture: after the step, float32 [height, width, 3]; over several octaves it grows.
        progress: share of all the work that is done, 0..1.
    """

    score: float | None
    picture: np.ndarray
    progress: float
