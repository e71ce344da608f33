"""Deep Dream: what has a layer of a trained network learned?

A few names carry the whole: a :class:`Recipe` goes into :func:`render` together with :func:`load_network`, which knows
the networks; :class:`Frame` after Frame comes out. :func:`make` follows a recipe or a :class:`Comparison` to its end: the
last picture, with the plan and the scores, is a :class:`Dream`.
"""

from dream.ascent.make import make
from dream.ascent.render import Dream, Frame, render
from dream.errors import UserError
from dream.networks.graph import Network
from dream.networks.zoo.catalog import load_network
from dream.recipe import Comparison, Recipe

__all__ = ["Comparison", "Dream", "Frame", "Network", "Recipe", "UserError", "load_network", "make", "render"]
