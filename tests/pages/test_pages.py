"""Home, Render and the whole."""

import numpy as np
import pytest
from paging import APP, RECIPE, choice, click, run, words
from streamlit.testing.v1 import AppTest

from dream.errors import UserError
from dream.gallery import owners
from dream.pictures.png import encode_png
from dream.recipe import (
    Dream,
    Layer,
    Naive,
    Noise,
    Octaves,
    Recipe,
    Sample,
    Zoom,
)
from dream.ui import resources
from dream.ui.dreams.examples import EXAMPLES
from dream.ui.session import Choice


def test_the_whole_app_opens_on_home():
    test = AppTest.from_file(APP, default_timeout=60).run()
    assert not test.exception
    assert test.title[0].value == "What has a network learned to see?"
    assert [button.label for button in test.button].count("Dream this") >= 4


def test_a_home_that_cannot_be_used_is_told(monkeypatch):
    def refuse():
        raise UserError("Cannot keep dreams in /nowhere: Permission denied. Set DREAM_HOME to another folder.")

    monkeypatch.setattr(resources, "jobs", refuse)
    test = AppTest.from_file(APP, default_timeout=60).run()
    assert "Set DREAM_HOME" in test.error[0].value
    assert not test.exception


def test_a_ready_dream_is_submitted_with_one_click(jobs):
    test = run("home")
    click(test, "Dream this")
    (job,) = jobs.all()
    assert job.recipe == EXAMPLES[0].recipe


def test_names_keep_their_capitals():
    assert "Astronaut Eileen Collins" in words(run("render", choice=Choice(start=Sample(name="astronaut"))))


@pytest.mark.parametrize("method", ["fourier", "laplacian", "octaves", "naive"])
def test_every_method_is_offered_out_of_noise(jobs, method):
    test = run("render", choice=Choice(start=Noise(width=64, height=64)))
    test.segmented_control(key="method-noise").set_value(method).run()
    click(test, "Start dreaming")
    (job,) = jobs.all()
    assert job.recipe.method.kind == method


def test_settings_of_a_method_survive_another_method():
    test = run("render", choice=Choice(method="dream"))
    test.slider(key="dream-step").set_value(4.0).run()
    test.segmented_control(key="method-sample").set_value("naive").run()
    assert choice(test).recipe().method == Naive()
    test.segmented_control(key="method-sample").set_value("dream").run()
    assert choice(test).recipe().method.step == 4.0


def test_a_full_queue_is_told(jobs, gallery):
    test = run("render", visitor="a" * 32)
    for _ in range(4):
        jobs.submit(RECIPE, {}, owners.browser(gallery.home, "a" * 32))
    test.run()
    click(test, "Add to the queue")
    assert "3 are waiting" in test.error[0].value


def test_render_starts_what_was_chosen(jobs):
    test = run("render", choice=Choice(method="dream"))
    test.slider(key="dream-step").set_value(2.5).run()
    test.slider(key="dream-iterations").set_value(4).run()
    click(test, "Start dreaming")
    (job,) = jobs.all()
    assert job.recipe.method == Dream(step=2.5, iterations=4)


def test_a_dream_is_kept_off_the_gallery(jobs, gallery):
    test = run("render", visitor="a" * 32)
    test.toggle(key="private").set_value(True).run()
    click(test, "Start dreaming")
    (job,) = jobs.all()
    assert job.private
    job.state, job.unsaved_png = "done", encode_png(np.zeros((40, 60, 3), np.uint8))
    test.run()
    assert "stays off the gallery" in words(test)
    assert not test.exception


def test_a_recipe_beyond_the_sliders_comes_back_as_it_was(jobs):
    method = Dream(step=40, iterations=300, octaves=11, octave_scale=3.5)
    given = Recipe(start=Sample(name="coffee"), objective=Layer(layer="fire5"), method=method, tile=256)
    mine = Choice()
    mine.load_recipe(given, {})
    click(run("render", choice=mine), "Start dreaming")
    (job,) = jobs.all()
    assert job.recipe == given


def test_settings_without_a_slider_are_kept():
    mine = Choice(method="zoom", methods={**Choice().methods, "zoom": Zoom(jitter=7)})
    assert choice(run("render", choice=mine)).recipe().method == Zoom(jitter=7)


def test_choices_that_do_not_go_together_are_told(jobs):
    large = Choice(start=Noise(width=1024, height=1024), method="octaves")
    large.methods["octaves"] = Octaves(octaves=8)
    for page in ("render", "layers"):
        test = run(page, choice=large)
        click(test, "Start dreaming" if page == "render" else "Dream it now")
        assert "take fewer octaves" in test.error[0].value
    test = run("compare", choice=large)
    click(test, next(button.label for button in test.button if button.label.endswith("pictures")))
    assert "take fewer octaves" in test.error[0].value
    assert not jobs.all()


def test_photos_that_recipes_bring_are_not_hoarded():
    mine = Choice()
    for number in range(9):
        mine.load_recipe(RECIPE, {str(number): np.zeros((1, 1, 3), np.uint8)})
    assert list(mine.photos) == [str(number) for number in range(3, 9)]
    mine.load_recipe(RECIPE, mine.photos)
    assert len(mine.photos) == 6
