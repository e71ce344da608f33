"""Example dreams of the Home page, each with the picture that its recipe makes.

The pictures are JPEG files in this folder, 480 pixels wide; ``python -m dream render --recipe`` renders them again.
"""

from dataclasses import dataclass
from pathlib import Path

from dream.recipe import Channel, Class, Fourier, Layer, Noise, Recipe, Sample, Spectral, Sum, Term, Zoom
from dream.recipe.defaults import OVER_PHOTO, TOGETHER


@dataclass(frozen=True)
class Example:
    """An example: name of its picture's file, title, one sentence, recipe."""

    name: str
    title: str
    about: str
    recipe: Recipe

    @property
    def picture(self) -> Path:
        """Path of its picture."""
        return Path(__file__).with_name(f"{self.name}.jpg")


def _by_both(index: int, name: str) -> Sum:
    """A class of ImageNet, imagined by both networks that come with the installation."""
    return Sum(terms=tuple(Term(objective=Class(index=index, name=name, network=network)) for network in TOGETHER))


EXAMPLES = (
    Example(
        "eyes",
        "Eyes everywhere",
        "Two networks in turns find faces in fur.",
        Recipe(start=Sample(name="chelsea"), objective=OVER_PHOTO, method=Spectral()),
    ),
    Example(
        "flamingo",
        "Flamingos out of nothing",
        "What the word looks like from within.",
        Recipe(start=Noise(width=384, height=288), objective=_by_both(130, "flamingo"), method=Fourier()),
    ),
    Example(
        "plumage",
        "A rocket grows plumage",
        "Fur, feathers and beaks grow in the night sky.",
        Recipe(
            start=Sample(name="rocket"),
            objective=Layer(layer="block11"),
            network="efficientnet-lite0",
            method=Spectral(),
        ),
    ),
    Example(
        "stars",
        "Every galaxy looks back",
        "Out of specks of light grow creatures.",
        Recipe(start=Sample(name="hubble_deep_field"), objective=OVER_PHOTO, method=Spectral(kept=0.25)),
    ),
    Example(
        "zoom",
        "Falling into the cat",
        "A film: zoomed into and dreamed on, endlessly.",
        Recipe(start=Sample(name="chelsea", longest_side=480), objective=OVER_PHOTO, method=Zoom()),
    ),
    Example(
        "peacock",
        "A peacock, imagined",
        "One class, all that two networks know of it.",
        Recipe(start=Noise(width=384, height=288), objective=_by_both(84, "peacock"), method=Fourier()),
    ),
    Example(
        "metamorphosis",
        "The cat becomes a bird",
        "The same class, grown over a photo.",
        Recipe(start=Sample(name="chelsea"), objective=_by_both(84, "peacock"), method=Fourier(iterations=128)),
    ),
    Example(
        "feature",
        "A single feature",
        "One channel of 512: eyes, and nothing else.",
        Recipe(
            start=Noise(width=384, height=288),
            objective=Channel(layer="fire8", channel=29),
            method=Fourier(iterations=128),
        ),
    ),
)
