"""How the small pictures of units are made, by network: what shows the features of one blurs those of another."""

from typing import NamedTuple

from dream.networks.graph import Network
from dream.recipe import Fourier

PICTURE_SIDE = 96  # of a finished picture, in pixels


class RendererSettings(NamedTuple):
    """How pictures of units are made.

    Attributes:
        side: of the square that is worked on, in pixels; it is shrunk to 96 at the end.
        view_sides: of views as the network gets them, in pixels.
        method: its other settings.
    """

    side: int
    view_sides: tuple[int, ...]
    method: Fourier


def _method(**settings: float) -> Fourier:
    """Views of small pictures end at the border: there is none of them to spare."""
    return Fourier(reach=0, **settings)


CHANNELS = RendererSettings(96, (43, 60, 77), _method(iterations=64, step=0.06, decay=1.3, smallest_view=0.4))
CLASSES = RendererSettings(96, (64, 80, 96), _method(iterations=128, step=0.1, decay=1.2, smallest_view=0.6))
# Chosen by eye. What is deep in efficientnet-lite0 sees well only what is large, and needs more steps.
LITE0 = "efficientnet-lite0"
BLOCKS_OF_LITE0 = RendererSettings(
    128, (64, 80, 96), _method(iterations=96, step=0.06, decay=1.2, smallest_view=0.45, largest_view=0.9)
)
HEAD_OF_LITE0 = RendererSettings(
    128, (96, 112, 128), _method(iterations=96, step=0.06, decay=1.3, smallest_view=0.5, largest_view=0.9)
)
CLASSES_OF_LITE0 = RendererSettings(
    144, (112, 128, 144), _method(iterations=192, step=0.05, decay=1.2, smallest_view=0.6)
)
TOGETHER = _method(iterations=160, step=0.055, decay=1.15, smallest_view=0.6)
CLASSES_TOGETHER = {
    "squeezenet": RendererSettings(160, (80, 100, 128), TOGETHER),
    LITE0: RendererSettings(160, (112, 136, 160), TOGETHER),
}


def renderer_settings(network: Network, tensor: str, together: bool) -> RendererSettings:
    """The settings for a layer or the class output of a network, which may imagine its classes ``together`` with others."""
    if together:
        return CLASSES_TOGETHER.get(network.name, CLASSES)
    if network.name != LITE0:
        return CLASSES if tensor == network.logits else CHANNELS
    if tensor == network.logits:
        return CLASSES_OF_LITE0
    return HEAD_OF_LITE0 if tensor.startswith("head") else BLOCKS_OF_LITE0
