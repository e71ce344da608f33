"""Similarity of pictures: cosine similarity of mean-centred, pooled features of the network."""

import numpy as np

from dream.ascent.objectives import default_objective
from dream.atlas.activations import resized_for
from dream.networks.graph import Network


def nearest(network: Network, pictures: np.ndarray, count: int) -> list[list[int]]:
    """The most similar other pictures of each picture.

    Similarity is the cosine of the features of the layer at three quarters of the depth, averaged over all places and
    centred on the mean over all pictures. For a network with an input size of its own the pictures are resized to it.

    Args:
        network: whose features.
        pictures: uint8 [pictures, height, width, 3].
        count: at most this many for each.

    Returns:
        For each picture the indices of others, most similar first.

    Raises:
        UserError: the network cannot be run on pictures of this size.
    """
    layer = default_objective(network).layer
    responses = np.stack([_response(network, layer, picture) for picture in pictures])
    responses -= responses.mean(axis=0)
    responses /= np.linalg.norm(responses, axis=1, keepdims=True) + 1e-9
    similarity = responses @ responses.T
    np.fill_diagonal(similarity, -np.inf)
    return np.argsort(-similarity, axis=1)[:, : min(count, len(pictures) - 1)].tolist()


def _response(network: Network, layer: str, picture: np.ndarray) -> np.ndarray:
    resized = resized_for(network, picture) if network.native_size else picture
    return network.features((layer,), resized[None])[0][0].mean(axis=(0, 1))
