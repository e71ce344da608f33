"""The Learn page."""

from unittest.mock import Mock

import pytest
from paging import choice, click, keep, run, words

from dream.errors import UserError
from dream.recipe import Noise, Sample
from dream.recipe.defaults import OVER_PHOTO
from dream.ui import resources
from dream.ui.session import Choice

TITLES = [
    "A network has learned to see",
    "It looks in layers, one behind the other",
    "A layer consists of channels",
    "How strongly it responds is a number",
    "Every pixel can help a little",
    "Step by step, a dream",
    "Small first, then larger",
    "All together, view by view",
]


@pytest.mark.parametrize("step", range(1, 9))
def test_every_step_has_its_picture(step):
    test = run("learn", query={"step": str(step)})
    assert test.title[0].value == TITLES[step - 1]
    assert f"{step} of 8" in words(test)
    assert not test.error
    pictures = test.get("image") + test.get("bidi_component") + test.get("html")
    assert len(pictures) >= 2


def test_next_goes_through_and_the_last_one_leads_to_a_picture_of_ones_own():
    test = run("learn")
    click(test, "Next")
    assert test.title[0].value == TITLES[1]
    test = run("learn", query={"step": "8"})
    click(test, "Now with a picture of your own")
    assert choice(test).objective == OVER_PHOTO


@pytest.mark.parametrize(("text", "step"), [("99", 8), ("0", 1), ("-3", 1), ("two", 1), ("9" * 5000, 1)], ids=range(5))
def test_a_step_that_is_none(text, step):
    assert run("learn", query={"step": text}).title[0].value == TITLES[step - 1]


def test_a_network_that_names_nothing_still_shows_the_photo(monkeypatch):
    monkeypatch.setattr(resources, "top_classes", Mock(side_effect=UserError("mine has no class output.")))
    test = run("learn")
    assert not test.error
    assert "mine has no class output." in words(test)
    assert len(test.get("image") + test.get("imgs")) == 1


def test_from_noise_it_speaks_of_a_photo():
    test = run("learn", choice=Choice(start=Noise()))
    assert not test.error
    assert choice(test).start == Noise()


def test_the_gradients_step_makes_the_number_grow():
    from dream.pictures.start import sample
    from dream.ui.dreams import learn_pictures

    pixels = learn_pictures.small(sample(Sample(name="chelsea").name))
    found = learn_pictures.gradient("squeezenet", "fire6", 327, pixels)
    assert found.after > found.before


def test_presented_it_has_no_settings_and_shows_starred_dreams(gallery):
    dream = keep(gallery)
    gallery.change(dream.id, star=True)
    test = run("learn", query={"present": "1"})
    assert not test.exception
    assert {button.label for button in test.button} == {"Back", "Next", "Leave"}
