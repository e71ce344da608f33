"""Networks that people bring: declared, tried in a process of their own, kept, found again."""

import json

import numpy as np
import pytest
from graphs import add_node, node, small_graph, tf

from dream.ascent.make import make
from dream.errors import UserError
from dream.networks.graph import Preprocessing
from dream.networks.user import library, sandbox
from dream.networks.zoo.catalog import ZOO, load_network, networks, resolve_network
from dream.recipe import Layer, Naive, Noise, Recipe

SMALL = small_graph().SerializeToString(deterministic=True)


def test_an_uploaded_graph_becomes_a_network(dream_env, tmp_path):
    dream_env()
    declared = library.declare("BGR", "104,117,123", "2", b"a\nb\nc\nd\ne\n")
    name = library.add(SMALL, "My Net (1).PB", declared)
    assert name.startswith("my-net-1")
    network = load_network(name)
    assert network.name == name
    assert network.preprocessing == Preprocessing("BGR", (104, 117, 123), (2, 2, 2))
    assert network.class_names == ("a", "b", "c", "d", "e")
    assert network.native_size == (32, 32)
    assert [(layer.name, layer.operation, layer.channels) for layer in network.layers] == [
        ("first_bias", "Conv2D", 8),
        ("add", "DepthwiseConv2dNative", 8),
        ("residual", "AddV2", 8),
        ("joined", "ConcatV2", 16),
    ]
    assert network.logits == "classes"
    recipe = Recipe(
        network=name,
        start=Noise(width=48, height=40),
        objective=Layer(layer="joined"),
        method=Naive(iterations=3),
    )
    scores = make(lambda _: network, recipe).scores
    assert scores[2] > scores[0]
    assert library.add(SMALL, "My Net (1).PB", declared) == name
    assert list(networks()) == [*ZOO, name]
    assert networks()[name].ready()
    assert not list((tmp_path / "cache").glob("trial-*"))


def test_the_trial_s_sentence_comes_back(dream_env, tmp_path):
    dream_env()
    graph_def = small_graph()
    add_node(graph_def, "ReadFile", "bad", "pictures")
    path = tmp_path / "bad.pb"
    path.write_bytes(graph_def.SerializeToString())
    with pytest.raises(UserError, match=r"ReadFile \(bad\), which is not allowed"):
        library.add(path, "bad.pb", library.Declaration())
    assert not list((tmp_path / "home" / "networks").iterdir())
    assert not list((tmp_path / "cache").iterdir())


def test_what_can_be_refused_by_looking_needs_no_trial(dream_env, monkeypatch):
    dream_env()
    monkeypatch.setattr(library, "run_in_sandbox", lambda *_: pytest.fail("tried"))
    with pytest.raises(UserError, match="not a frozen TensorFlow graph"):
        library.add(b"Dear network, ...", "letter.pb", library.Declaration())


@pytest.mark.parametrize(
    "start, told",
    [
        ("import os; os.abort()", r"broke down.*exit code -6"),
        ("import sys; sys.exit(1)", r"broke down.*exit code 1"),
        ("while True: pass", "more than 1 seconds"),
    ],
)
def test_a_graph_that_kills_its_trial_does_not_kill_us(dream_env, monkeypatch, tmp_path, start, told):
    dream_env(network_seconds=1 if "while" in start else 300)
    monkeypatch.setattr(sandbox, "START", start)
    with pytest.raises(UserError, match=told):
        library.add(SMALL, "small.pb", library.Declaration())
    assert not list((tmp_path / "cache").iterdir())
    assert library.accepted() == {}


def test_a_graph_that_wants_all_memory(dream_env):
    dream_env(network_gigabytes=6)
    graph_def = small_graph()
    for name, value in {"giant": [100_000, 100_000], "one": 1.0}.items():
        constant = add_node(graph_def, "Const", name, dtype="int32" if name == "giant" else "float32")
        constant.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(value))
    add_node(graph_def, "Fill", "fill", "giant", "one", T="float32", index_type="int32")
    axes = add_node(graph_def, "Const", "axes", dtype="int32")
    axes.attr["value"].tensor.CopyFrom(tf.make_tensor_proto([0, 1]))
    add_node(graph_def, "Sum", "sum", "fill", "axes", T="float32", Tidx="int32")
    add_node(graph_def, "AddV2", "more", "first_bias", "sum", T="float32")
    relu = next(each for each in graph_def.node if each.op == "Relu")
    relu.input[0] = "more"
    with pytest.raises(UserError, match=r"cannot run|memory|broke down"):
        library.add(graph_def.SerializeToString(), "giant.pb", library.Declaration())


def test_the_same_file_declared_otherwise_is_another_network(dream_env, untried):
    dream_env()
    first = library.add(SMALL, "small.pb", library.PRESETS["none"])
    second = library.add(SMALL, "small.pb", library.PRESETS["caffe"])
    assert first != second
    assert list(library.accepted()) == sorted([first, second])


def test_a_path_stands_where_a_network_does(dream_env, untried, tmp_path):
    path = tmp_path / "small.pb"
    path.write_bytes(SMALL)
    dream_env(networks=tmp_path)
    assert library.offered() == [path]
    name = resolve_network(str(path), library.declare(mean=117))
    assert load_network(name).preprocessing.mean == (117, 117, 117)
    assert resolve_network(name) == name
    assert resolve_network("squeezenet") == "squeezenet"
    with pytest.raises(UserError, match="not with squeezenet"):
        resolve_network("squeezenet", library.Declaration())
    with pytest.raises(UserError, match="no model at"):
        resolve_network(str(tmp_path / "nothing.pb"))


def test_what_the_admin_offers(dream_env, tmp_path):
    folder = tmp_path / "models"
    assert library.offered() == []
    dream_env(networks=folder)
    assert library.offered() == []
    (folder / "saved").mkdir(parents=True)
    (folder / "saved" / "saved_model.pb").touch()
    (folder / "other").mkdir()
    for name in ("a.keras", "b.pb", "notes.txt"):
        (folder / name).touch()
    assert [path.name for path in library.offered()] == ["a.keras", "b.pb", "saved"]


def test_keras_files_are_loaded_in_safe_mode(dream_env, untried, tmp_path):
    dream_env()
    inputs = tf.keras.Input((32, 32, 3))
    trace = tmp_path / "trace"
    code = f"__import__('pathlib').Path({str(trace)!r}).touch()"
    outputs = tf.keras.layers.Lambda(lambda x: (eval(code), x)[1])(tf.keras.layers.Conv2D(2, 3)(inputs))
    trace.unlink(missing_ok=True)
    tf.keras.Model(inputs, outputs).save(tmp_path / "evil.keras")
    trace.unlink(missing_ok=True)
    with pytest.raises(UserError, match=r"evil\.keras cannot be loaded"):
        library.add(tmp_path / "evil.keras", "evil.keras", library.Declaration())
    assert not trace.exists()


def test_broken_models_by_path(dream_env, untried, tmp_path):
    dream_env()
    (tmp_path / "saved").mkdir()
    for path in (tmp_path / "saved" / "saved_model.pb", tmp_path / "broken.keras"):
        path.write_bytes(b"nothing")
    for name in ("saved", "broken.keras"):
        with pytest.raises(UserError, match=f"{name} cannot be loaded"):
            library.add(tmp_path / name, name, library.Declaration())


def test_uploads_have_a_limit_of_their_own(dream_env):
    dream_env(network_megabytes=1)
    with pytest.raises(UserError, match="at most 1 MB"):
        library.add(bytes(1_100_000), "large.pb", library.Declaration())


def test_labels_must_be_as_many_as_classes(dream_env, untried):
    dream_env()
    with pytest.raises(UserError, match="5 classes, but 2 class names"):
        library.add(SMALL, "small.pb", library.declare(labels=b"one\ntwo"))
    assert library.accepted() == {}


def test_a_graph_without_convolutions(dream_env, untried):
    dream_env()
    with tf.Graph().as_default() as graph:
        x = tf.compat.v1.placeholder(tf.float32, [None, 8, 8, 3], name="x")
        tf.nn.softmax(tf.matmul(tf.reshape(x, [-1, 192]), tf.ones([192, 4])))
    with pytest.raises(UserError, match="no convolution"):
        library.add(graph.as_graph_def().SerializeToString(), "dense.pb", library.Declaration())


def test_weights_that_are_not_finite(dream_env, untried):
    dream_env()
    graph_def = small_graph()
    bias = node(graph_def, node(graph_def, "first_bias").input[1])
    bias.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(np.full(8, np.nan, np.float32)))
    with pytest.raises(UserError, match="not finite"):
        library.add(graph_def.SerializeToString(), "nan.pb", library.Declaration())


def test_shapes_that_do_not_fit(dream_env, untried):
    dream_env()
    graph_def = small_graph()
    node(graph_def, "first").attr["strides"].list.i.append(2)
    with pytest.raises(UserError, match="cannot import this graph"):
        library.add(graph_def.SerializeToString(), "odd.pb", library.Declaration())


@pytest.mark.parametrize("name", ["../../etc", "nothing-00000000", "", "small-0000000", "a/b-00000000"])
def test_names_out_of_foreign_recipes(dream_env, name):
    dream_env()
    with pytest.raises(UserError, match="no network named"):
        load_network(name)


def test_a_damaged_graph_is_noticed(dream_env, untried, tmp_path):
    dream_env()
    name = library.add(SMALL, "small.pb", library.Declaration())
    graph = tmp_path / "home" / "networks" / name / "graph.pb"
    graph.write_bytes(graph.read_bytes()[:-1])
    with pytest.raises(UserError, match="damaged: remove"):
        load_network(name)


def test_eight_digits_made_alike_do_not_replace_a_network(dream_env, untried, tmp_path):
    dream_env()
    name = library.add(SMALL, "small.pb", library.Declaration())
    details = tmp_path / "home" / "networks" / name / "network.json"
    details.write_text(json.dumps(json.loads(details.read_text()) | {"digest": "0" * 64}))
    with pytest.raises(UserError, match="Another network"):
        library.add(SMALL, "small.pb", library.Declaration())


@pytest.mark.parametrize("preset", library.PRESETS)
def test_presets(preset):
    assert library.declare(preset=preset) == library.PRESETS[preset]
    assert preset in library.PRESET_TITLES


def test_presets_do_what_keras_does():
    pictures = np.random.default_rng(0).uniform(0, 255, (1, 4, 4, 3)).astype(np.float32)
    for preset, mode in {"keras-tf": "tf", "keras-torch": "torch", "caffe": "caffe"}.items():
        declared = library.PRESETS[preset]
        expected = tf.keras.applications.imagenet_utils.preprocess_input(pictures.copy(), mode=mode)
        found = Preprocessing(declared.channel_order, declared.mean, declared.scale).apply(pictures)
        np.testing.assert_allclose(found, expected, atol=1e-3)


@pytest.mark.parametrize(
    "said, told",
    [
        ({"channel_order": "GBR"}, "channel order must be RGB or BGR"),
        ({"mean": "1,2"}, "mean must be one number or three"),
        ({"mean": "many"}, "mean must be one number or three"),
        ({"scale": "0"}, "scale must be one number or three, not 0"),
        ({"scale": float("nan")}, "scale must be"),
        ({"preset": "mine"}, "no preset named mine"),
        ({"labels": b"\xff\xfe\x00"}, "text file"),
        ({"labels": b"  \n"}, "text file"),
        ({"labels": b"a\x00b"}, "text file"),
    ],
)
def test_declarations_that_cannot_be(said, told):
    with pytest.raises(UserError, match=told):
        library.declare(**said)


def test_labels_of_any_system():
    assert library.read_labels("\ufeffone\r\nzwei, drei\r\n\r\n".encode()) == ("one", "zwei, drei")
