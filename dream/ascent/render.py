"""The one way from a recipe to a dream: a recipe goes in, frames come out, a dream is kept."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from dream.ascent.methods import METHODS
from dream.ascent.objectives import scalar_of
from dream.errors import UserError
from dream.networks.graph import Network
from dream.pictures.start import start_picture
from dream.recipe import Recipe


@dataclass(frozen=True)
class Frame:
    """The picture after a step.

    Attributes:
        step: 1 for the first; out of ``steps``.
        score: the objective's value, measured before this step changed the picture; None for the last frame of a
            stopped render, which only finishes the picture.
        picture: float32 [height, width, 3], RGB, not clipped; :func:`dream.pictures.shown` makes it visible.
        progress: share of the work done, 0..1.
    """

    step: int
    steps: int
    score: float | None
    picture: np.ndarray
    progress: float


@dataclass(frozen=True)
class Dream:
    """The resulting picture (float32 [height, width, 3], RGB, not clipped) with its recipe and its scores."""

    picture: np.ndarray
    recipe: Recipe
    scores: tuple[float, ...]


def check(network: Network, recipe: Recipe) -> None:
    """Raises UserError where this network cannot follow this recipe; takes milliseconds."""
    if recipe.network != network.name:
        raise UserError(f"The recipe is for {recipe.network}, not for {network.name}.")
    scalar_of(recipe.objective, network)


def render(
    network: Network, recipe: Recipe, photo: np.ndarray | None = None, stop: Callable[[], bool] = lambda: False
) -> Iterator[Frame]:
    """Follows a recipe and yields a Frame a step.

    Args:
        network: the one that the recipe names.
        recipe: what to do.
        photo: the pixels, uint8 [height, width, 3], where the recipe starts from a photo.
        stop: asked before every step; True ends the render early, with a last Frame at the picture's full size.

    Raises:
        UserError: the recipe does not fit the network or the photo, with what to do.
    """
    scalar = scalar_of(recipe.objective, network)
    rng = np.random.default_rng(recipe.seed)
    picture = start_picture(recipe.start, rng, photo)
    network.check_size(scalar.tensors, *_smallest_size(picture, recipe))
    gradient = network.gradient(scalar)
    steps_done = 0

    def go_on() -> bool:
        return steps_done < recipe.steps and not stop()

    for step in METHODS[type(recipe.method)](picture, gradient, recipe.method, rng, go_on):
        steps_done += step.score is not None
        yield Frame(steps_done, recipe.method.steps, step.score, step.picture, step.progress)


def make_dream(
    network: Network,
    recipe: Recipe,
    photo: np.ndarray | None = None,
    watch: Callable[[Frame], None] = lambda frame: None,
    stop: Callable[[], bool] = lambda: False,
) -> Dream | None:
    """Renders a recipe to its end, showing every frame to ``watch``.

    A stopped render makes a dream too, whose recipe says after how many steps; None if it was stopped before the first.
    """
    frame, scores = None, []
    for frame in render(network, recipe, photo, stop):
        if frame.score is not None:
            scores.append(frame.score)
        watch(frame)
    if not scores:
        return None
    whole = len(scores) == recipe.method.steps
    done = recipe.model_copy(update={"stopped_after": None if whole else len(scores)})
    return Dream(frame.picture, done, tuple(scores))


def _smallest_size(picture: np.ndarray, recipe: Recipe) -> tuple[int, int]:
    octaves = getattr(recipe.method, "octaves", 1)
    scale = getattr(recipe.method, "octave_scale", 1.0)
    height, width = picture.shape[:2]
    for _ in range(octaves - 1):
        height, width = int(height / scale), int(width / scale)
    return height, width
