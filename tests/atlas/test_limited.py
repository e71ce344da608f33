"""Networks that behave when they are tried and misbehave later: never in the server's process."""

import os
import signal

import numpy as np
import psutil
import pytest
from graphs import tf

from dream.ascent.render import render
from dream.atlas import limited
from dream.atlas.activations import baseline, layers_by_depth, response_map
from dream.atlas.limited import LimitedNetwork
from dream.errors import UserError
from dream.networks.user import library, sandbox
from dream.networks.zoo.catalog import load_network
from dream.pictures.start import sample
from dream.recipe import Channel, Dream, Recipe, Sample
from dream.settings import settings
from dream.ui import resources

GIGABYTE = 10**9


def graph_that_allocates(width_from, width_to=100_000, gigabytes=30):
    """3 kB; takes that much memory for pictures that are ``width_from`` to ``width_to`` wide, and next to none for others."""
    rng = np.random.default_rng(0)
    with tf.Graph().as_default() as graph:
        x = tf.compat.v1.placeholder(tf.float32, [None, None, None, 3], name="input")
        y = tf.nn.relu(tf.nn.conv2d(x, tf.constant(rng.normal(0, 0.1, (3, 3, 3, 4)), tf.float32), 2, "SAME"))
        width = tf.shape(x)[2]
        bad = tf.cast(tf.logical_and(width >= width_from, width <= width_to), tf.int32)
        side = 1 + bad * int((gigabytes * GIGABYTE / 4) ** 0.5)
        more = tf.reduce_sum(tf.fill([side, side], 1.0), name="more") * 1e-9
        y = tf.add(y, more, name="second")
        z = tf.nn.relu(
            tf.nn.conv2d(y, tf.constant(rng.normal(0, 0.1, (3, 3, 4, 4)), tf.float32), 2, "SAME"), name="last"
        )
        tf.nn.softmax(tf.reshape(tf.reduce_mean(z, [1, 2]), [-1, 4], name="classes"))
    return graph.as_graph_def().SerializeToString(deterministic=True)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """One for all tests, as there is one process."""
    yield tmp_path_factory.mktemp("home")
    limited._process().close()


@pytest.fixture
def brought(home, untried, monkeypatch):
    """Accepts a graph without its trial; returns its name."""
    monkeypatch.setenv("DREAM_HOME", str(home))
    settings.cache_clear()
    return lambda graph: library.add(graph, "mine.pb", library.Declaration())


@pytest.mark.parametrize("widths", [(225, 100_000), (60, 70)], ids=["wider than 224", "small"])
def test_the_trial_tries_other_sizes_than_one(widths):
    graph = graph_that_allocates(*widths)
    assert len(graph) < 4000
    with pytest.raises(UserError, match=r"memory"):
        library.add(graph, "later.pb", library.Declaration())
    assert library.accepted() == {}


def test_what_behaves_at_the_trial_and_misbehaves_later_leaves_the_server_alone(brought, monkeypatch):
    monkeypatch.setattr(sandbox, "OTHER_SIZES", ())
    name = brought(graph_that_allocates(225))
    before = psutil.Process().memory_info().rss
    pixels = sample("chelsea")
    assert pixels.shape[1] > 224
    with pytest.raises(UserError, match=r"memory|cannot be computed"):
        resources.top_classes(name, pixels)
    network = load_network(name, LimitedNetwork)
    wide = np.zeros((1, 64, 300, 3), np.uint8)
    with pytest.raises(UserError):
        network.features(("second",), wide)
    assert psutil.Process().memory_info().rss - before < GIGABYTE
    found = network.features(("second",), wide[:, :, :64])  # it goes on working where it behaves
    assert found[0].shape == (1, 32, 32, 4)


def test_what_is_computed_elsewhere_is_the_same(brought):
    name = brought(graph_that_allocates(90_000))
    here, elsewhere = load_network(name), load_network(name, LimitedNetwork)
    pixels = sample("chelsea")[:64, :96]
    np.testing.assert_allclose(elsewhere.probabilities(pixels), here.probabilities(pixels), rtol=1e-5)
    layers = [layer.name for layer in layers_by_depth(here)]
    assert list(baseline(elsewhere)) == layers
    np.testing.assert_allclose(
        response_map(elsewhere, layers[-1], 1, pixels), response_map(here, layers[-1], 1, pixels), atol=1e-4
    )
    recipe = Recipe(
        network=name,
        start=Sample(name="chelsea", longest_side=96),
        objective=Channel(layer=layers[-1], channel=1),
        method=Dream(iterations=2, octaves=2),
    )
    (*_, expected), (*_, frame) = render({name: here}.get, recipe), render({name: elsewhere}.get, recipe)
    np.testing.assert_allclose(frame.picture, expected.picture, atol=1e-2)
    assert elsewhere.check_size(("last",), 64, 64)


def test_a_process_that_ends_or_hangs_is_started_anew(brought, monkeypatch):
    network = load_network(brought(graph_that_allocates(90_000)), LimitedNetwork)
    picture = np.zeros((40, 40, 3), np.uint8)
    first = network.probabilities(picture)
    limited._process()._process.kill()
    limited._process()._process.wait()
    np.testing.assert_array_equal(network.probabilities(picture), first)
    monkeypatch.setattr(limited, "MOST_SECONDS", 0.5)
    os.kill(limited._process()._process.pid, signal.SIGSTOP)
    with pytest.raises(UserError, match="took too long"):
        network.probabilities(picture)
    monkeypatch.undo()


@pytest.mark.parametrize(
    "said",
    [
        b"no message\n",
        b'{"arrays": [["O", [3]]]}\n12345678' * 3,
        b'{"arrays": [["<f4", [99999, 99999]]]}\n',
        b'{"arrays": [["<f4", [-1]]]}\n',
        b'{"arrays": 3}\n',
        b"x" * 200_000,
        b'{"arrays": [["<f4", [3]]]}\n123',
    ],
)
def test_what_the_process_says_is_numbers_or_nothing(said, tmp_path):
    path = tmp_path / "said"
    path.write_bytes(said)
    with path.open("rb") as file, pytest.raises((EOFError, ValueError, TypeError, KeyError)):
        limited._read(file)


def test_the_server_s_networks_of_its_own_stay_in_it():
    assert not isinstance(resources.network("squeezenet"), LimitedNetwork)
