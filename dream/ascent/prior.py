"""The prior of natural statistics: how far a picture's features are from those of the photos that a network learned from.

In training, batch normalisation brought each convolution's output to the mean beta and the deviation |gamma|
(:mod:`dream.networks.statistics`). Features of a picture that looks like a photo have them too: DeepInversion, Yin et
al. 2020, arXiv:1912.08795.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dream.networks.batch import BatchScores
from dream.networks.gradient import Scalar
from dream.networks.graph import Network
from dream.networks.statistics import Statistics
from dream.networks.tensorflow import tensorflow

SILENT = 1e-3  # a channel with less than this share of its tensor's largest deviation was switched off in training


def with_prior(scalar: Scalar, network: Network, weight: float) -> Scalar:
    """The scalar less ``weight`` times :func:`unnaturalness` of all tensors whose statistics the network knows.

    The scalar itself where it knows none, or where the weight is 0.
    """
    names = tuple(network.statistics)
    if not names or not weight:
        return scalar
    own = len(scalar.tensors)

    def value(*found: Any) -> Any:
        tensors, features, arguments = found[:own], found[own : own + len(names)], found[own + len(names) :]
        return scalar.value(*tensors, *arguments) - weight * unnaturalness(network.statistics, names, features)[0]

    return Scalar((*scalar.tensors, *names), value, (scalar.key, "prior", weight), scalar.arguments)


def with_prior_in_batch(scores: BatchScores, network: Network, weight: float) -> BatchScores:
    """As :func:`with_prior`, for the scores of a batch of pictures."""
    names = tuple(network.statistics)
    if not names or not weight:
        return scores
    own = len(scores.tensors)

    def value(*found: Any) -> Any:
        tensors, features, indices = found[:own], found[own:-1], found[-1]
        return scores.value(*tensors, indices) - weight * unnaturalness(network.statistics, names, features)

    return BatchScores((*scores.tensors, *names), value)


def unnaturalness(statistics: Mapping[str, Statistics], names: Sequence[str], tensors: Sequence[Any]) -> Any:
    """How far the features of each picture are from those of the training photos: 0 is not at all.

    Of each tensor the mean over its channels of ``((m - mean) / deviation)**2 + (s / deviation - 1)**2``, with m and s
    the mean and deviation over the places of the picture; of those the mean over the tensors.

    Args:
        statistics: of the network.
        names: of the tensors, at least one.
        tensors: [pictures, rows, columns, channels] each.

    Returns:
        A tensor, [pictures].
    """
    tf = tensorflow()
    distances = []
    for name, features in zip(names, tensors):
        wanted = statistics[name]
        speaking = wanted.deviation > SILENT * wanted.deviation.max()
        share = (speaking / speaking.sum()).astype(np.float32)
        unit = np.where(speaking, wanted.deviation, 1).astype(np.float32)
        mean, variance = tf.nn.moments(features, [1, 2])
        deviation = tf.sqrt(variance + 1e-6)  # at zero its slope would be infinite
        distance = tf.square((mean - wanted.mean) / unit) + tf.square(deviation / unit - 1)
        distances.append(tf.reduce_sum(share * distance, axis=1))
    return tf.add_n(distances) / len(distances)
