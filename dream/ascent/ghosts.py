"""Ghosts of a network: the same weights, each channel of its blocks a little stronger or weaker at random.

Li et al. 2018 (arXiv:1812.03413): what many ghosts of one network agree on, networks trained otherwise see as well.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from dream.ascent.tiles import Gradient
from dream.networks.gradient import Scalar
from dream.networks.graph import Network


def through_ghosts(network: Network, scalar: Scalar, strength: float, rng: np.random.Generator) -> Gradient:
    """A gradient function that looks through another ghost of the network each time.

    Args:
        network: the one to look into.
        scalar: what is looked for.
        strength: each factor is between 1 - ``strength`` and 1 + ``strength``.
        rng: where the factors come from.
    """
    gradient: Callable = network.gradient(scalar, ghosts=True)
    channels = network.ghost_channels(scalar.tensors)

    def evaluate(picture: np.ndarray, **options: Any) -> tuple[float, np.ndarray]:
        return gradient(picture, rng.uniform(1 - strength, 1 + strength, channels).astype(np.float32), **options)

    return evaluate
