"""The Layers page."""

import pytest
from paging import choice, run, sprite_sheets, words

from dream.recipe import (
    Channel,
    Class,
    Guide,
    Layer,
    Neuron,
    Sample,
    Sum,
    Term,
)
from dream.ui.session import Choice


def test_layers_lists_shallow_to_deep_and_bounds_the_channel():
    test = run("layers")
    test.segmented_control(key="kind-squeezenet").set_value("One feature").run()
    layers = test.selectbox(key="layer-squeezenet")
    assert layers.options[0].startswith("conv1_pre_relu · very shallow")
    assert layers.options[-1].startswith("conv10_pre_relu · very deep")
    layers.set_value("fire4_expand1x1_pre_relu").run()
    channel = test.number_input(key="channel-fire4_expand1x1_pre_relu")
    assert (channel.min, channel.max) == (0, 127)
    channel.set_value(99).run()
    assert choice(test).objective == Channel(layer="fire4_expand1x1_pre_relu", channel=99)
    assert "feature 99 of layer" in words(test)


def test_layers_finds_a_class_by_name():
    test = run("layers")
    test.segmented_control(key="kind-squeezenet").set_value("A thing by name").run()
    test.text_input[0].set_value("BANANA").run()
    (found,) = sprite_sheets(test, "Pictures to choose from")
    assert [item["id"] for item in found["items"]] == ["954"]
    test.text_input[0].set_value("unicorn").run()
    assert "knows nothing named “unicorn”" in words(test)


def test_an_address_opens_a_class_and_a_channel():
    assert choice(run("layers", query={"class": "954"})).objective == Class(index=954, name="banana")
    test = run("layers", query={"network": "squeezenet", "layer": "fire8", "channel": "29"})
    assert choice(test).objective == Channel(layer="fire8", channel=29)
    assert dict(test.query_params) == {"network": "squeezenet", "layer": "fire8", "channel": "29"}
    assert "Feature 29" in words(test)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"layer": "fire8", "channel": "512"}, "channels 0 to 511"),
        ({"layer": "fire99"}, "no layer named fire99"),
        ({"class": "unicorn"}, "no class named unicorn"),
        ({"network": "alexnet"}, "no network named alexnet"),
    ],
)
def test_an_address_of_what_is_not_there_is_told(query, sentence):
    test = run("layers", query=query)
    assert sentence in test.error[0].value
    assert choice(test).objective == Layer(layer="fire7")


def test_the_strip_goes_from_shallow_to_deep():
    (strip,) = sprite_sheets(run("layers"), "Layers of squeezenet from shallow to deep")
    names = [item["id"] for item in strip["items"]]
    assert names[0] == "conv1_pre_relu"
    assert names[-1] == "conv10_pre_relu"
    assert {"fire2", "fire9"} <= set(names)
    assert [item["id"] for item in strip["items"] if item["chosen"]] == ["fire7"]


def test_layers_takes_a_neuron():
    test = run("layers")
    test.segmented_control(key="kind-squeezenet").set_value("One feature").run()
    test.toggle(key="one-place").set_value(True).run()
    test.slider(key="x").set_value(0.25).run()
    assert choice(test).objective == Neuron(layer="fire7", channel=0, x=0.25, y=0.5)


def test_layers_takes_a_guide():
    test = run("layers")
    test.segmented_control(key="kind-squeezenet").set_value("Like another picture").run()
    test.selectbox(key="guide").set_value("rocket").run()
    assert choice(test).objective == Guide(layer="fire7", picture=Sample(name="rocket"))
    assert "finds in A rocket" in words(test)


def test_layers_takes_a_mix():
    terms = (Term(objective=Channel(layer="fire4", channel=3)), Term(objective=Layer(layer="fire7"), weight=-0.5))
    test = run("layers", choice=Choice(objective=Sum(terms=terms)))
    assert choice(test).objective == Sum(terms=terms)
    assert "feature 3 of layer `fire4` minus 0.5 × everything in layer `fire7`" in words(test)


def test_every_channel_of_a_layer_has_its_picture_and_one_is_large():
    test = run("layers", query={"layer": "fire4", "channel": "139"})
    (sheet,) = sprite_sheets(test, "Pictures to choose from")
    assert [item["id"] for item in sheet["items"]] == [str(channel) for channel in range(128, 192)]
    assert [item["id"] for item in sheet["items"] if item["chosen"]] == ["139"]
    assert all(item["sheet"] is not None for item in sheet["items"])
    (alike,) = sprite_sheets(test, "Channels that look alike")
    assert len(alike["items"]) == 6
