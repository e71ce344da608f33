"""The Layers page."""

from unittest.mock import Mock

import pytest
from graphs import tf
from paging import choice, click, run, sprite_sheets, words

from dream.atlas.atlas import Atlas
from dream.networks.graph import Network
from dream.networks.zoo.catalog import Entry
from dream.recipe import (
    Channel,
    Class,
    Guide,
    Layer,
    Neuron,
    Sample,
    Spectral,
    Sum,
    Term,
)
from dream.recipe.defaults import OVER_PHOTO, TOGETHER
from dream.ui import resources
from dream.ui.session import Choice

MIX = Sum(terms=(Term(objective=Channel(layer="fire4", channel=3)), Term(objective=Layer(layer="fire7"), weight=-0.5)))


def leave_and_come_back(test, objective):
    """Another page makes something else the choice meanwhile."""
    test.switch_page("pages/home.py").run()
    choice(test).objective = objective
    test.switch_page("pages/layers.py").run()
    assert not test.exception
    assert choice(test).objective == objective


def test_layers_lists_shallow_to_deep_and_bounds_the_channel():
    test = run("layers")
    test.segmented_control(key="kind-squeezenet").set_value("One feature").run()
    layers = test.selectbox(key="layer-squeezenet")
    assert layers.options[0].startswith("conv1_pre_relu · very shallow")
    assert layers.options[-1].startswith("conv10_pre_relu · very deep")
    layers.set_value("fire4_expand1x1_pre_relu").run()
    channel = test.number_input(key="channel-squeezenet-fire4_expand1x1_pre_relu")
    assert (channel.min, channel.max) == (0, 127)
    channel.set_value(99).run()
    assert choice(test).objective == Channel(layer="fire4_expand1x1_pre_relu", channel=99)
    assert "feature 99 of layer" in words(test)


def test_a_hidden_layer_is_shown_while_it_is_in_use():
    """A kept dream may name an inner step of a bottleneck, which the page does not list otherwise."""
    hidden = "block10_depthwise_pre_relu"
    for objective in (Channel(layer=hidden, channel=3), Sum(terms=(Term(objective=Layer(layer=hidden)),))):
        test = run("layers", choice=Choice(network="efficientnet-lite0", objective=objective))
        assert not test.exception
        assert choice(test).objective == objective
    test = run("layers", choice=Choice(network="efficientnet-lite0", objective=Layer(layer="block10")))
    names = [option.split(" ")[0] for option in test.selectbox(key="layer-efficientnet-lite0").options]
    assert len(names) == 33
    assert hidden not in names


def test_layers_finds_a_class_by_name():
    test = run("layers")
    test.segmented_control(key="kind-squeezenet").set_value("A thing by name").run()
    test.text_input[0].set_value("BANANA").run()
    (found,) = sprite_sheets(test, "Pictures to choose from")
    assert [item["id"] for item in found["items"]] == ["954"]
    test.text_input[0].set_value("unicorn").run()
    assert "knows nothing named “unicorn”" in words(test)


def test_an_address_opens_a_class_and_a_channel():
    asked = [term.objective for term in choice(run("layers", query={"class": "954"})).objective.terms]
    assert [(one.network, one.index, one.name) for one in asked] == [(name, 954, "banana") for name in TOGETHER]
    test = run("layers", query={"network": "squeezenet", "layer": "fire8", "channel": "29"})
    assert choice(test).objective == Channel(layer="fire8", channel=29)
    assert dict(test.query_params) == {"network": "squeezenet", "layer": "fire8", "channel": "29"}
    assert "Feature 29" in words(test)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"layer": "fire8", "channel": "512"}, "channels 0 to 511"),
        ({"layer": "fire8", "channel": "1" * 5000}, "channels 0 to 511"),
        ({"class": "1" * 5000}, "classes 0 to 999"),
        ({"layer": "fire99"}, "no layer named fire99"),
        ({"class": "unicorn"}, "no class named unicorn"),
        ({"network": "alexnet"}, "no network named alexnet"),
    ],
    ids=range(6),
)
def test_an_address_of_what_is_not_there_is_told(query, sentence):
    test = run("layers", query=query)
    assert sentence in test.error[0].value
    assert choice(test).objective == OVER_PHOTO


def test_who_comes_for_a_network_that_is_not_here_can_choose_another():
    test = run("layers", query={"network": "inception5h", "layer": "mixed4c"})
    assert "not on this server yet" in words(test)
    assert choice(test).network == "squeezenet"
    test.selectbox(key="network").set_value("squeezenet").run()
    assert choice(test).objective == OVER_PHOTO
    assert not test.error


def test_coming_back_shows_what_was_chosen_meanwhile():
    test = run("layers", query={"class": "zebra"})
    leave_and_come_back(test, Class(index=130, name="flamingo", logsumexp_weight=0.5))
    assert "Flamingo" in words(test)
    leave_and_come_back(test, MIX)
    leave_and_come_back(test, other := Sum(terms=(Term(objective=Layer(layer="fire2"), weight=2),)))
    assert choice(test).objective == other


@pytest.mark.parametrize(
    "objective",
    [
        Class(index=954, name="banana"),
        Neuron(layer="fire4", channel=3),
        Guide(layer="fire4", picture=Sample(name="coffee")),
    ],
)
def test_a_mix_keeps_what_its_table_cannot_show(objective):
    for terms in ((Term(objective=objective, weight=2),), (*MIX.terms, Term(objective=objective, weight=2))):
        test = run("layers", choice=Choice(objective=Sum(terms=terms)))
        assert choice(test).objective == Sum(terms=terms)
        assert "though not in the table: 2 ×" in words(test)


def test_another_network_may_have_fewer_channels_in_a_layer_of_the_same_name(monkeypatch):
    bring(monkeypatch, one_layer("wide", 8), one_layer("narrow", 2))
    test = run("layers", choice=Choice(network="wide", objective=Channel(layer="same", channel=7)))
    test.selectbox(key="network").set_value("narrow").run()
    assert not test.exception
    assert choice(test).objective == Channel(layer="same", channel=1)


def test_pictures_that_cannot_be_made_are_told_and_not_waited_for(monkeypatch):
    bring(monkeypatch, one_layer("wide", 8))
    monkeypatch.setattr(Atlas, "problem_with", lambda self, tensor: "TensorFlow fails.")
    test = run("layers", choice=Choice(network="wide", objective=Channel(layer="same", channel=7)))
    assert "No pictures of same: TensorFlow fails." in words(test)
    assert "being made" not in words(test)
    (sheet,) = sprite_sheets(test, "Pictures to choose from")
    assert not any(item["waiting"] for item in sheet["items"])


def bring(monkeypatch, *networks):
    entries = {network.name: Entry(network.name, "", "", lambda: True, lambda: None) for network in networks}
    monkeypatch.setattr(resources, "networks", lambda: entries)
    monkeypatch.setattr(resources, "network", {network.name: network for network in networks}.get)
    monkeypatch.setattr(resources, "atlas", lambda name: Atlas(resources.network(name)))
    monkeypatch.setattr(resources, "atlas_builder", Mock())


def one_layer(name, channels):
    with tf.Graph().as_default() as graph:
        pictures = tf.compat.v1.placeholder(tf.float32, [None, None, None, 3], name="input")
        tf.nn.conv2d(pictures, tf.ones([3, 3, 3, channels]), 1, "SAME", name="same")
    return Network(name, graph.as_graph_def())


def test_the_strip_goes_from_shallow_to_deep():
    test = run("layers", choice=Choice(objective=Layer(layer="fire7")))
    (strip,) = sprite_sheets(test, "Layers of squeezenet from shallow to deep")
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
    test = run("layers", choice=Choice(objective=MIX))
    assert choice(test).objective == MIX
    assert "feature 3 of layer `fire4` minus 0.5 × everything in layer `fire7`" in words(test)


def test_every_channel_of_a_layer_has_its_picture_and_one_is_large():
    test = run("layers", query={"layer": "fire4", "channel": "139"})
    (sheet,) = sprite_sheets(test, "Pictures to choose from")
    assert [item["id"] for item in sheet["items"]] == [str(channel) for channel in range(128, 192)]
    assert [item["id"] for item in sheet["items"] if item["chosen"]] == ["139"]
    assert all(item["sheet"] is not None for item in sheet["items"])
    (alike,) = sprite_sheets(test, "Channels that look alike")
    assert len(alike["items"]) == 6


def test_nothing_chosen_is_both_networks_over_a_photo():
    test = run("layers")
    assert test.segmented_control(key="kind-squeezenet").value == "A bit of everything"
    assert "squeezenet and efficientnet-lite0" in words(test)
    assert choice(test).objective == OVER_PHOTO
    assert choice(test).recipe().method == Spectral()
    (sheet,) = sprite_sheets(test, "Pictures to choose from")
    assert len(sheet["items"]) == 64


def test_a_thing_is_imagined_by_both_networks(jobs):
    test = run("layers", query={"class": "zebra"})
    assert test.segmented_control(key="imagined-squeezenet").value == "squeezenet and efficientnet-lite0"
    assert test.query_params["class"] == "340"
    (sheet,) = sprite_sheets(test, "Pictures to choose from")
    assert all(item["sheet"] is not None for item in sheet["items"])
    click(test, "Draw it large")
    (job,) = jobs.all()
    asked = [(term.objective.network, term.objective.index) for term in job.recipe.objective.terms]
    assert asked == [("squeezenet", 340), ("efficientnet-lite0", 340)]
    test.switch_page("pages/layers.py").run()
    assert test.segmented_control(key="kind-squeezenet").value == "A thing by name"
    assert "Zebra" in words(test)


def test_a_thing_is_imagined_by_one_network_where_that_is_chosen():
    test = run("layers", query={"class": "zebra"})
    test.segmented_control(key="imagined-squeezenet").set_value("squeezenet").run()
    assert choice(test).objective == Class(index=340, name="zebra")
    assert test.query_params["by"] == "squeezenet"
    again = run("layers", query={"network": "squeezenet", "class": "340", "by": "squeezenet"})
    assert again.segmented_control(key="imagined-squeezenet").value == "squeezenet"
    assert choice(again).objective == Class(index=340, name="zebra")


def test_a_second_click_sent_with_the_address_of_before_the_first_changes_nothing_back():
    test = run("layers", query={"layer": "fire3", "channel": "5"})
    test.selectbox(key="layer-squeezenet").set_value("fire8").run()
    test.query_params.update({"network": "squeezenet", "layer": "fire3", "channel": "5"})  # the browser's, still
    test.number_input(key="channel-squeezenet-fire8").set_value(17).run()
    assert choice(test).objective == Channel(layer="fire8", channel=17)
