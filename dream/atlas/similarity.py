"""Which pictures look alike: by what the network itself makes of them."""

import numpy as np

from dream.ascent.objectives import default_objective
from dream.atlas.activations import fitted
from dream.networks.graph import Network


def nearest(network: Network, pictures: np.ndarray, count: int) -> list[list[int]]:
    """For each picture, uint8 [pictures, height, width, 3], the places of the ``count`` nearest others, nearest first.

    Two pictures are near where the layer at three quarters of the depth responds alike to them, wherever in the
    picture, after what it makes of all of them is taken off. A network made for one size sees them scaled to it.

    Raises UserError where the network cannot look at them.
    """
    layer = default_objective(network).layer
    responses = np.stack([_response(network, layer, picture) for picture in pictures])
    responses -= responses.mean(axis=0)
    responses /= np.linalg.norm(responses, axis=1, keepdims=True) + 1e-9
    nearness = responses @ responses.T
    np.fill_diagonal(nearness, -np.inf)
    return np.argsort(-nearness, axis=1)[:, : min(count, len(pictures) - 1)].tolist()


def _response(network: Network, layer: str, picture: np.ndarray) -> np.ndarray:
    seen = fitted(network, picture) if network.native_size else picture
    return network.features((layer,), seen[None])[0][0].mean(axis=(0, 1))
