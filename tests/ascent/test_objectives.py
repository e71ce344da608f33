import numpy as np
import pytest
from graphs import relu6_graph

from dream.ascent.make import make
from dream.ascent.objectives import scalar_of, unit_scores
from dream.ascent.render import check
from dream.errors import UserError
from dream.networks.batch import batch_gradient
from dream.networks.gradient import Scalar, single_channel
from dream.networks.graph import Network
from dream.networks.tensorflow import tensorflow
from dream.pictures.start import pixels_sha256, start_picture
from dream.recipe import (
    Channel,
    Class,
    Fourier,
    Guide,
    Layer,
    Naive,
    Neuron,
    Noise,
    Octaves,
    Photo,
    Recipe,
    Sample,
    Sum,
    Term,
    parse_plan,
)

PICTURE = np.random.default_rng(3).uniform(0, 255, (64, 80, 3)).astype(np.float32)
GUIDE = np.random.default_rng(4).integers(0, 256, (48, 64, 3), dtype=np.uint8)
GUIDED = Guide(layer="fire4", picture=Photo(sha256=pixels_sha256(GUIDE), longest_side=64))
ALL = [
    Channel(layer="fire5", channel=200),
    Layer(layer="fire5"),
    Class(index=340),
    Neuron(layer="fire5", channel=3, x=0.2, y=0.9),
    GUIDED,
    Sum(terms=(Term(objective=Channel(layer="fire5", channel=1)), Term(objective=Class(index=5), weight=-0.5))),
]


@pytest.mark.parametrize(
    ("layer", "channel"),
    [("fire5", 3), ("fire5", 200), ("fire5_expand3x3_pre_relu", 7), ("conv1", 63), ("conv10", 954), ("logits", 340)],
)
def test_one_channel_is_the_same_as_computing_all(squeezenet, layer, channel):
    tf = tensorflow()
    all_of_them = squeezenet.gradient(Scalar((layer,), lambda t: tf.reduce_mean(t[..., channel]), ("all", layer)))
    one = squeezenet.gradient(Scalar((layer,), lambda t: tf.reduce_mean(single_channel(t, channel)), ("one", layer)))
    (score, g), (expected_score, expected) = one(PICTURE), all_of_them(PICTURE)
    assert score == pytest.approx(expected_score, rel=1e-5)
    np.testing.assert_allclose(g, expected, rtol=1e-4, atol=1e-6 * np.abs(expected).max())


def test_a_silent_channel_still_has_a_way_up(squeezenet):
    grey = np.full((64, 64, 3), 100, np.float32)
    silent = int(np.flatnonzero(squeezenet.features(("fire9",), grey[None])[0].max(axis=(0, 1, 2)) == 0)[0])
    score, g = squeezenet.gradient(scalar_of(Channel(layer="fire9", channel=silent), squeezenet))(grey)
    assert score == 0
    assert np.abs(g).max() > 0


@pytest.mark.parametrize("channel", [1, 5, 8])
def test_one_channel_behind_a_relu6_is_the_same_as_computing_all(channel):
    tf = tensorflow()
    network = Network("capped", relu6_graph())
    whole, one = (
        network.gradient(Scalar(("joined",), lambda t, part=part: tf.reduce_mean(part(t)), part.__name__))(PICTURE)
        for part in (lambda t: t[..., channel], lambda t: single_channel(t, channel))
    )
    assert np.abs(whole[1]).max() > 0
    assert one[0] == pytest.approx(whole[0], rel=1e-5)
    np.testing.assert_allclose(one[1], whole[1], rtol=1e-4, atol=1e-6 * np.abs(whole[1]).max())
    with tf.Graph().as_default():
        cut = single_channel(network.imported(PICTURE[None], ("joined",))[0], channel)
        assert cut.op.type == "Relu6"  # of this channel alone


def test_a_channel_that_a_relu6_silences_still_has_a_way_up():
    network = Network("capped", relu6_graph())
    score, g = network.gradient(scalar_of(Channel(layer="joined", channel=0), network))(PICTURE)
    before, expected = network.gradient(scalar_of(Channel(layer="low_pre_relu", channel=0), network))(PICTURE)
    assert (score, before < -5000) == (0, True)
    np.testing.assert_allclose(g, expected, rtol=1e-4)


def test_of_a_batch_a_silenced_channel_has_a_tenth_of_a_way_up_and_a_capped_one_none():
    network = Network("capped", relu6_graph())
    gradient = batch_gradient(network, unit_scores(network, "joined", 0))
    g = gradient(np.stack([PICTURE] * 3), np.int32([0, 6, 2]), np.zeros(0, np.float32))
    _, silenced = network.gradient(scalar_of(Channel(layer="low_pre_relu", channel=0), network))(PICTURE)
    np.testing.assert_allclose(g[0], 0.1 * silenced, rtol=1e-4, atol=1e-9)
    assert not g[1].any()
    assert g[2].any()


def test_a_class_apart_is_its_probability(squeezenet):
    score, _ = squeezenet.gradient(scalar_of(Class(index=340, logsumexp_weight=1), squeezenet))(PICTURE)
    assert score == pytest.approx(np.log(squeezenet.probabilities(PICTURE)[340]), rel=1e-3)


def test_a_neuron_is_one_value_of_its_layer(squeezenet):
    features = squeezenet.features(("fire5",), PICTURE[None])[0][0]
    for x, y, row, column in ((0, 0, 0, 0), (1, 1, -1, -1), (0.5, 0.3, int(0.3 * len(features)), None)):
        column = features.shape[1] // 2 if column is None else column
        objective = Neuron(layer="fire5", channel=200, x=x, y=y)
        score, _ = squeezenet.gradient(scalar_of(objective, squeezenet))(PICTURE)
        assert score == pytest.approx(features[row, column, 200], rel=1e-4)


def test_a_neuron_stays_at_its_place_whatever_the_jitter(squeezenet):
    recipe = Recipe(
        start=Noise(width=96, height=64),
        objective=Neuron(layer="fire4", channel=3, x=0, y=0),
        method=Octaves(octaves=1, iterations=3, jitter=32),
    )
    still = recipe.model_copy(update={"method": recipe.method.model_copy(update={"jitter": 0})})
    pictures = [make(lambda _: squeezenet, each).picture for each in (recipe, still)]
    np.testing.assert_array_equal(*pictures)


def test_a_guide_draws_each_place_to_its_most_similar_feature(squeezenet):
    pixels = start_picture(GUIDED.picture, None, {GUIDED.picture.sha256: GUIDE})
    guide = squeezenet.features(("fire4",), pixels[None])[0].reshape(-1, 256)
    here = squeezenet.features(("fire4",), PICTURE[None])[0][0].reshape(-1, 256)
    matched = guide[np.argmax(here @ guide.T, axis=1)]
    score, _ = squeezenet.gradient(scalar_of(GUIDED, squeezenet, {GUIDED.picture.sha256: GUIDE}))(PICTURE)
    assert score == pytest.approx((here * matched).mean(), rel=1e-4)


def test_a_sum_weighs_scores_and_gradients(squeezenet):
    terms = [(Channel(layer="fire5", channel=1), 2.0), (Channel(layer="fire5", channel=9), -0.5), (Class(index=7), 0.1)]
    whole = Sum(terms=tuple(Term(objective=objective, weight=weight) for objective, weight in terms))
    score, g = squeezenet.gradient(scalar_of(whole, squeezenet))(PICTURE)
    parts = [(squeezenet.gradient(scalar_of(objective, squeezenet))(PICTURE), weight) for objective, weight in terms]
    assert score == pytest.approx(sum(part[0] * weight for part, weight in parts), rel=1e-4)
    expected = sum(part[1] * weight for part, weight in parts)
    np.testing.assert_allclose(g, expected, atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize("objective", ALL, ids=lambda objective: objective.kind)
def test_every_objective_rises_and_survives_json(squeezenet, objective):
    recipe = Recipe(start=Noise(width=80, height=64), objective=objective, method=Naive(iterations=6))
    assert parse_plan(recipe.to_json()) == recipe
    assert recipe.title().endswith("out of noise")
    guides = {GUIDED.picture.sha256: GUIDE}
    scores = make(lambda _: squeezenet, recipe, guides).scores
    assert scores[-1] > scores[0]


@pytest.mark.parametrize(
    ("objective", "method", "start", "sentence"),
    [
        (Neuron(layer="fire5", channel=256), Naive(), Noise(), "channels 0 to 255"),
        (Sum(terms=(Term(objective=Layer(layer="fire99")),)), Naive(), Noise(), "no layer"),
        (Neuron(layer="fire5", channel=2), Fourier(), Noise(), "fourier"),
        (Neuron(layer="fire5", channel=2), Naive(), Noise(width=640), "at most 512"),
        (Guide(layer="fire2", picture=Photo(sha256="0" * 64)), Naive(), Noise(), "give that photo"),
        (Guide(layer="fire2", picture=Sample(name="nothing")), Naive(), Noise(), "no sample"),
    ],
)
def test_what_cannot_be_followed_is_told(squeezenet, objective, method, start, sentence):
    recipe = Recipe(start=start, objective=objective, method=method)
    with pytest.raises(UserError, match=sentence):
        make(lambda _: squeezenet, recipe)


def test_checking_a_guide_needs_no_photo(squeezenet):
    check(lambda _: squeezenet, Recipe(start=Noise(), objective=GUIDED, method=Naive()))


def test_a_sums_title_is_a_sentence_of_its_terms():
    terms = [(1.0, 3), (-1.0, 4), (0.5, 5)]
    whole = Sum(terms=tuple(Term(objective=Channel(layer="a", channel=c), weight=w) for w, c in terms))
    assert whole.title() == "a channel 3 − a channel 4 + 0.5 × a channel 5"
