"""The method that enlarges a picture; a kept dream's view offers it, the choice of methods does not."""

from typing import Annotated, Literal

from pydantic import Field

from dream.recipe.method_part import MethodPart, Slider
from dream.recipe.part import Iterations

TILE = 256  # pixels that a step makes new, a side, at the least, in a picture that has so many


class Enlarge(MethodPart):
    """A picture, enlarged, with new detail grown in it tile by tile; what is coarser than the detail stays.

    Attributes:
        times: how much longer a side gets. It is doubled once or twice, and detail grows after each.
        iterations: tiles looked at, one a gradient step; :func:`dream.ascent.methods.enlarge.iterations_for` says how
            many a picture of some size needs.
        step: deviation of a step's change of the logits, at the start; falls to nothing along half a cosine.
        ghost: as of :class:`dream.recipe.Fourier`.
    """

    label = "Enlarge"
    about = "A picture made larger, with new detail grown in it piece by piece."
    over_photo = False
    from_noise = False
    random_views = True
    stays_in_range = True
    logsumexp_weight = 0.9
    even_layers = True

    kind: Literal["enlarge"] = "enlarge"
    times: Literal[2, 4] = 2
    iterations: Annotated[Iterations, Slider(16, 500, 16)] = Field(
        96, title="How long?", description="Steps, one piece each: the larger the picture, the more it needs"
    )
    step: Annotated[float, Slider(0.01, 0.2, 0.01)] = Field(
        0.06, gt=0, le=10, title="How strong?", description="How much new detail a step adds"
    )
    ghost: Annotated[float, Field(ge=0, le=0.9)] = 0.3

    @property
    def steps(self) -> int:
        """Gradient steps altogether."""
        return self.iterations

    def growth(self, from_noise: bool) -> float:
        """As many times the start's side."""
        return self.times

    def pieces(self, longest_side: int) -> int:
        """As many tiles as the picture has at the most."""
        return (-(-longest_side // TILE)) ** 2
