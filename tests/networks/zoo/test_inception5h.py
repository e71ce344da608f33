"""The book's session, on the stand-in."""

import hashlib
from itertools import pairwise

import numpy as np
import pytest
import standin

from dream.ascent.render import render
from dream.errors import UserError
from dream.networks.zoo.catalog import ZOO, inception5h, load_network
from dream.recipe import Channel, Class, Naive, Noise, Octaves, Recipe

LAYER = "mixed4d_3x3_bottleneck_pre_relu"


@pytest.fixture(scope="module")
def network(standin_path):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DREAM_INCEPTION5H", str(standin_path))
        inception5h.settings.cache_clear()
        loaded = load_network("inception5h")
    inception5h.settings.cache_clear()
    return loaded


def scores(network, objective, **start):
    recipe = Recipe(network="inception5h", start=Noise(**start), objective=objective, method=Naive())
    return [frame.score for frame in render(lambda _: network, recipe)]


def test_stand_in_is_made_once_and_always_the_same(standin_path):
    assert 53_800_000 < standin_path.stat().st_size < 54_000_000
    content = standin_path.read_bytes()
    assert standin.write(standin_path.parent) == standin_path
    again = standin.build_graph().SerializeToString(deterministic=True)
    assert hashlib.sha256(again).digest() == hashlib.sha256(content).digest()


def test_stand_in_has_the_released_file_s_nodes():
    graph_def = standin.build_graph()
    assert len(graph_def.node) == 370
    assert [node.name for node in graph_def.node[:3]] == ["input", "conv2d0_w", "conv2d0_b"]
    assert [node.name for node in graph_def.node[-3:]] == ["output", "output1", "output2"]
    constants = {n.name: n.attr["value"].tensor for n in graph_def.node if n.op == "Const"}
    shapes = {name: [dim.size for dim in tensor.tensor_shape.dim] for name, tensor in constants.items()}
    weights = [name for name in constants if name.endswith(("_w", "_b"))]
    assert sum(int(np.prod(shapes[name])) for name in weights) == 13_461_996  # what the released file's size leaves
    assert shapes["mixed4a_3x3_w"] == [3, 3, 96, 204]
    assert shapes["softmax2_w"] == [1024, 1008]


def test_listing_is_the_book_s(network):
    convolutions = [layer for layer in network.layers if layer.operation == "Conv2D"]
    names = [layer.name for layer in convolutions]
    assert len(names) == 59
    assert names[:4] == [
        "conv2d0_pre_relu",
        "conv2d1_pre_relu",
        "conv2d2_pre_relu",
        "mixed3a_1x1_pre_relu",
    ]
    assert names[-2:] == ["head0_bottleneck_pre_relu", "head1_bottleneck_pre_relu"]
    assert network.layer(LAYER).channels == 144
    blocks = {layer.name: layer.channels for layer in network.layers if layer.operation == "Concat"}
    assert blocks == {
        **{"mixed3a": 256, "mixed3b": 480, "mixed4a": 508, "mixed4b": 512, "mixed4c": 512},
        **{"mixed4d": 528, "mixed4e": 832, "mixed5a": 832, "mixed5b": 1024},
    }


def test_classes(network):
    assert network.logits == "softmax2_pre_activation"
    assert len(network.class_names) == 1008
    assert network.class_names[network.class_index("banana")] == "banana"


def test_input_is_rgb_minus_117(network):
    picture = np.full((1, 1, 1, 3), [117, 118, 255], np.float32)
    assert network.preprocessing.apply(picture).tolist() == [[[[0, 1, 138]]]]


@pytest.mark.parametrize("channel", [139, 110])
def test_twenty_naive_steps_raise_the_score(network, channel):
    found = scores(network, Channel(layer=LAYER, channel=channel))
    assert len(found) == 20
    assert found[-1] > found[0] + 50
    assert all(after > before for before, after in pairwise(found[2:]))


def test_class_objective(network):
    index = network.class_index("banana")
    found = scores(network, Class(index=index, name="banana"))
    assert found[-1] > found[0] + 50


@pytest.mark.parametrize("width, height", [(256, 224), (448, 448), (160, 224)])
def test_class_objective_needs_its_size(network, width, height):
    with pytest.raises(UserError, match=f"224x224.* {width}x{height}"):
        scores(network, Class(index=1), width=width, height=height)


def test_class_objective_needs_its_size_in_every_octave(network):
    method = Octaves(octaves=2, octave_scale=2, iterations=1)  # 224, then 448
    recipe = Recipe(network=network.name, start=Noise(), objective=Class(index=3), method=method)
    with pytest.raises(UserError, match="448x448"):
        next(render(lambda _: network, recipe))


def test_layers_take_any_size_but_too_small_ones(network):
    network.check_size(("mixed5b",), 97, 333)
    with pytest.raises(UserError, match="head0"):
        network.check_size(("head0_bottleneck_pre_relu",), 32, 32)


def test_probabilities_of_a_picture_of_another_size(network):
    found = network.probabilities(np.zeros((100, 300, 3), np.float32))
    assert found.shape == (1008,)
    assert found.sum() == pytest.approx(1, abs=1e-4)


def test_missing_label_file_leaves_numbers(dream_env, standin_path, tmp_path):
    (tmp_path / "alone.pb").symlink_to(standin_path)
    dream_env(inception5h=tmp_path / "alone.pb")
    assert ZOO["inception5h"].ready()
    assert load_network("inception5h").class_names[5] == "5"


def test_pointing_at_nothing(dream_env, tmp_path):
    dream_env(inception5h=tmp_path / "nothing.pb")
    assert not ZOO["inception5h"].ready()
    with pytest.raises(UserError, match="no file"):
        load_network("inception5h")


def test_pointing_at_another_graph(dream_env, tmp_path):
    path = tmp_path / "squeezenet.pb"
    load_network("squeezenet").export(path)
    dream_env(inception5h=path)
    with pytest.raises(UserError, match="not inception5h"):
        load_network("inception5h")


def test_without_a_copy_the_sentence_says_what_to_do(dream_env):
    dream_env(inception5h_url="http://127.0.0.1:9/inception5h.zip")
    assert not ZOO["inception5h"].ready()
    with pytest.raises(UserError) as told:
        load_network("inception5h")
    for part in ("python -m dream fetch inception5h", "http://127.0.0.1:9", "put inception5h.zip into", "SqueezeNet"):
        assert part in str(told.value)
