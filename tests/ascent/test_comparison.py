"""Comparisons: grids of recipes as one picture."""

import numpy as np
import pytest
from pydantic import ValidationError

from dream.ascent.comparison import for_network, make_comparison
from dream.ascent.make import make
from dream.errors import UserError
from dream.networks.graph import Network
from dream.pictures.contact_sheet import GAP, LABEL, ContactSheet
from dream.recipe import Axis, Channel, Class, Comparison, Layer, Naive, Noise, Octaves, Recipe, Sample, parse_plan

BASE = Recipe(start=Noise(width=64, height=48), objective=Channel(layer="fire3", channel=5), method=Naive(iterations=2))
LAYERS = Axis(setting="layer", values=("fire2", "fire3", "fire4"))
STEPS = Axis(setting="iterations", values=(1, 3))


def grid(**parts):
    axes = {name: parts.pop(name, default) for name, default in (("across", LAYERS), ("down", STEPS))}
    return Comparison(base=BASE.model_copy(update=parts), **axes)


def test_each_cell_is_the_recipe_with_its_settings():
    recipe = grid()
    assert [[cell.objective.layer for cell in row] for row in recipe.cells] == [["fire2", "fire3", "fire4"]] * 2
    assert [row[0].method.iterations for row in recipe.cells] == [1, 3]
    assert recipe.all_steps == 3 * (1 + 3)
    assert parse_plan(recipe.to_json()) == recipe
    assert recipe.title() == "fire3 channel 5 out of noise, layers and iterations compared"


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"across": None}, "across"),
        ({"down": LAYERS}, "both sides"),
        ({"across": Axis(setting="octaves", values=(1, 2))}, "has no octaves"),
        ({"across": {"setting": "method", "values": ("magic",)}}, "no method named magic"),
        ({"across": Axis(setting="channel", values=tuple(range(20)))}, "at most 36"),
        ({"across": Axis(setting="channel", values=(-1,))}, "channel"),
        ({"objective": Class(index=3)}, "has no layer"),
    ],
)
def test_what_cannot_be_compared_is_told(parts, sentence):
    with pytest.raises(ValidationError, match=sentence):
        grid(**parts)


def test_every_picture_of_the_grid_is_the_one_its_recipe_makes(squeezenet):
    recipe = grid()
    frames = []
    dream = make_comparison(lambda name: squeezenet, recipe, watch=lambda frame: frames.append(frame.progress))
    assert len(dream.scores) == recipe.all_steps == len(frames)
    assert frames[-1] == 1
    scores = [score for row in recipe.cells for cell in row for score in make(lambda _: squeezenet, cell).scores]
    np.testing.assert_allclose(dream.scores, scores)
    assert dream.picture.dtype == np.uint8
    assert dream.plan == recipe


def test_a_cell_is_as_large_as_its_picture_not_as_its_first_octave(squeezenet):
    method = Octaves(iterations=1, octaves=2)
    recipe = grid(start=Sample(name="coffee", longest_side=120), method=method, down=None)
    seen = []
    dream = make_comparison(lambda name: squeezenet, recipe, watch=seen.append)
    assert len({frame.picture.shape for frame in seen}) == 1
    assert dream.picture.shape[1] == GAP + 3 * (120 + GAP)


def test_stopped_it_keeps_what_is_there_and_comes_out_the_same_again(squeezenet):
    seen = []
    stopped = make_comparison(lambda name: squeezenet, grid(), watch=seen.append, stop=lambda: len(seen) >= 5)
    assert stopped.plan.stopped_after == 5
    again = make_comparison(lambda name: squeezenet, stopped.plan)
    np.testing.assert_array_equal(again.picture, stopped.picture)
    assert make_comparison(lambda name: squeezenet, grid(), stop=lambda: True) is None


def test_a_cell_that_cannot_be_made_says_why_and_costs_no_other(squeezenet):
    recipe = grid(across=Axis(setting="channel", values=(999, 1)), down=None)
    dream = make_comparison(lambda name: squeezenet, recipe)
    assert dream.plan == recipe
    assert dream.scores == make(lambda _: squeezenet, recipe.cells[0][1]).scores
    told = dream.picture[LABEL : LABEL + 48, GAP : GAP + 64]
    assert len(np.unique(told)) > 10  # letters on a plain ground
    alone = make_comparison(lambda name: squeezenet, grid(across=Axis(setting="channel", values=(1, 2)), down=None))
    np.testing.assert_array_equal(dream.picture[LABEL:, 2 * GAP + 64 :], alone.picture[LABEL:, GAP:][:, : GAP + 64])


def test_a_comparison_of_which_nothing_can_be_made_is_refused(squeezenet):
    recipe = grid(across=Axis(setting="channel", values=(998, 999)), down=None)
    with pytest.raises(UserError, match="out of range"):
        make_comparison(lambda name: squeezenet, recipe)


@pytest.mark.parametrize("turned", [False, True])
def test_methods_and_their_settings_go_together_either_way(turned):
    axes = [Axis(setting="method", values=("naive", "octaves")), Axis(setting="step", values=(0.5, 4.0))]
    across, down = axes[::-1] if turned else axes
    recipe = grid(across=across, down=down)
    found = {(cell.method.kind, cell.method.step) for row in recipe.cells for cell in row}
    assert found == {("naive", 0.5), ("naive", 4.0), ("octaves", 0.5), ("octaves", 4.0)}


def test_the_method_that_was_chosen_keeps_its_settings_among_others():
    recipe = grid(across=Axis(setting="method", values=("naive", "octaves")), down=None)
    assert recipe.cells[0][0].method == BASE.method


def test_labels_over_a_picture_narrower_than_a_letter():
    assert ContactSheet((1024, 32), ["fire2", "fire7", "fire9"], []).pixels.shape[1] == GAP + 3 * (12 + GAP)


def test_the_same_class_has_another_number_in_another_network(squeezenet):
    graph = squeezenet.graph_def()
    turned = Network("turned", graph, "input", squeezenet.preprocessing, squeezenet.class_names[::-1])
    cell = Recipe(network="turned", start=Noise(), objective=Class(index=340, name="zebra"), method=Octaves())
    assert for_network(cell, turned, "squeezenet").objective.index == 999 - 340
    assert for_network(
        cell.model_copy(update={"objective": Layer(layer="fire7")}), turned, "squeezenet"
    ).objective.layer
    with pytest.raises(UserError, match="no class named unicorn"):
        for_network(cell.model_copy(update={"objective": Class(index=1, name="unicorn")}), turned, "squeezenet")
