"""A network that travels is the same network."""

import pickle

import numpy as np
from graphs import small_graph

from dream.ascent.objectives import scalar_of
from dream.networks.graph import Network, Preprocessing
from dream.networks.serialization import deserialize, serialize
from dream.networks.statistics import Statistics, statistics_from_npz, statistics_to_npz
from dream.recipe import Class


def test_a_network_that_travelled_is_the_same():
    there = Network(
        "mine",
        small_graph(),
        "pictures",
        Preprocessing("BGR", (1.0, 2.0, 3.0), (9.0, 9.0, 9.0)),
        tuple("abcde"),
        (32, 32),
        (16, 16),
        {"first": Statistics(np.arange(8.0), np.ones(8))},
    )
    here = deserialize(pickle.loads(pickle.dumps(serialize(there))))
    assert (here.name, here.layers, here.class_names, here.native_size) == (
        "mine",
        there.layers,
        there.class_names,
        (32, 32),
    )
    assert here.class_size == (16, 16)
    assert list(here.statistics) == ["first"]
    np.testing.assert_array_equal(here.statistics["first"], there.statistics["first"])
    picture = np.random.default_rng(0).uniform(0, 255, (32, 32, 3)).astype(np.float32)
    scalar = scalar_of(Class(index=2), there)
    score, g = there.gradient(scalar)(picture)
    other_score, other_g = here.gradient(scalar_of(Class(index=2), here))(picture)
    assert score == other_score
    np.testing.assert_array_equal(g, other_g)


def test_statistics_are_the_same_after_a_file():
    statistics = {f"a/{n}": Statistics(np.arange(n + 1.0), np.full(n + 1, 0.5)) for n in range(12)}
    again = statistics_from_npz(statistics_to_npz(statistics))
    assert list(again) == list(statistics)
    for name, each in statistics.items():
        np.testing.assert_array_equal(again[name], each)
    assert statistics_from_npz(statistics_to_npz({})) == {}
