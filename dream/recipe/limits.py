"""Limits of this server for new renders, checked when a job is submitted and on the command line, and nowhere else.

Stored recipes are never checked against them: settings change, dreams stay.
"""

from dream.errors import UserError
from dream.recipe.enlarge import Enlarge
from dream.recipe.recipe import Recipe
from dream.recipe.starts import Noise, Start
from dream.settings import settings


def check_limits(recipes: tuple[Recipe, ...], longest_side: int) -> None:
    """Raises UserError where one of the recipes asks for more than this server's settings allow.

    Args:
        recipes: of a plan.
        longest_side: of any picture that is worked on, in pixels; of one that is enlarged it is the settings'
            ``largest_side``.
    """
    for recipe in recipes:
        _check_sides(recipe, longest_side)
        most = settings().max_iterations * recipe.method.pieces(recipe.longest_side)
        if recipe.method.iterations > most:
            raise UserError(f"At most {most} iterations can be made here, not {recipe.method.iterations}: take fewer.")


def _check_sides(recipe: Recipe, longest_side: int) -> None:
    start, *guides = recipe.pictures
    for guide in guides:
        _check_picture(guide, longest_side)
    # What is enlarged tile by tile takes little memory: it may be as large as any.
    most = settings().largest_side if isinstance(recipe.method, Enlarge) else longest_side
    _check_picture(start, most)
    if recipe.longest_side > most:
        raise UserError(f"{recipe.too_large(most).capitalize()}.")


def _check_picture(picture: Start, longest_side: int) -> None:
    least = settings().min_side
    for side in [picture.width, picture.height] if isinstance(picture, Noise) else [picture.longest_side]:
        if not least <= side <= longest_side:
            raise UserError(f"A side must be {least} to {longest_side} pixels here, not {side}: choose another size.")
