import numpy as np
import pytest
from graphs import bottleneck_graph, small_graph

from dream.ascent.objectives import default_objective, scalar_of
from dream.errors import UserError
from dream.networks.graph import Network
from dream.networks.tensorflow import tensorflow
from dream.recipe import Channel, Class, Layer, Recipe


def picture(height=48, width=40, seed=0):
    return np.random.default_rng(seed).uniform(0, 255, (height, width, 3)).astype(np.float32)


@pytest.mark.parametrize(
    "objective",
    [Channel(layer="fire4_expand3x3_pre_relu", channel=5), Layer(layer="fire5"), Class(index=340)],
    ids=lambda objective: objective.kind,
)
def test_gradients_agree_with_finite_differences(squeezenet, objective):
    gradient = squeezenet.gradient(scalar_of(objective, squeezenet))
    at = picture()
    _, g = gradient(at)
    steepest = float(np.linalg.norm(g))
    # Along the gradient the score changes most and rounding matters least; then along any other direction.
    for direction in (g, np.random.default_rng(1).normal(size=at.shape)):
        direction = (direction / np.linalg.norm(direction)).astype(np.float32)
        size = 0.1
        slope = (gradient(at + size * direction)[0] - gradient(at - size * direction)[0]) / (2 * size)
        assert slope == pytest.approx(float((g * direction).sum()), abs=0.02 * steepest)


def test_one_function_serves_every_size(squeezenet):
    gradient = squeezenet.gradient(scalar_of(Channel(layer="fire3", channel=1), squeezenet))
    kept = len(squeezenet._gradients)
    squeezenet.gradient(scalar_of(Channel(layer="fire3", channel=1), squeezenet))
    assert len(squeezenet._gradients) == kept
    for height, width in ((33, 47), (64, 64), (100, 51)):
        score, g = gradient(picture(height, width))
        assert g.shape == (height, width, 3)
        assert np.isfinite(score)


def test_only_the_needed_part_of_the_graph_is_used(squeezenet):
    with tensorflow().Graph().as_default() as graph:
        squeezenet.imported(picture()[None], ("fire2",))
    names = {operation.name for operation in graph.get_operations()}
    assert "network/fire2_expand3x3_w" in names
    assert not any(name.startswith(("network/fire3", "network/conv10")) for name in names)


def test_the_exported_graph_takes_plain_pictures(squeezenet, tmp_path):
    tf = tensorflow()
    squeezenet.export(tmp_path / "squeezenet.pb")
    graph_def = tf.compat.v1.GraphDef()
    graph_def.ParseFromString((tmp_path / "squeezenet.pb").read_bytes())
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(graph_def, name="")
    assert graph.get_tensor_by_name("input:0").shape.as_list() == [None, None, None, 3]
    with tf.compat.v1.Session(graph=graph) as session:
        softmax = session.run("softmax:0", {"input:0": picture()[None]})[0]
    np.testing.assert_allclose(softmax, squeezenet.probabilities(picture()), rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize(
    ("objective", "sentence"),
    [
        (Layer(layer="fire77"), "did you mean"),
        (Channel(layer="fire7", channel=384), "channels 0 to 383"),
        (Class(index=1000), "classes 0 to 999"),
    ],
)
def test_what_is_not_there_is_told(squeezenet, objective, sentence):
    with pytest.raises(UserError, match=sentence):
        scalar_of(objective, squeezenet)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("crane", "crane.*134.*517"), ("zebbra", "zebra"), ("xyzzy", "search"), ("9" * 5000, "0 to 999")],
    ids=lambda text: text[:9],
)
def test_unclear_class_names_are_told(squeezenet, name, sentence):
    with pytest.raises(UserError, match=sentence):
        squeezenet.class_index(name)


def test_the_default_objective_lies_deep(squeezenet):
    assert default_objective(squeezenet) == Layer(layer="fire7")
    assert Recipe.model_fields["network"].default == squeezenet.name


def test_looking_again_imports_nothing(squeezenet, monkeypatch):
    """A network's constants are hundreds of megabytes: they are not copied for each look."""
    pictures = picture()[None]
    first = squeezenet.features(("fire3", "fire4"), pictures)
    monkeypatch.setattr(squeezenet, "imported", None)
    again = squeezenet.features(("fire3", "fire4"), np.repeat(pictures, 2, axis=0))
    np.testing.assert_allclose(again[1][1], first[1][0], rtol=1e-4, atol=1e-4)


def test_a_picture_too_small_to_look_at_is_told():
    tf = tensorflow()
    with tf.Graph().as_default() as graph:
        pictures = tf.compat.v1.placeholder(tf.float32, [None, None, None, 3], name="input")
        tf.nn.conv2d(tf.nn.max_pool2d(pictures, 9, 1, "VALID"), tf.ones([1, 1, 3, 2]), 1, "VALID", name="wide")
    with pytest.raises(UserError, match="8x8 is too small for wide"):
        Network("one", graph.as_graph_def()).features(("wide",), np.zeros((1, 8, 8, 3), np.uint8))


def test_inner_steps_of_an_inverted_bottleneck_are_found_but_not_listed():
    network = Network("inverted", bottleneck_graph())
    assert network.layer_names() == ["wide", "block"]
    assert network.layer_names(["narrow", None, "elsewhere"]) == ["wide", "narrow", "block"]
    assert (network.layer("deep").channels, network.layer("deep").hidden) == (12, True)
    _, g = network.gradient(scalar_of(Channel(layer="narrow", channel=1), network))(picture())
    assert g.any()


def test_no_layer_of_squeezenet_is_hidden(squeezenet):
    assert squeezenet.all_layers == squeezenet.layers


def test_a_class_size_is_what_the_network_sees_and_binds_nothing_else():
    graph_def = small_graph((None, None, None, 3))
    free, scaled = (Network("one", graph_def, "pictures", class_size=size) for size in (None, (24, 24)))
    large = np.repeat(np.repeat(picture(24, 24), 4, axis=0), 2, axis=1)
    np.testing.assert_allclose(
        scaled.probabilities(large),
        free.probabilities(tensorflow().image.resize(large, (24, 24), antialias=True).numpy()),
    )
    assert np.abs(scaled.probabilities(large) - free.probabilities(large)).max() > 1e-3
    assert scaled.features(("joined",), large[None])[0].shape == (1, 48, 24, 16)
