"""Deep Dream: what has a layer of a trained network learned?

Five names carry the whole: a :class:`Recipe` goes into :func:`render` together with a :class:`Network` from
:func:`load_network`; :class:`Frame` after Frame comes out; the last one, with the recipe and the scores, is a
:class:`Dream`.
"""

from dream.ascent.render import Dream, Frame, make_dream, render
from dream.errors import UserError
from dream.networks.graph import Network
from dream.networks.zoo.catalog import load_network
from dream.recipe import Recipe

__all__ = ["Dream", "Frame", "Network", "Recipe", "UserError", "load_network", "make_dream", "render"]
