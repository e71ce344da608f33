"""Small pictures of many units of a network at once: the fourier method on a batch, one unit a picture."""

import numpy as np

from dream.ascent.objectives import unit_scores
from dream.ascent.spectrum import FourierImage, cosine_decay
from dream.ascent.views import fitting_sides, random_view, view_sides
from dream.networks.batch import batch_gradient
from dream.networks.graph import Network
from dream.pictures.start import start_picture
from dream.recipe import Fourier, Noise

SIDE = 96
CHANNEL = Fourier(iterations=64, decay=1.3, step=0.06)
CLASS = Fourier(iterations=128, decay=1.2, step=0.1, smallest_view=0.6)
CLASS_SIDES = (64, 80, 96)  # of views: a whole thing needs more pixels than a feature


class UnitRenderer:
    """Renders pictures of a tensor's units; building it takes about a second."""

    def __init__(self, network: Network, tensor: str) -> None:
        """Raises UserError where the tensor cannot be computed of any picture that could be shown."""
        self._method = CLASS if tensor == network.logits else CHANNEL
        wanted = CLASS_SIDES if tensor == network.logits else view_sides(SIDE, SIDE)
        self._sides = fitting_sides(network, (tensor,), wanted)
        self._factors = network.ghost_channels((tensor,))
        self._gradient = batch_gradient(network, tensor, unit_scores(network, tensor, CLASS.logsumexp_weight))

    def paint(self, indices: list[int]) -> np.ndarray:
        """A picture for each channel or class: float32 [pictures, 96, 96, 3], RGB 0..255.

        The same indices make the same pictures: there is one seed, and all look through the same views and ghosts.
        """
        method, rng = self._method, np.random.default_rng(0)
        noise = start_picture(Noise(width=SIDE, height=SIDE), rng)
        image = FourierImage(np.repeat(noise[:, :, None], len(indices), axis=2), from_noise=True, decay=method.decay)
        wanted = np.array(indices, np.int32)
        for iteration in range(method.iterations):
            shares = (method.smallest_view, method.largest_view)
            view = random_view((SIDE, SIDE), self._sides, shares, method.rotation, rng)
            factors = rng.uniform(1 - method.ghost, 1 + method.ghost, self._factors).astype(np.float32)
            seen = np.ascontiguousarray(view.apply(image.picture).transpose(2, 0, 1, 3))
            g = self._gradient(seen, wanted, factors)
            back = view.apply_transpose(np.ascontiguousarray(g.transpose(1, 2, 0, 3)))
            image.ascend(back, cosine_decay(method.step, iteration / method.iterations))
        return image.picture.transpose(2, 0, 1, 3)
