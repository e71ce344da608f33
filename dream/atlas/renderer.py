"""Small pictures of many units at once: the fourier method on a batch, one unit a picture.

The classes of several networks that have the same ones can be imagined by them in turns, as a recipe's can.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image

from dream.ascent.objectives import unit_scores
from dream.ascent.prior import with_prior_in_batch
from dream.ascent.spectrum import FourierImage, cosine_decay
from dream.ascent.views import fitting_sides, random_view
from dream.atlas.renderer_settings import PICTURE_SIDE, renderer_settings
from dream.networks.batch import batch_gradient
from dream.networks.graph import Network
from dream.pictures.start import start_picture
from dream.recipe import Noise


class _Look(NamedTuple):
    """How one network looks at a batch: the sides of its views, the number of its ghost's factors, its gradient."""

    view_sides: tuple[int, ...]
    factors: int
    gradient: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


class UnitRenderer:
    """Renders pictures of a tensor's units; building it takes about a second."""

    def __init__(self, networks: Sequence[Network], tensor: str) -> None:
        """Prepares to look into one network, or with several at their classes.

        Args:
            networks: at least one; with more than one all have the same classes.
            tensor: a layer of the network, or the class output of the first.

        Raises:
            UserError: the tensor cannot be computed of any picture that could be shown.
        """
        classes, together = tensor == networks[0].logits, len(networks) > 1
        self._side, _, self._method = renderer_settings(networks[0], tensor, together)
        self._looks = [
            self._look(network, network.class_output if classes else tensor, together) for network in networks
        ]

    def _look(self, network: Network, tensor: str, together: bool) -> _Look:
        scores = unit_scores(network, tensor, self._method.logsumexp_weight)
        if tensor == network.logits:
            scores = with_prior_in_batch(scores, network, self._method.prior)
        return _Look(
            fitting_sides(network, (tensor,), renderer_settings(network, tensor, together).view_sides),
            network.ghost_channels(scores.tensors),
            batch_gradient(network, scores),
        )

    def paint(self, indices: list[int]) -> np.ndarray:
        """A picture for each channel or class: float32 [pictures, 96, 96, 3], RGB 0..255.

        The same indices make the same pictures: there is one seed, and all look through the same views and ghosts.
        """
        side, method, rng = self._side, self._method, np.random.default_rng(0)
        noise = start_picture(Noise(width=side, height=side), rng)
        image = FourierImage(np.repeat(noise[:, :, None], len(indices), axis=2), from_noise=True, decay=method.decay)
        wanted = np.array(indices, np.int32)
        shares = (method.smallest_view, method.largest_view)
        for iteration in range(method.iterations):
            look = self._looks[iteration % len(self._looks)]
            view = random_view((side, side), look.view_sides, shares, method.rotation, rng, method.reach)
            factors = rng.uniform(1 - method.ghost, 1 + method.ghost, look.factors).astype(np.float32)
            seen = np.ascontiguousarray(view.apply(image.picture).transpose(2, 0, 1, 3))
            g = look.gradient(seen, wanted, factors)
            back = view.apply_transpose(np.ascontiguousarray(g.transpose(1, 2, 0, 3)))
            image.ascend(back, cosine_decay(method.step, iteration / method.iterations))
        return _at_picture_side(image.picture.transpose(2, 0, 1, 3))


def _at_picture_side(pictures: np.ndarray) -> np.ndarray:
    """Square pictures, float32 [pictures, side, side, 3], brought to 96 pixels a side."""
    if pictures.shape[1] == PICTURE_SIDE:
        return pictures
    size = (PICTURE_SIDE, PICTURE_SIDE)
    small = [
        Image.fromarray(np.rint(picture).astype(np.uint8)).resize(size, Image.Resampling.LANCZOS)
        for picture in pictures
    ]
    return np.stack([np.asarray(each, np.float32) for each in small])
