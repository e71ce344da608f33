import json

import pytest

from dream.errors import UserError
from dream.recipe import (
    Channel,
    Class,
    Dream,
    Layer,
    Naive,
    Noise,
    Photo,
    Recipe,
    Sample,
    parse_objective,
    parse_plan,
    validated,
)

RECIPES = [
    Recipe(start=Noise(width=64, height=48), objective=Channel(layer="fire7", channel=3), method=Naive(), seed=7),
    Recipe(start=Sample(name="coffee"), objective=Layer(layer="fire7"), method=Dream(octaves=2), stopped_after=5),
    Recipe(start=Photo(sha256="a" * 64), objective=Class(index=340, name="zebra"), method=Dream()),
]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.start.kind)
def test_json_brings_the_same_recipe_back(recipe):
    assert parse_plan(recipe.to_json()) == recipe


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "Invalid JSON"),
        ("[]", "object"),
        ("{}", "start"),
        (RECIPES[0].to_json().replace('"version": 3', '"version": 4'), "version"),
        (RECIPES[0].to_json().replace('"width": 64', '"width": 0'), "width"),
        (RECIPES[0].to_json().replace('"iterations": 20', '"iterations": 100001'), "iterations"),
        (RECIPES[0].to_json().replace('"step": 1.0', '"step": NaN'), "step"),
        (RECIPES[0].to_json().replace('"seed": 7', '"seed": 7, "speed": 1'), "speed"),
        (RECIPES[1].to_json().replace('"stopped_after": 5', '"stopped_after": 21'), "stopped_after"),
    ],
)
def test_an_unreadable_recipe_is_one_sentence(text, problem):
    with pytest.raises(UserError) as error:
        parse_plan(text)
    assert problem in str(error.value)
    assert "\n" not in str(error.value)


def test_titles_say_what_and_over_what():
    assert RECIPES[0].title() == "fire7 channel 3 out of noise"
    assert RECIPES[2].title() == "class zebra over a photo"


def test_a_recipe_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        RECIPES[0].seed = 1


def test_values_of_a_person_are_checked():
    with pytest.raises(UserError, match="width"):
        validated(Noise, width=90000, height=100)


@pytest.mark.parametrize(
    "objective",
    [
        {"kind": "layer", "layer": "l" * 1001},
        {"kind": "channel", "layer": "fire7", "channel": 10**400},
        {"kind": "class", "index": 2**31},
        {"kind": "layer", "layer": "fire7", "network": "n" * 1001},
    ],
)
def test_names_and_numbers_in_recipes_are_bounded(objective):
    with pytest.raises(UserError, match="cannot be read"):
        parse_objective(json.dumps(objective))


def test_a_long_class_name_is_cut_and_stays_the_same_from_then_on():
    once = Class(index=3, name="a" * 5000)
    assert len(once.name) == 1000
    assert Class.model_validate(once.model_dump()) == once
