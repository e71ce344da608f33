"""Atlases: pictures of units, kept as sheets."""

import io
import json
import time
from types import SimpleNamespace
from unittest.mock import Mock

import numpy as np
import pytest
from graphs import bottleneck_graph, node, small_graph, tf

from dream.ascent.objectives import unit_scores
from dream.atlas import atlas as keeping
from dream.atlas import builder, renderer_settings
from dream.atlas.atlas import Atlas, Sheet
from dream.atlas.builder import AtlasBuilder
from dream.atlas.renderer import UnitRenderer
from dream.atlas.similarity import nearest
from dream.networks.batch import batch_gradient
from dream.networks.graph import Network
from dream.networks.units import Unit
from dream.networks.user import library
from dream.networks.user.freezing import free
from dream.pictures.start import sample
from dream.recipe import Fourier
from dream.settings import settings


@pytest.fixture
def atlas(squeezenet, monkeypatch, tmp_path):
    """An empty one, whose pictures take two steps."""
    monkeypatch.setattr(keeping, "SHIPPED", tmp_path / "shipped")
    for name in ("CHANNELS", "CLASSES"):
        quick = getattr(renderer_settings, name)._replace(method=Fourier(iterations=2))
        monkeypatch.setattr(renderer_settings, name, quick)
    monkeypatch.setattr("dream.atlas.atlas.settings", lambda: settings().model_copy(update={"cache": tmp_path}))
    return Atlas(squeezenet)


def test_every_channel_and_class_has_one_place(squeezenet, atlas):
    assert atlas.pictures == 64 + 2 * (16 + 128 + 32 + 256 + 48 + 384 + 64 + 512) + 1000
    units = {squeezenet.unit(layer.name, c) for layer in squeezenet.layers for c in range(layer.channels)}
    assert len(units) == atlas.pictures
    assert len({atlas.place(unit) for unit in units}) == atlas.pictures
    assert squeezenet.unit("fire8", 300) == Unit("fire8_expand3x3_pre_relu", 300 - 256)
    assert squeezenet.unit("conv10_pre_relu", 340) == Unit("logits", 340)


def test_a_layer_is_made_sheet_by_sheet_and_goes_on_where_it_ended(squeezenet, atlas):
    layer = "fire4"
    sheets = [Sheet(f"fire4_expand{kernel}_pre_relu", n) for kernel in ("1x1", "3x3") for n in (0, 1)]
    assert atlas.missing(layer) == sheets
    making = atlas.make(lambda: atlas.missing(layer))
    assert next(making) == sheets[0]
    making.close()
    again = Atlas(squeezenet)
    assert again.missing(layer) == sheets[1:]
    assert again.picture(squeezenet.unit(layer, 200)) is None
    assert list(again.make(lambda: again.missing(layer))) == sheets[1:]
    picture = again.picture(squeezenet.unit(layer, 200))
    assert picture.shape == (96, 96, 3)
    assert picture.std() > 2


def test_channels_that_look_alike_are_known_once_a_layer_is_made(squeezenet, atlas):
    assert atlas.neighbours("fire2_squeeze1x1_pre_relu") == []
    list(atlas.make(lambda: atlas.missing("fire2_squeeze1x1_pre_relu")))
    atlas.find_neighbours()
    near = Atlas(squeezenet).neighbours("fire2_squeeze1x1_pre_relu")
    assert len(near) == 16
    assert all(len(set(row) - {channel}) == 6 for channel, row in enumerate(near))
    assert atlas.neighbours("fire3") == []


def test_the_nearest_pictures_are_those_of_the_same_thing(squeezenet):
    """Two crops of each of three photos: each one's nearest is the other crop."""
    photos = [sample(name) for name in ("chelsea", "rocket", "coffee")]
    crops = [photo[40 + by : 240 + by, 60 + by : 260 + by] for photo in photos for by in (0, 12)]
    assert [row[0] for row in nearest(squeezenet, np.stack(crops), 2)] == [1, 0, 3, 2, 5, 4]


def test_the_default_networks_atlas_comes_with_the_project(squeezenet):
    atlas = Atlas(squeezenet)
    assert atlas.missing() == []
    assert all(len(atlas.neighbours(layer.name)) == layer.channels for layer in squeezenet.layers)
    size = sum(path.stat().st_size for path in (keeping.SHIPPED / "squeezenet-1").iterdir())
    assert size < 8_000_000


def test_in_the_background_what_was_looked_at_is_made_first(monkeypatch, tmp_path):
    """A process of its own makes the atlas of a network that somebody brought."""
    monkeypatch.setenv("DREAM_CACHE", str(tmp_path))
    settings.cache_clear()
    name = library.add(small_graph().SerializeToString(), "mine.pb", library.Declaration())
    network = library.load(name)
    atlas = Atlas(network)
    builder = AtlasBuilder()
    builder.request(name, network.layers[1].name)
    assert builder.busy
    for _ in range(2400):
        if not builder.busy:
            break
        time.sleep(0.1)
    assert atlas.missing() == []
    assert all(len(atlas.neighbours(layer.name)) == layer.channels for layer in network.layers)
    builder.request(name, network.layers[0].name)  # it has only just ended: it is not started again
    assert not builder.busy


def test_of_all_networks_that_were_looked_at_the_last_is_made_first_and_none_forgotten(monkeypatch):
    made = []

    class OneSheet:
        def __init__(self, name):
            self.name = name

        def missing(self, layer=None):
            return [] if self.name in made else [Sheet("fire2", 0)]

        def make(self, wanted):
            while wanted():
                made.append(self.name)
                yield

        problem_with = find_neighbours = lambda *_: ""

    looks = io.StringIO("".join(json.dumps([name, "fire2"]) + "\n" for name in ("a", "b", "c", "b")))
    at_once = lambda target, daemon: SimpleNamespace(start=target)  # noqa: E731
    for name, value in {"load_network": str, "Atlas": OneSheet, "Thread": at_once}.items():
        monkeypatch.setattr(builder, name, value)
    monkeypatch.setattr(builder, "os", Mock())
    monkeypatch.setattr("sys.stdin", looks)
    builder.main()
    assert made == ["b", "c", "a"]


def test_a_hidden_layers_pictures_are_made_only_when_it_is_looked_at(atlas):
    network = Network("inverted", bottleneck_graph())
    assert [layer.name for layer in network.layers] == ["wide", "block"]
    of_it = Atlas(network)
    assert of_it.missing() == [Sheet("wide", 0), Sheet("block", 0)]
    assert of_it.missing("deep") == [Sheet("deep", 0)]
    assert [sheet.tensor for sheet in of_it.make(lambda: of_it.missing("deep"))] == ["deep"]
    assert of_it.picture(Unit("deep", 11)).shape == (96, 96, 3)
    assert of_it.pictures == 12 + 3


def test_what_tensorflow_fails_on_is_left_out_and_told(atlas, tmp_path):
    """A class output reshaped to a batch of one: several pictures at once are an error of TensorFlow's."""
    graph_def, size = free(small_graph())
    node(graph_def, "Reshape/shape").attr["value"].tensor.CopyFrom(tf.make_tensor_proto([1, 16], tf.int32))
    network = Network("for-one", graph_def, native_size=size)
    of_one = Atlas(network)
    made = list(of_one.make(of_one.missing))
    assert of_one.missing() == [Sheet("classes", 0)]
    assert of_one.problem_with("classes") == "TensorFlow fails on pictures of classes."
    assert made
    assert of_one.pending([Unit("classes", 1), network.unit("joined", 1)]) == []


def test_what_could_not_be_made_is_forgotten_once_it_is(atlas, monkeypatch):
    layer = "fire2_squeeze1x1_pre_relu"
    with monkeypatch.context() as broken:
        broken.setattr(UnitRenderer, "paint", Mock(side_effect=tf.errors.InternalError(None, None, "")))
        assert list(atlas.make(lambda: atlas.missing(layer))) == []
    assert atlas.pending([Unit(layer, 0)]) == []
    assert len(list(atlas.make(lambda: atlas.missing(layer)))) == 1
    assert atlas.problem_with(layer) == ""


def test_a_network_of_one_size_compares_pictures_at_that_size():
    with tf.Graph().as_default() as graph:
        x = tf.compat.v1.placeholder(tf.float32, [None, None, None, 3], name="input")
        x = tf.nn.conv2d(x, tf.ones([3, 3, 3, 2]), 1, "SAME", name="first")
        x = tf.reshape(tf.reshape(x, [-1, 40 * 40 * 2]), [-1, 40, 40, 2])
        for name in ("second", "third"):
            x = tf.nn.conv2d(x, tf.ones([3, 3, 2, 2]), 1, "SAME", name=name)
    network = Network("of-one-size", graph.as_graph_def(), native_size=(40, 40))
    pictures = np.stack([np.full((96, 96, 3), value, np.uint8) for value in (0, 20, 230, 250)])
    assert [row[0] for row in nearest(network, pictures, 2)] == [1, 0, 3, 2]


@pytest.mark.parametrize("tensor", ["fire3", "fire3_expand3x3_pre_relu", "logits"])
def test_a_batchs_gradients_are_those_of_its_pictures_alone(squeezenet, tensor):
    pictures = np.random.default_rng(0).uniform(0, 255, (3, 64, 64, 3)).astype(np.float32)
    factors = np.random.default_rng(1).uniform(0.7, 1.3, squeezenet.ghost_channels((tensor,))).astype(np.float32)
    gradient = batch_gradient(squeezenet, unit_scores(squeezenet, tensor, 0.9))
    indices = np.int32([5, 0, 60])
    together = gradient(pictures, indices, factors)
    for number in range(3):
        alone = gradient(pictures[number : number + 1], indices[number : number + 1], factors)[0]
        np.testing.assert_allclose(together[number], alone, atol=1e-3 * np.abs(alone).max())


def test_a_batchs_gradient_agrees_with_finite_differences(squeezenet):
    """Of the channel's mean, before the activation: that is what a layer named pre_relu is."""
    tensor, channel = "fire3_expand3x3_pre_relu", 7
    factors = np.ones(squeezenet.ghost_channels((tensor,)), np.float32)
    picture = np.random.default_rng(2).uniform(0, 255, (1, 48, 48, 3)).astype(np.float32)
    g = batch_gradient(squeezenet, unit_scores(squeezenet, tensor, 0.9))(picture, np.int32([channel]), factors)[0]
    towards = g / np.linalg.norm(g)
    up, down = (squeezenet.features((tensor,), picture + sign * towards)[0][0, ..., channel].mean() for sign in (1, -1))
    assert (up - down) / 2 == pytest.approx(np.linalg.norm(g), rel=0.05)


def test_the_same_parts_make_the_same_pictures(squeezenet, monkeypatch):
    quick = renderer_settings.CHANNELS._replace(method=Fourier(iterations=3))
    monkeypatch.setattr(renderer_settings, "CHANNELS", quick)
    renderer = UnitRenderer([squeezenet], "fire3_expand3x3_pre_relu")
    first = renderer.paint([1, 2])
    assert first.shape == (2, 96, 96, 3)
    assert first.min() >= 0
    assert first.max() <= 255
    np.testing.assert_array_equal(first, renderer.paint([1, 2]))
