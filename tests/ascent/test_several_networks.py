"""Dreams of several networks."""

import numpy as np
import pytest
from graphs import small_graph

from dream.ascent.make import make
from dream.ascent.methods.step import Look
from dream.ascent.networks import Turns, by_network, together
from dream.ascent.objectives import class_objective
from dream.errors import UserError
from dream.networks.graph import Network
from dream.networks.user.freezing import free
from dream.recipe import (
    Channel,
    Class,
    Fourier,
    Layer,
    Naive,
    Noise,
    Recipe,
    Sample,
    Spectral,
    Sum,
    Term,
    parse_plan,
)

EACH = Sum(
    terms=(
        Term(objective=Layer(layer="fire3", network="squeezenet")),
        Term(objective=Layer(layer="joined", network="small"), weight=0.5),
    )
)
NAMES = ("tabby", "zebra", "espresso", "ship", "flamingo")


@pytest.fixture(scope="module")
def small():
    graph_def, _ = free(small_graph(shape=(None, None, None, 3)))
    return Network("small", graph_def, class_names=NAMES)


@pytest.fixture
def load(squeezenet, small):
    return {"squeezenet": squeezenet, "small": small}.__getitem__


def recipe(method, start=None, objective=EACH):
    return Recipe(start=start or Noise(width=64, height=64), objective=objective, method=method)


def test_a_recipe_names_all_of_its_networks():
    both = recipe(Naive())
    assert both.networks == {"squeezenet", "small"}
    assert parse_plan(both.to_json()) == both


def test_parts_go_to_their_networks():
    parts = by_network(EACH, "squeezenet")
    assert parts == {"squeezenet": (EACH.terms[0].objective, 1.0), "small": (EACH.terms[1].objective, 0.5)}
    assert by_network(Layer(layer="fire3"), "squeezenet") == {"squeezenet": (Layer(layer="fire3"), 1.0)}
    turned = Sum(terms=(EACH.terms[0], Term(objective=Layer(layer="joined", network="small"), weight=-2)))
    objective, weight = by_network(turned, "squeezenet")["small"]
    assert (objective.terms[0].weight, weight) == (-2, 2)


def test_one_network_alone_is_as_if_it_were_not_named(load):
    named = Channel(layer="fire4", channel=2, network="squeezenet")
    alone = recipe(Naive(iterations=3), objective=Channel(layer="fire4", channel=2))
    for plan in (alone.model_copy(update={"objective": named}), recipe(Naive(iterations=3), objective=named)):
        np.testing.assert_array_equal(make(load, plan).picture, make(load, alone).picture)


def test_gradients_are_brought_to_one_size_before_they_are_added():
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 8, 8, 3)).astype(np.float32)
    looks = [Look(lambda *_: (3.0, first * 1e-6), (), 1.0), Look(lambda *_: (5.0, second * 1e3), (), 0.5)]
    score, g = together(looks)(np.zeros((8, 8, 3), np.float32), 0)
    assert score == 3.0 + 0.5 * 5.0
    np.testing.assert_allclose(
        g, first / np.abs(first).mean() + 0.5 * second / np.abs(second).mean(), rtol=1e-4, atol=1e-5
    )


def test_networks_take_turns():
    looks = [Look(lambda *_: (0.0, None), (), weight) for weight in (1.0, 0.5)]
    turns = Turns(looks)
    assert [turns.look(step) for step in range(4)] == looks * 2
    assert [turns.score(0, 3.0), turns.score(1, 9.0), turns.score(2, 6.0)] == [3.0, 5.0, 7.0]


@pytest.mark.parametrize("method", [Naive(iterations=4), Fourier(iterations=6), Spectral(iterations=6)])
def test_both_networks_are_looked_into(load, method):
    start = Sample(name="chelsea", longest_side=96) if method.kind == "spectral" else None
    both = make(load, recipe(method, start)).picture
    alone = make(load, recipe(method, start, EACH.terms[0].objective)).picture
    assert both.shape == alone.shape
    assert np.abs(both - alone).max() > 1


def test_a_class_is_asked_of_several_by_its_name(squeezenet, small, load):
    asked = class_objective([squeezenet, small], "zebra")
    assert [(term.objective.index, term.objective.network) for term in asked.terms] == [
        (340, "squeezenet"),
        (1, "small"),
    ]
    assert asked.title() == "class zebra by squeezenet and small"
    assert class_objective([squeezenet], 340) == Class(index=340, name="zebra")
    with pytest.raises(UserError, match="small has no class named"):
        class_objective([squeezenet, small], "banana")
    assert make(load, recipe(Fourier(iterations=4), objective=asked)).scores


def test_a_layer_that_one_of_them_lacks_is_told(load):
    wrong = Sum(terms=(EACH.terms[0], Term(objective=Layer(layer="fire3", network="small"))))
    with pytest.raises(UserError, match="small has no layer named fire3"):
        make(load, recipe(Naive(), objective=wrong))
