"""The method of a recipe: how the pixels are changed."""

from typing import Annotated, Literal, get_args

from pydantic import Field, field_validator, model_validator

from dream.recipe.part import Part, valid_iterations


class Naive(Part):
    """The book's loop: ``g /= g.std() + 1e-8; picture += g * step``, ``iterations`` times."""

    kind: Literal["naive"] = "naive"
    iterations: int = 20
    step: float = Field(1.0, gt=0, le=100)

    _iterations = field_validator("iterations")(valid_iterations)

    @property
    def steps(self) -> int:
        """Gradient steps altogether."""
        return self.iterations


class Octaves(Part):
    """Naive steps at several sizes, small to large, each ``octave_scale`` times the one before: large shapes too."""

    kind: Literal["octaves"] = "octaves"
    iterations: int = 10
    step: float = Field(1.0, gt=0, le=100)
    octaves: int = Field(3, ge=1, le=12)
    octave_scale: float = Field(1.4, gt=1, le=4)
    jitter: int = Field(32, ge=0, le=512)

    _iterations = field_validator("iterations")(valid_iterations)

    @property
    def steps(self) -> int:
        """Gradient steps altogether."""
        return self.iterations * self.octaves


class Laplacian(Octaves):
    """As octaves, with all of the gradient's frequencies made equally strong: smooth, large shapes."""

    kind: Literal["laplacian"] = "laplacian"
    laplacian_levels: int = Field(4, ge=1, le=8)


class Dream(Octaves):
    """Octaves over a photo, the detail lost in shrinking put back: Google's original dream."""

    kind: Literal["dream"] = "dream"
    step: float = Field(1.5, gt=0, le=100)
    octaves: int = Field(4, ge=1, le=12)


class Fourier(Part):
    """A colour-decorrelated Fourier spectrum, climbed by Adam, seen through random views of the picture.

    Attributes:
        iterations: views looked at, one a gradient step.
        step: Adam's learning rate at the start; falls to nothing along half a cosine.
        decay: the higher, the weaker the fine detail; 1 is the spectrum of natural photos.
        smallest_view, largest_view: side of a view as a share of the picture's shorter side.
        rotation: degrees that a view is turned at most, either way.
        ghost: how much stronger or weaker each channel of the network's blocks is at random, as a share; 0 is never.
    """

    kind: Literal["fourier"] = "fourier"
    iterations: int = 256
    step: float = Field(0.045, gt=0, le=10)
    decay: float = Field(1.0, ge=0, le=3)
    smallest_view: float = Field(0.4, ge=0.1, le=1)
    largest_view: float = Field(1.0, ge=0.1, le=1)
    rotation: float = Field(10.0, ge=0, le=180)
    ghost: float = Field(0.3, ge=0, le=0.9)

    _iterations = field_validator("iterations")(valid_iterations)

    @model_validator(mode="after")
    def _views_in_order(self) -> "Fourier":
        if self.smallest_view > self.largest_view:
            raise ValueError("the smallest view must not be larger than the largest")
        return self

    @property
    def steps(self) -> int:
        """Gradient steps altogether."""
        return self.iterations


class Zoom(Part):
    """An endless zoom: ``frames`` times zoomed into, turned and dreamed on, each frame part of a film.

    Attributes:
        frames: of the film.
        iterations: gradient steps a frame.
        zoom: how much larger the middle gets with each frame.
        rotation: degrees clockwise with each frame.
    """

    kind: Literal["zoom"] = "zoom"
    frames: int = Field(60, ge=1, le=300)
    iterations: int = Field(4, ge=1, le=50)
    step: float = Field(3.0, gt=0, le=100)
    zoom: float = Field(1.03, ge=1, le=1.5)
    rotation: float = Field(0.5, ge=-15, le=15)
    jitter: int = Field(32, ge=0, le=512)

    @property
    def steps(self) -> int:
        """Gradient steps altogether."""
        return self.frames * self.iterations


AnyMethod = Naive | Octaves | Laplacian | Dream | Fourier | Zoom
Method = Annotated[AnyMethod, Field(discriminator="kind")]
METHODS: dict[str, type[AnyMethod]] = {method.model_fields["kind"].default: method for method in get_args(AnyMethod)}
