"""The Compare page."""

import pytest
from paging import choice, click, keep, run, words

from dream.networks.zoo import catalog
from dream.recipe import Axis, Channel, Class, Comparison, Dream, Layer, Noise, Recipe, Sample
from dream.ui.session import Choice


@pytest.mark.parametrize(
    ("question", "setting", "count"),
    [("five_depths", "layer", 5), ("each_method", "method", 4)],
)
def test_a_question_is_asked_with_one_click(jobs, question, setting, count):
    test = run("compare")
    test.button(key=question).click().run()
    assert not test.exception
    (job,) = jobs.all()
    assert job.recipe.across.setting == setting
    assert len(job.recipe.across.values) == count


def test_one_network_alone_is_compared_with_nothing(monkeypatch):
    monkeypatch.setattr(catalog, "ZOO", {catalog.DEFAULT: catalog.ZOO[catalog.DEFAULT]})
    test = run("compare")
    assert test.button(key="each_network").disabled
    assert "needs a second network" in words(test)


def test_a_grid_of_ones_own(jobs):
    test = run("compare", choice=Choice(objective=Channel(layer="fire4", channel=1)))
    test.selectbox(key="across").set_value("channel").run()
    test.text_input(key="across-channel").set_value("3, 5, 8").run()
    test.selectbox(key="down").set_value("step").run()
    next(button for button in test.button if button.label == "Compare 9 pictures").click().run()
    (job,) = jobs.all()
    assert job.recipe.across == Axis(setting="channel", values=(3, 5, 8))
    assert job.recipe.down == Axis(setting="step", values=(0.5, 1.5, 4.0))
    assert job.recipe.base.start == Sample(name="chelsea")


def test_what_is_no_number_and_what_is_too_much_is_told():
    test = run("compare", choice=Choice(objective=Channel(layer="fire4", channel=1)))
    test.selectbox(key="across").set_value("channel").run()
    test.text_input(key="across-channel").set_value("one, two").run()
    assert "Write numbers" in test.error[0].value
    test.text_input(key="across-channel").set_value(", ".join(map(str, range(40)))).run()
    assert "at most 36" in test.error[0].value
    assert not test.exception


def test_a_cell_opens(gallery, jobs):
    across = Axis(setting="layer", values=("fire4", "fire7"))
    base = Recipe(start=Sample(name="coffee"), objective=Layer(layer="fire2"), method=Dream())
    recipe = Comparison(base=base, across=across)
    dream = keep(gallery, recipe)
    test = run("gallery", query={"dream": dream.id})
    assert "Open one of its pictures" in words(test)
    test.selectbox(key=f"across-{dream.id}").set_value("fire7").run()
    test.button(key=f"cell-{dream.id}").click().run()
    (job,) = jobs.all()
    assert job.recipe == recipe.cells[0][1]


def test_classes_are_compared_by_network_out_of_noise(jobs):
    test = run("compare", choice=Choice(start=Noise(), objective=Class(index=5, name="x")))
    assert not test.error
    assert choice(test).start == Noise()


def test_a_comparison_brings_its_axes_back(gallery):
    across = Axis(setting="layer", values=("fire4", "fire7"))
    down = Axis(setting="step", values=(1, 2.5))
    base = Recipe(start=Sample(name="coffee"), objective=Layer(layer="fire2"), method=Dream())
    recipe = Comparison(base=base, across=across, down=down)
    test = run("gallery", query={"dream": keep(gallery, recipe).id})
    click(test, "Change the recipe")
    assert test.title[0].value == "Side by side"
    assert test.multiselect(key="across-layer").value == ["fire4", "fire7"]
    assert test.text_input(key="down-step").value == "1, 2.5"
    assert "Compare 4 pictures" in [button.label for button in test.button]
