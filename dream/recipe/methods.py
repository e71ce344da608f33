"""The methods of a recipe: how the pixels are changed.

A method says here all that others need to know of it: its settings with their bounds and their sliders, and what it is
like (:class:`dream.recipe.method_part.MethodPart`). What it does is in :mod:`dream.ascent.methods`.
"""

from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from dream.recipe.enlarge import Enlarge
from dream.recipe.method_part import MethodPart, Slider
from dream.recipe.part import Iterations


def _step(default: float) -> float:
    return Field(default, gt=0, le=100, title="How strong?", description="How far the pixels move in a step")


StepSlider = Slider(0.1, 10.0, 0.1)
Jitter = Annotated[
    int,
    Field(ge=0, le=512, title="Random shift", description="Pixels; keeps borders and seams away"),
    Slider(0, 64, 1, folded=True),
]


# Of the methods that look at random views.
Views = Annotated[
    Iterations,
    Field(title="How long?", description="Steps, one random view each"),
    Slider(16, 500, 16),
]
SpectrumStep = Annotated[
    float,
    Field(gt=0, le=10, title="How strong?", description="How far the spectrum moves in a step"),
    Slider(0.005, 0.2, 0.005, folded=True),
]
Reach = Annotated[
    float,
    Field(ge=0, le=0.5, title="Beyond the border", description="How much of a view may lie there"),
    Slider(0.0, 0.5, 0.05, folded=True),
]
Turned = Annotated[
    float,
    Field(ge=0, le=180, title="Turned by up to", description="Degrees, each view"),
    Slider(0.0, 45.0, 1.0, folded=True),
]
Ghost = Annotated[
    float,
    Field(ge=0, le=0.9, title="Ghosts", description="How much the network itself varies from step to step"),
    Slider(0.0, 0.9, 0.1, folded=True),
]


def _views_in_order(method: "ViewMethod") -> "ViewMethod":
    """A validator: the smallest view is not larger than the largest."""
    if method.smallest_view > method.largest_view:
        raise ValueError("the smallest view must not be larger than the largest")
    return method


class Naive(MethodPart):
    """The book's loop: ``g /= g.std() + 1e-8; picture += g * step``, ``iterations`` times."""

    label = "The book's loop"
    about = "One size, one plain step after the other: fine-grained, how the idea began."

    kind: Literal["naive"] = "naive"
    iterations: Annotated[Iterations, Slider(1, 500, 1)] = Field(20, title="How long?", description="Steps")
    step: Annotated[float, StepSlider] = _step(1.0)

    @property
    def steps(self) -> int:
        """Gradient steps altogether."""
        return self.iterations


class SeveralSizes(MethodPart):
    """Settings of the methods that work at several sizes, small to large, each ``octave_scale`` times the one before."""

    kind: str
    iterations: Annotated[Iterations, Slider(1, 100, 1)] = Field(
        10, title="How long?", description="Steps at each size"
    )
    step: Annotated[float, StepSlider] = _step(1.0)
    octaves: Annotated[int, Slider(1, 8, 1, folded=True)] = Field(
        3, ge=1, le=12, title="How many sizes?", description="More of them, larger shapes"
    )
    octave_scale: Annotated[float, Slider(1.1, 2.0, 0.05, folded=True)] = Field(
        1.4, gt=1, le=4, title="How far apart?", description="Each size by the one before"
    )
    jitter: Jitter = 32

    @property
    def steps(self) -> int:
        """Gradient steps altogether."""
        return self.iterations * self.octaves

    def growth(self, from_noise: bool) -> float:
        """From noise the first octave has the start's size; over a photo the last one has."""
        return self.octave_scale ** (self.octaves - 1) if from_noise else 1.0


class Octaves(SeveralSizes):
    """Naive steps at several sizes: large shapes too."""

    label = "Multi-scale"
    about = "Plain steps at several sizes, small to large."

    kind: Literal["octaves"] = "octaves"


class Laplacian(SeveralSizes):
    """As octaves, with all of the gradient's frequencies made equally strong: smooth, large shapes."""

    label = "Smooth"
    about = "Fine and coarse shapes made equally strong, at several sizes."

    kind: Literal["laplacian"] = "laplacian"
    laplacian_levels: Annotated[int, Slider(1, 8, 1, folded=True)] = Field(
        4, ge=1, le=8, title="Frequency bands", description="Made equally strong, each by itself"
    )


class Dream(SeveralSizes):
    """Octaves over a photo, the detail lost in shrinking put back: Google's original dream."""

    label = "Classic"
    about = "Google's method of 2015: the picture at several sizes, large shapes first, detail last."
    from_noise = False

    kind: Literal["dream"] = "dream"
    step: Annotated[float, StepSlider] = _step(1.5)
    octaves: Annotated[int, Slider(1, 8, 1, folded=True)] = Field(
        4, ge=1, le=12, title="How many sizes?", description="More of them, larger shapes"
    )

    def growth(self, from_noise: bool) -> float:
        """The last octave has the start's size."""
        return 1.0


class Fourier(MethodPart):
    """A colour-decorrelated Fourier spectrum, optimised by Adam under random views of the picture.

    Attributes:
        iterations: views looked at, one a gradient step.
        step: Adam's learning rate at the start; falls to nothing along half a cosine.
        decay: the higher, the weaker the fine detail; 1 is the spectrum of natural photos.
        smallest_view, largest_view: side of a view as a share of the picture's shorter side.
        reach: how much of a view may lie beyond a border, as a share of its side; the picture is mirrored there.
        rotation: degrees that a view is turned at most, either way.
        ghost: how much stronger or weaker each channel of the network's blocks is at random, as a share; 0 is never.
        prior: of a class, how much the picture's features are drawn to those of the network's training photos; 0 is not
            at all, and so it is for a network that does not say what those were like (:mod:`dream.ascent.prior`).
        revision: 3; in 2 views had the same sides for every network; 1 is how views were resampled before there were
            ghosts (:mod:`dream.ascent.methods.fourier_revision_1`).
    """

    label = "Clear"
    about = "The clearest picture of what is looked for: whole shapes, natural colours."
    random_views = True
    stays_in_range = True
    logsumexp_weight = 0.9

    kind: Literal["fourier"] = "fourier"
    iterations: Views = 192
    step: SpectrumStep = 0.05
    decay: Annotated[float, Slider(0.0, 3.0, 0.1)] = Field(
        1.0, ge=0, le=3, title="How smooth?", description="High: large shapes, low: fine detail; 1 as in photos"
    )
    smallest_view: Annotated[float, Slider(0.1, 1.0, 0.05, folded=True)] = Field(
        0.5, ge=0.1, le=1, title="Smallest view", description="Share of the shorter side"
    )
    largest_view: Annotated[float, Slider(0.1, 1.0, 0.05, folded=True)] = Field(
        1.0, ge=0.1, le=1, title="Largest view", description="Share of the shorter side"
    )
    reach: Reach = 0.15
    rotation: Turned = 10.0
    ghost: Ghost = 0.3
    prior: Annotated[float, Slider(0.0, 50.0, 5.0, folded=True)] = Field(
        20.0,
        ge=0,
        le=1000,
        title="How much like a photo?",
        description="Of things by name, by networks that know how photos look to them",
    )
    revision: Literal[1, 2, 3] = 3

    _views = model_validator(mode="after")(_views_in_order)

    @property
    def steps(self) -> int:
        """Gradient steps altogether."""
        return self.iterations


class Spectral(MethodPart):
    """A photo's spectrum, optimised by Adam under random views that reach beyond the border, where it is mirrored.

    What is optimised is smaller than the photo; the change is laid over the photo at its full size, so that the photo's
    own detail stays sharp. Several networks look in turns.

    Attributes:
        iterations: views looked at, one a gradient step.
        kept: how much of the photo stays; from 1 (all of it) to 0.5 the change is weaker, from 0.5 to 0 the steps are
            larger.
        step: Adam's learning rate at the start; falls to nothing along half a cosine.
        decay: the higher, the weaker the fine detail; 1 is the spectrum of natural photos.
        smallest_view, largest_view: side of a view as a share of the picture's longer side.
        reach: how much of a view may lie beyond a border, as a share of its side.
        rotation: degrees that a view is turned at most, either way.
        ghost: as of :class:`Fourier`.
    """

    label = "Dream"
    about = "Creatures and shapes grow out of the photo everywhere, in its own colours."
    from_noise = False
    random_views = True
    stays_in_range = True
    logsumexp_weight = 0.9
    even_layers = True

    kind: Literal["spectral"] = "spectral"
    kept: Annotated[float, Slider(0.0, 1.0, 0.05)] = Field(
        0.5, ge=0, le=1, title="How much of the photo stays?", description="1: all of it, 0: only its shapes"
    )
    iterations: Views = 128
    step: SpectrumStep = 0.055
    decay: Annotated[float, Slider(0.0, 3.0, 0.1, folded=True)] = Field(
        1.0, ge=0, le=3, title="How smooth?", description="High: large shapes, low: fine detail; 1 as in photos"
    )
    smallest_view: Annotated[float, Slider(0.1, 1.0, 0.05, folded=True)] = Field(
        0.25, ge=0.1, le=1, title="Smallest view", description="Share of the longer side"
    )
    largest_view: Annotated[float, Slider(0.1, 1.0, 0.05, folded=True)] = Field(
        0.6, ge=0.1, le=1, title="Largest view", description="Share of the longer side"
    )
    reach: Reach = 0.4
    rotation: Turned = 10.0
    ghost: Ghost = 0.3

    _views = model_validator(mode="after")(_views_in_order)

    @property
    def steps(self) -> int:
        """Gradient steps altogether."""
        return self.iterations


class Zoom(MethodPart):
    """An endless zoom: ``frames`` times zoomed into, turned and dreamed on, each frame part of a film.

    Attributes:
        frames: of the film.
        zoom: how much larger the middle gets with each frame.
        rotation: degrees clockwise with each frame.
        iterations: gradient steps a frame.
    """

    label = "Endless zoom"
    about = "A film: zoomed into, turned and dreamed on, again and again."
    from_noise = False
    is_film = True

    kind: Literal["zoom"] = "zoom"
    frames: Annotated[int, Slider(10, 300, 10)] = Field(
        60, ge=1, le=300, title="How many pictures?", description="Of the film; twelve a second"
    )
    iterations: Annotated[int, Slider(1, 20, 1, folded=True)] = Field(
        4, ge=1, le=50, title="Steps a picture", description="More of them, stronger dreams"
    )
    step: Annotated[float, StepSlider._replace(folded=True)] = _step(3.0)
    zoom: Annotated[float, Slider(1.0, 1.2, 0.01)] = Field(
        1.03, ge=1, le=1.5, title="How fast?", description="How much larger with each picture"
    )
    rotation: Annotated[float, Slider(-5.0, 5.0, 0.5)] = Field(
        0.5, ge=-15, le=15, title="How much turning?", description="Degrees with each picture"
    )
    jitter: Annotated[int, Field(ge=0, le=512)] = 32

    @property
    def steps(self) -> int:
        """Gradient steps altogether."""
        return self.frames * self.iterations


ViewMethod = Fourier | Spectral
AnyMethod = Spectral | Fourier | Dream | Laplacian | Octaves | Naive | Zoom | Enlarge  # in the pages' order
Method = Annotated[AnyMethod, Field(discriminator="kind")]
METHODS: dict[str, type[AnyMethod]] = {method.model_fields["kind"].default: method for method in get_args(AnyMethod)}
OFFERED = tuple(kind for kind, method in METHODS.items() if method.over_photo or method.from_noise)  # for a new dream
