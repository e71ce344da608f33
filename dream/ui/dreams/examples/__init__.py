"""Example dreams of the Home page, each with the picture that its recipe makes.

The pictures are JPEG files in this folder, 480 pixels wide; ``python -m dream render --recipe`` renders them again.
"""

from dataclasses import dataclass
from pathlib import Path

from dream.recipe import Channel, Class, Fourier, Layer, Noise, Recipe, Sample, Spectral, Zoom
from dream.recipe.defaults import OVER_PHOTO


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
        Recipe(start=Noise(width=384, height=288), objective=Class(index=130, name="flamingo"), method=Fourier()),
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
        Recipe(start=Sample(name="chelsea", longest_side=480), objective=Layer(layer="fire7"), method=Zoom()),
    ),
    Example(
        "peacock",
        "A peacock, imagined",
        "One class, whatever the network knows of it.",
        Recipe(start=Noise(width=384, height=288), objective=Class(index=84, name="peacock"), method=Fourier()),
    ),
    Example(
        "metamorphosis",
        "The cat becomes a bird",
        "The same class, grown over a photo.",
        Recipe(start=Sample(name="chelsea"), objective=Class(index=84, name="peacock"), method=Fourier(iterations=128)),
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
