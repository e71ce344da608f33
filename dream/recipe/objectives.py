"""The objective of a recipe: what shall respond."""

from typing import Annotated, ClassVar, Literal, get_args

from pydantic import AfterValidator, AliasChoices, Field

from dream.markdown import as_code, as_text
from dream.recipe.part import LONGEST_NAME, Name, Number, Part, shortened
from dream.recipe.starts import Photo, Sample


class ObjectivePart(Part):
    """Base class of the objectives.

    The pages draw a form for an objective without a chooser of its own: for a ``layer``, a ``channel``, and each field
    with a :class:`~dream.recipe.method_part.Slider`.

    Attributes:
        label: what the pages call this kind of objective; empty for one that they offer as part of another.
    """

    label: ClassVar[str] = ""

    def title(self) -> str:
        """The objective in technical words, for file names, titles and logs."""
        raise NotImplementedError

    def in_words(self) -> str:
        """The objective for visitors of the pages, as Markdown: what shall respond."""
        return as_text(self.title())


class InNetwork(ObjectivePart):
    """Base class of what looks into one network.

    Attributes:
        network: its name; None is the recipe's.
    """

    network: Name | None = None


class Channel(InNetwork):
    """``mean(layer[:, :, :, channel])``: one learned feature."""

    label = "One feature"

    kind: Literal["channel"] = "channel"
    layer: Name
    channel: Number

    def title(self) -> str:
        """The objective in words."""
        return f"{self.layer} channel {self.channel}"

    def in_words(self) -> str:
        """The objective for visitors of the pages, as Markdown."""
        return f"feature {self.channel} of layer {as_code(self.layer)}"


class Layer(InNetwork):
    """All channels of a layer at once: the classic dream over a photo.

    ``mean(square(layer))``, or with ``even`` the mean over the places of the logarithm of each one's mean square: weak
    places grow as well as strong ones. Left to the method (None) it is even for spectral, and not for all others.
    """

    label = "Everything in a layer"

    kind: Literal["layer"] = "layer"
    layer: Name
    even: bool | None = None

    def title(self) -> str:
        """The objective in words."""
        return f"{self.layer}, all channels"

    def in_words(self) -> str:
        """The objective for visitors of the pages, as Markdown."""
        return f"everything in layer {as_code(self.layer)}"


def _readable(name: str) -> str:
    return shortened(name, LONGEST_NAME)


class Class(InNetwork):
    """The class's logit (its value before the softmax). ``name`` is for readers and is
    cut after 1000 characters; ``index`` decides.

    ``logsumexp_weight`` takes off that share of what all classes answer (the log-sum-exp of the logits): 0 is the logit alone, 1
    the logarithm of the probability, which also turns away from what other classes share. Left to the method (None)
    it is 0.9 for fourier, whose pictures other networks then recognise more often, and 0 for all others.
    """

    label = "A thing by name"

    kind: Literal["class"] = "class"
    index: Number
    name: Annotated[str, AfterValidator(_readable)] = ""
    logsumexp_weight: float | None = Field(None, ge=0, le=1, validation_alias=AliasChoices("logsumexp_weight", "apart"))

    def title(self) -> str:
        """The objective in words."""
        return f"class {self.name or self.index}"

    def in_words(self) -> str:
        """The objective for visitors of the pages, as Markdown."""
        return f"“{as_text((self.name or str(self.index)).split(',')[0])}” (class {self.index})"


class Neuron(InNetwork):
    """One channel at one place: ``layer[:, row, column, channel]``.

    The place is told as shares of the width (``x``) and the height (``y``), so that it is the same at every size.
    """

    kind: Literal["neuron"] = "neuron"
    layer: Name
    channel: Number
    x: float = Field(0.5, ge=0, le=1)
    y: float = Field(0.5, ge=0, le=1)

    def title(self) -> str:
        """The objective in words."""
        return f"{self.layer} channel {self.channel} at {self.x:.0%} from the left, {self.y:.0%} from the top"

    def in_words(self) -> str:
        """The objective for visitors of the pages, as Markdown."""
        return f"feature {self.channel} of layer {as_code(self.layer)} at one place"


class Guide(InNetwork):
    """A guide picture: each place's feature vector of the layer is drawn to the guide's with the largest dot product."""

    label = "Like another picture"

    kind: Literal["guide"] = "guide"
    layer: Name
    picture: Annotated[Sample | Photo, Field(discriminator="kind")]

    def title(self) -> str:
        """The objective in words."""
        return f"{self.layer} guided by {self.picture.title()}"

    def in_words(self) -> str:
        """The objective for visitors of the pages, as Markdown."""
        guide = "a picture" if isinstance(self.picture, Photo) else self.picture.in_words()
        return f"what layer {as_code(self.layer)} finds in {guide}"


AnySingle = Channel | Layer | Class | Neuron | Guide
Single = Annotated[AnySingle, Field(discriminator="kind")]


class Term(Part):
    """One term of a weighted sum; a negative weight is descended instead of ascended."""

    objective: Single
    weight: float = Field(1.0, ge=-1000, le=1000)


class Sum(ObjectivePart):
    """A weighted sum of other objectives: several channels at once, one against another, a class in a layer's style."""

    label = "A mix"

    kind: Literal["sum"] = "sum"
    terms: tuple[Term, ...] = Field(min_length=1, max_length=32)

    @property
    def asks_several(self) -> bool:
        """Whether several networks are asked for the same."""
        titles = {term.objective.title() for term in self.terms}
        return len(self.terms) > 1 and len(titles) == 1 and all(term.weight == 1 for term in self.terms)

    def _by_whom(self) -> str:
        return f"by {' and '.join(term.objective.network or 'another' for term in self.terms)}"

    def title(self) -> str:
        """The objective in words."""
        if self.asks_several:
            return f"{self.terms[0].objective.title()} {self._by_whom()}"
        words: list[str] = []
        for term in self.terms:
            sign = "−" if term.weight < 0 else "+" if words else ""
            size = abs(term.weight)
            words.append(f"{sign} {'' if size == 1 else f'{size:g} × '}{term.objective.title()}".strip())
        return " ".join(words)

    def in_words(self) -> str:
        """The objective for visitors of the pages, as Markdown."""
        first, *others = self.terms
        if self.asks_several:
            return f"{first.objective.in_words()} {as_text(self._by_whom())}"
        words = f"{'' if first.weight == 1 else f'{first.weight:g} × '}{self._with_network(first.objective)}"
        for term in others:
            size = "" if abs(term.weight) == 1 else f"{abs(term.weight):g} × "
            words += f" {'minus' if term.weight < 0 else 'plus'} {size}{self._with_network(term.objective)}"
        return words

    def _with_network(self, one: AnySingle) -> str:
        """One part in words, with its network where the parts look into several."""
        several = len({term.objective.network for term in self.terms}) > 1
        return f"{one.in_words()} of {as_text(one.network)}" if several and one.network else one.in_words()


AnyObjective = AnySingle | Sum  # in the order in which pages offer them
Objective = Annotated[AnyObjective, Field(discriminator="kind")]
OBJECTIVES: dict[str, type[AnyObjective]] = {
    objective.model_fields["kind"].default: objective for objective in get_args(AnyObjective)
}


def singles(objective: Objective) -> tuple[Single, ...]:
    """The objectives that one consists of: a sum's terms, or itself."""
    return tuple(term.objective for term in objective.terms) if isinstance(objective, Sum) else (objective,)
