"""What all methods of a recipe have in common: what they are like, and how pages offer their settings."""

from typing import ClassVar, NamedTuple

from dream.recipe.part import Part


class Slider(NamedTuple):
    """How a page offers a setting; what it is called and does are the field's title and description.

    Attributes:
        low, high: ends of the slider; a recipe may go beyond them within the field's bounds.
        step: between two of its values.
        folded: whether it is among those that seldom change.
    """

    low: float
    high: float
    step: float
    folded: bool = False


class MethodPart(Part):
    """Base class of the methods.

    Attributes:
        label, about: what the pages call it, and what it does in one sentence.
        over_photo, from_noise: whether it is offered over a photo and out of noise; neither, where only what is kept
            offers it.
        random_views: whether it looks at random views of the picture instead of the whole.
        stays_in_range: whether its pictures are within 0..255 as they come; others out of noise are stretched to it.
        is_film: whether its steps are the frames of a film.
        logsumexp_weight: of a class whose own is left to the method (:class:`dream.recipe.Class`).
        even_layers: of a layer likewise (:class:`dream.recipe.Layer`).
    """

    label: ClassVar[str]
    about: ClassVar[str]
    over_photo: ClassVar[bool] = True
    from_noise: ClassVar[bool] = True
    random_views: ClassVar[bool] = False
    stays_in_range: ClassVar[bool] = False
    is_film: ClassVar[bool] = False
    logsumexp_weight: ClassVar[float] = 0.0
    even_layers: ClassVar[bool] = False

    @property
    def steps(self) -> int:
        """Gradient steps altogether."""
        raise NotImplementedError

    def growth(self, from_noise: bool) -> float:
        """The last picture's side as a multiple of the start's."""
        return 1.0

    def pieces(self, longest_side: int) -> int:
        """How many pieces there are, at the most, of a picture of which an iteration looks at one; 1 for the whole."""
        return 1
