"""From a recipe to a dream: a recipe goes in, frames come out."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

import numpy as np

from dream.ascent.ghosts import through_ghosts
from dream.ascent.methods import METHODS, Ascent, Look
from dream.ascent.methods.enlarge import TILE_SIDES
from dream.ascent.methods.spectral import spectral_view_sides
from dream.ascent.networks import by_network, together
from dream.ascent.objectives import is_local, scalar_of
from dream.ascent.prior import with_prior
from dream.ascent.pyramid import octave_sizes
from dream.ascent.tiles import Stopped, interruptible, jittered
from dream.ascent.views import fitting_sides, view_sides
from dream.errors import UserError
from dream.networks.graph import Network
from dream.pictures.start import Photos, start_picture
from dream.recipe import Class, Enlarge, Fourier, Guide, Layer, Method, Objective, Plan, Recipe, Spectral, singles
from dream.recipe.methods import SeveralSizes

Load = Callable[[str], Network]  # from a network's name to the network


@dataclass(frozen=True)
class Frame:
    """The picture after a step.

    Attributes:
        step: 1 for the first; out of ``steps``.
        score: the objective's value, measured before this step changed the picture; None where the picture has only
            grown: to the next octave, or to its full size when the render was stopped.
        picture: float32 [height, width, 3], RGB, not clipped; :func:`dream.pictures.display` makes it visible.
        progress: share of the work done, 0..1.
    """

    step: int
    steps: int
    score: float | None
    picture: np.ndarray
    progress: float


@dataclass(frozen=True)
class Dream:
    """The resulting picture (float32 [height, width, 3], RGB, not clipped) with its plan and its scores."""

    picture: np.ndarray
    plan: Plan
    scores: tuple[float, ...]


def check(load: Load, recipe: Recipe) -> None:
    """Raises UserError where the recipe's networks cannot follow it; takes milliseconds once they are loaded."""
    for name, (objective, _) in by_network(recipe.objective, recipe.network).items():
        scalar_of(objective, load(name))
    if is_local(recipe.objective) and recipe.method.random_views:
        raise UserError(
            f"A neuron has one place, and the {recipe.method.kind} method looks from many: choose another method."
        )


def render(
    load: Load,
    recipe: Recipe,
    photos: Photos | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Frame]:
    """Follows a recipe and yields a Frame a step.

    Args:
        load: from a network's name to the network.
        recipe: what to do.
        photos: pixels, uint8 [height, width, 3], by their SHA-256, of the photos that the recipe names.
        stop: asked before every step, and before every tile of a step; True ends the render early, with a last Frame
            at the picture's full size. A step in whose middle it comes is as if it had not begun.

    Raises:
        UserError: the recipe does not fit its networks or the photo, with what to do.
    """
    load = cache(load)
    check(load, recipe)
    rng = np.random.default_rng(recipe.seed)
    start = start_picture(recipe.start, rng, photos)
    looks = _looks(load, recipe, photos, start.shape[:2], rng, stop)
    steps_done = 0

    def should_continue() -> bool:
        return steps_done < recipe.steps and not stop()

    ascent = Ascent(looks, together(looks), rng, should_continue, recipe.start.kind == "noise")
    steps = METHODS[recipe.method.kind](start, recipe.method, ascent)
    del start  # a big one is not kept in memory beside the picture that grows out of it
    with suppress(Stopped):  # by a method that has nothing to do after its last step
        for step in steps:
            steps_done += step.score is not None
            yield Frame(steps_done, recipe.method.steps, step.score, step.picture, step.progress)


def make_recipe(
    load: Load,
    recipe: Recipe,
    photos: Photos | None = None,
    watch: Callable[[Frame], None] = lambda frame: None,
    stop: Callable[[], bool] = lambda: False,
) -> Dream | None:
    """Renders a recipe to its end, showing every frame to ``watch``.

    A stopped render makes a dream too, whose recipe says after how many steps; None if it was stopped before the first.
    """
    frame, scores = None, []
    for frame in render(load, recipe, photos, stop):
        if frame.score is not None:
            scores.append(frame.score)
        watch(frame)
    if frame is None or not scores:
        return None
    whole = len(scores) == recipe.all_steps
    done = recipe.model_copy(update={"stopped_after": None if whole else len(scores)})
    return Dream(frame.picture, done, tuple(scores))


def _looks(
    load: Load,
    recipe: Recipe,
    photos: Photos | None,
    size: tuple[int, ...],
    rng: np.random.Generator,
    stop: Callable[[], bool],
) -> tuple[Look, ...]:
    """How each network of the objective looks at the picture, whose height and width are given.

    Raises UserError where a size that the method will use does not fit one of them.
    """
    parts = by_network(recipe.objective, recipe.network)
    most = max(weight for _, weight in parts.values()) or 1.0
    still = is_local(recipe.objective)  # rolled, a place would be another one
    ghost = getattr(recipe.method, "ghost", 0.0)
    looks = []
    for name, (objective, weight) in parts.items():
        network = load(name)
        scalar = scalar_of(_followed(objective, recipe.method), network, photos)
        if isinstance(recipe.method, Fourier) and isinstance(objective, Class):
            scalar = with_prior(scalar, network, recipe.method.prior)
        sides = _check_sizes(network, scalar.tensors, size, recipe)
        if ghost and network.ghost_channels(scalar.tensors):
            gradient = through_ghosts(network, scalar, ghost, rng)
        else:
            gradient = network.gradient(scalar)
        if any(isinstance(one, Guide) for one in singles(objective)):  # a large guide takes long for a tile
            gradient = interruptible(gradient, stop)
        looks.append(Look(jittered(gradient, recipe.tile, rng, still, stop), sides, weight / most))
    return tuple(looks)


def _followed(objective: Objective, method: Method) -> Objective:
    """The objective with what it leaves to the method decided."""
    match objective:
        case Class(logsumexp_weight=None):
            return objective.model_copy(update={"logsumexp_weight": method.logsumexp_weight})
        case Layer(even=None):
            return objective.model_copy(update={"even": method.even_layers})
    return objective


def _wanted_sides(method: Method, network: str, height: int, width: int) -> tuple[int, ...]:
    """The sides of the views that a method looks at, in pixels."""
    if isinstance(method, Spectral):
        return spectral_view_sides(height, width)
    if isinstance(method, Enlarge):
        return TILE_SIDES
    if isinstance(method, Fourier) and method.revision < 3:
        return view_sides(height, width)
    return view_sides(height, width, network)


def _check_sizes(network: Network, tensors: tuple[str, ...], size: tuple[int, ...], recipe: Recipe) -> tuple[int, ...]:
    """Returns the sides that views of the picture have.

    Raises UserError where a size that the method will use does not fit the network or the objective.
    """
    method, (height, width) = recipe.method, size
    if method.random_views:
        return fitting_sides(network, tensors, _wanted_sides(method, network.name, height, width))
    sizes = [(height, width)]
    if isinstance(method, SeveralSizes):
        growing = method.growth(recipe.start.kind == "noise") > 1
        sizes = octave_sizes(height, width, method.octaves, method.octave_scale, growing)
    if is_local(recipe.objective) and max(sizes[-1]) > recipe.tile:
        raise UserError(f"A neuron has one place: choose a picture of at most {recipe.tile} pixels a side for it.")
    # Without a size of its own, a network that takes the smallest octave takes all.
    for height, width in sizes if network.native_size else sizes[:1]:
        network.check_size(tensors, height, width)
    return ()
