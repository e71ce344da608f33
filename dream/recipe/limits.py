"""Limits of this server for new renders, checked when a job is submitted and on the command line, and nowhere else.

Stored recipes are never checked against them: settings change, dreams stay.
"""

from dream.errors import UserError
from dream.recipe.recipe import Recipe
from dream.recipe.starts import Noise
from dream.settings import settings


def check_limits(recipes: tuple[Recipe, ...], longest_side: int) -> None:
    """Raises UserError where one of the recipes asks for more than this server's settings allow.

    Args:
        recipes: of a plan.
        longest_side: of any picture that is worked on, in pixels.
    """
    for recipe in recipes:
        _check_sides(recipe, longest_side)
        most = settings().max_iterations
        if recipe.method.iterations > most:
            raise UserError(f"At most {most} iterations can be made here, not {recipe.method.iterations}: take fewer.")


def _check_sides(recipe: Recipe, longest_side: int) -> None:
    least = settings().min_side
    sides: list[int] = []
    for picture in recipe.pictures:
        sides += [picture.width, picture.height] if isinstance(picture, Noise) else [picture.longest_side]
    for side in sides:
        if not least <= side <= longest_side:
            raise UserError(f"A side must be {least} to {longest_side} pixels here, not {side}: choose another size.")
    if recipe.longest_side > longest_side:
        raise UserError(
            f"The last octave would be {recipe.longest_side} pixels a side, at most {longest_side}: take fewer octaves."
        )
