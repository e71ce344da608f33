"""The prior of natural statistics, against numpy and finite differences."""

import numpy as np
import pytest
from graphs import tf

from dream.ascent.make import make
from dream.ascent.objectives import scalar_of, unit_scores
from dream.ascent.prior import unnaturalness, with_prior, with_prior_in_batch
from dream.networks.batch import batch_gradient
from dream.networks.statistics import Statistics
from dream.pictures.start import sample
from dream.recipe import Class, Fourier, Noise, Recipe

SIDE = 64


def picture(seed=0, side=SIDE):
    return np.random.default_rng(seed).uniform(0, 255, (side, side, 3)).astype(np.float32)


def expected(network, pixels):
    """The prior of one picture by numpy."""
    names = tuple(network.statistics)
    distances = []
    for name, features in zip(names, network.features(names, pixels[None])):
        mean, deviation = network.statistics[name]
        speaking = deviation > 1e-3 * deviation.max()
        places = features[0].reshape(-1, features.shape[-1])[:, speaking].astype(float)
        m, s = places.mean(0), places.std(0)
        mean, deviation = mean[speaking], deviation[speaking]
        distances.append((((m - mean) / deviation) ** 2 + (s / deviation - 1) ** 2).mean())
    return np.mean(distances)


def test_it_is_what_numpy_says(efficientnet_lite0):
    zebra = scalar_of(Class(index=340), efficientnet_lite0)
    whole = with_prior(zebra, efficientnet_lite0, 20.0)
    logit, _ = efficientnet_lite0.gradient(zebra)(picture())
    score, _ = efficientnet_lite0.gradient(whole)(picture())
    assert (logit - score) / 20 == pytest.approx(expected(efficientnet_lite0, picture()), rel=1e-3)


def test_its_gradient_agrees_with_finite_differences(efficientnet_lite0):
    scalar = with_prior(scalar_of(Class(index=340, logsumexp_weight=0.9), efficientnet_lite0), efficientnet_lite0, 20.0)
    gradient = efficientnet_lite0.gradient(scalar)
    at = np.asarray(sample("chelsea"), np.float32)[:SIDE, :SIDE]
    _, g = gradient(at)
    towards = g / np.linalg.norm(g)
    slope = (gradient(at + towards)[0] - gradient(at - towards)[0]) / 2
    assert slope == pytest.approx(float(np.linalg.norm(g)), rel=0.05)


def test_a_photo_is_more_natural_than_noise(efficientnet_lite0):
    photo = np.asarray(sample("chelsea"), np.float32)[:224, :224]
    assert expected(efficientnet_lite0, photo) < 0.6 * expected(efficientnet_lite0, picture(1, 224))


def test_a_channel_that_was_switched_off_does_not_count():
    statistics = {"layer": Statistics(np.float32([1, 0]), np.float32([2, 1e-6]))}
    features = np.random.default_rng(3).normal(1, 2, (2, 8, 8, 2)).astype(np.float32)
    distances = unnaturalness(statistics, ["layer"], [tf.constant(features)]).numpy()
    m, s = features[..., 0].mean((1, 2)), features[..., 0].std((1, 2))
    np.testing.assert_allclose(distances, ((m - 1) / 2) ** 2 + (s / 2 - 1) ** 2, rtol=1e-4)


def test_in_a_batch_each_picture_has_its_own(efficientnet_lite0):
    logits = efficientnet_lite0.class_output
    scores = with_prior_in_batch(unit_scores(efficientnet_lite0, logits, 0.9), efficientnet_lite0, 20.0)
    pictures = np.stack([picture(4), picture(5)])
    together = batch_gradient(efficientnet_lite0, scores)(pictures, np.int32([340, 9]), np.zeros(0, np.float32))
    for pixels, index, g in zip(pictures, (340, 9), together):
        scalar = scalar_of(Class(index=index, logsumexp_weight=0.9), efficientnet_lite0)
        _, alone = efficientnet_lite0.gradient(with_prior(scalar, efficientnet_lite0, 20.0))(pixels)
        np.testing.assert_allclose(g, alone, atol=1e-3 * np.abs(alone).max())


def test_a_network_without_statistics_has_none(squeezenet):
    scalar, scores = scalar_of(Class(index=340), squeezenet), unit_scores(squeezenet, "logits", 0.9)
    assert with_prior(scalar, squeezenet, 20.0) is scalar
    assert with_prior_in_batch(scores, squeezenet, 20.0) is scores


def test_pictures_made_with_it_are_more_natural(efficientnet_lite0):
    made = {}
    for prior in (0.0, 20.0):
        method = Fourier(iterations=24, prior=prior)
        recipe = Recipe(
            network="efficientnet-lite0", start=Noise(width=96, height=96), objective=Class(index=340), method=method
        )
        made[prior] = expected(efficientnet_lite0, make(lambda _: efficientnet_lite0, recipe).picture)
    assert made[20.0] < made[0.0]


def test_classes_share_one_function(efficientnet_lite0):
    zebra, drake = (Class(index=index, logsumexp_weight=0.9) for index in (340, 97))
    first, second = (with_prior(scalar_of(one, efficientnet_lite0), efficientnet_lite0, 5.0) for one in (zebra, drake))
    assert first.key == second.key
    scores = [efficientnet_lite0.gradient(one)(picture())[0] for one in (first, second)]
    logits = efficientnet_lite0.features(("logits",), picture()[None])[0][0]
    assert scores[0] - scores[1] == pytest.approx(float(logits[340] - logits[97]), abs=1e-3)
