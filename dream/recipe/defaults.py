"""What is dreamed where nobody says what: the best that the networks of the installation can do."""

from dream.recipe.methods import Dream, Fourier, Method, Naive, Spectral
from dream.recipe.objectives import Layer, Sum, Term, singles

# Over a photo: two networks in turns, squeezenet's eyes and faces and efficientnet-lite0's fur and bodies.
OVER_PHOTO = Sum(
    terms=(
        Term(objective=Layer(layer="fire8", network="squeezenet")),
        Term(objective=Layer(layer="block10", network="efficientnet-lite0")),
    )
)
TOGETHER = tuple(one.network for one in singles(OVER_PHOTO) if one.network)  # those that imagine a class best


def default_method(from_noise: bool, local: bool = False) -> Method:
    """The method of a dream out of noise, or over a photo; for what looks at one place, one without random views."""
    if local:
        return Naive() if from_noise else Dream()
    return Fourier() if from_noise else Spectral()
