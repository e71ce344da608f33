"""The start of a recipe: which pixels."""

from typing import Annotated, Literal

from pydantic import Field

from dream.markdown import as_text
from dream.recipe.part import Name, Part, Side

SAMPLES = {
    "chelsea": "Chelsea the cat",
    "coffee": "A cup of espresso",
    "astronaut": "Astronaut Eileen Collins",
    "rocket": "A rocket at the launch pad",
    "hubble_deep_field": "Hubble's deep field",
}


class Noise(Part):
    """Uniform noise in [100, 101), the book's start; its picture is shown stretched from minimum to maximum."""

    kind: Literal["noise"] = "noise"
    width: Side = 224
    height: Side = 224

    def title(self) -> str:
        """What a reader calls this start."""
        return "noise"

    def in_words(self) -> str:
        """The start for visitors of the pages."""
        return f"noise ({self.width}×{self.height})"


class Sample(Part):
    """One of the sample photos that come with scikit-image, its longest side scaled to ``longest_side`` pixels."""

    kind: Literal["sample"] = "sample"
    name: Name
    longest_side: Side = 640

    def title(self) -> str:
        """What a reader calls this start."""
        return self.name.replace("_", " ")

    def in_words(self) -> str:
        """The start for visitors of the pages."""
        return SAMPLES.get(self.name) or as_text(self.name)


class Photo(Part):
    """A picture that somebody brought, known by the SHA-256 of its pixels, scaled to ``longest_side`` pixels."""

    kind: Literal["photo"] = "photo"
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    longest_side: Side = 640

    def title(self) -> str:
        """What a reader calls this start."""
        return "a photo"

    def in_words(self) -> str:
        """The start for visitors of the pages."""
        return "your picture"


Start = Annotated[Noise | Sample | Photo, Field(discriminator="kind")]
