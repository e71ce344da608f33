"""The one way from a plan to a dream, for pages, command line, workers and Python alike."""

from collections.abc import Callable

from dream.ascent.comparison import make_comparison
from dream.ascent.render import Dream, Frame, Load, check, make_recipe
from dream.pictures.start import Photos
from dream.recipe import Plan, Recipe


def make(
    load: Load,
    plan: Plan,
    photos: Photos | None = None,
    watch: Callable[[Frame], None] = lambda frame: None,
    stop: Callable[[], bool] = lambda: False,
) -> Dream | None:
    """Follows a plan to its end.

    Args:
        load: from a network's name to the network.
        plan: what to do.
        photos: pixels, uint8 [height, width, 3], by their SHA-256, of the photos that the plan names.
        watch: is shown every frame.
        stop: asked before every step and between the tiles of one; True ends it early and keeps what is there.

    Returns:
        The dream, its plan saying after how many steps it was stopped; None where that was before the first.

    Raises:
        UserError: the plan does not fit its network or photo, with what to do.
    """
    if isinstance(plan, Recipe):
        return make_recipe(load, plan, photos, watch, stop)
    return make_comparison(load, plan, photos, watch, stop)


def check_plan(load: Load, plan: Plan) -> None:
    """Raises UserError where a recipe's network cannot follow it; a comparison's cells say that in their places."""
    if isinstance(plan, Recipe):
        check(load, plan)
