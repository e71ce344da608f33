"""The looks on the Picture page."""

from unittest.mock import Mock

import numpy as np
import pytest
from paging import choice, click, run, sprite_sheets, words

from dream.pictures.start import pixels_sha256
from dream.recipe import Noise, Photo, Sample
from dream.recipe.looks import find_look, looks
from dream.settings import settings
from dream.ui import resources
from dream.ui.dreams import looks_view
from dream.ui.session import Choice

GROUP = "Dream it as"


class Pictures:
    """All made but the ones of these names; remembers what was wished for."""

    def __init__(self, missing=()):
        self.missing = set(missing)
        self.wishes = []

    def wish(self, small, looks):
        self.wishes.append(small.shape)
        return {look.name: None if look.name in self.missing else b"jpeg" for look in looks}


@pytest.fixture
def pictures(monkeypatch):
    pictures = Pictures()
    monkeypatch.setattr(resources, "look_pictures", lambda: pictures)
    return pictures


def test_a_photo_is_shown_in_every_look_at_the_same_place_while_pictures_are_missing(pictures):
    pictures.missing = {"corals"}
    (grid,) = sprite_sheets(run("picture"), GROUP)
    assert grid["names"] == [look.name for look in looks()]
    assert [name for name, url in zip(grid["names"], grid["urls"]) if url is None] == ["corals"]
    assert grid["ratio"] == pytest.approx(256 / 170)
    assert set(pictures.wishes) == {(170, 256, 3)}


def test_the_pictures_do_not_depend_on_the_size_of_the_dream(pictures):
    test = run("picture")
    test.slider(key="longest-sample").set_value(320).run()
    assert set(pictures.wishes) == {(170, 256, 3)}


def test_a_click_dreams_the_photo_in_the_look_at_the_chosen_size(pictures, jobs):
    start = Sample(name="coffee", longest_side=320)
    test = run("picture", choice=Choice(start=start, seed=5), **{looks_view.CHOSEN: "corals"})
    (job,) = jobs.all()
    assert job.recipe == find_look("corals").recipe(start, seed=5)
    assert choice(test).recipe() == job.recipe
    assert looks_view.CHOSEN not in test.session_state


def test_a_click_on_a_photo_of_ones_own_takes_the_photo_along(pictures, jobs):
    photo = np.random.default_rng(0).integers(0, 256, (60, 300, 3), dtype=np.uint8)
    start = Photo(sha256=pixels_sha256(photo))
    run("picture", choice=Choice(start=start, photos={start.sha256: photo}), **{looks_view.CHOSEN: "eyes"})
    (job,) = jobs.all()
    assert list(job.photos) == [start.sha256]
    assert pictures.wishes[-1] == (51, 256, 3)


def test_noise_has_no_looks(pictures):
    test = run("picture", choice=Choice(start=Noise()))
    assert sprite_sheets(test, GROUP) == []
    assert "nothing to speak of" in words(test)
    assert pictures.wishes == []


def test_what_is_refused_is_told(pictures, monkeypatch):
    monkeypatch.setenv("DREAM_MAX_ITERATIONS", "10")
    settings.cache_clear()
    test = run("picture", **{looks_view.CHOSEN: "eyes"})
    assert "At most 10 iterations" in test.error[0].value


def test_the_other_ways_on_are_there_as_before(pictures, jobs):
    test = run("picture")
    assert "squeezenet's first five classes" in words(test)
    click(test, "Surprise me")
    assert jobs.all()[0].recipe.objective.kind == "channel"


class Anew(Exception):
    """The whole page is drawn again."""


def test_the_page_looks_again_until_nothing_is_missing(pictures, monkeypatch):
    watched, clicked = [], Mock(return_value=False)
    monkeypatch.setattr(looks_view, "start_pixels", lambda *_: np.zeros((128, 256, 3), np.uint8))
    monkeypatch.setattr(looks_view, "picture_buttons", clicked)
    monkeypatch.setattr(looks_view.st, "fragment", lambda draw, run_every: watched.append(draw) or draw)
    monkeypatch.setattr(looks_view.st, "rerun", Mock(side_effect=Anew))
    pictures.missing = {"eyes"}
    looks_view.looks_view(Sample(name="coffee"), {})
    (look_again,) = watched
    look_again()
    clicked.return_value = True
    with pytest.raises(Anew):
        look_again()
    clicked.return_value = False
    pictures.missing = set()
    with pytest.raises(Anew):
        look_again()
    looks_view.looks_view(Sample(name="coffee"), {})
    assert len(watched) == 1
