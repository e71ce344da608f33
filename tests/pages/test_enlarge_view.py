"""Enlarging a kept dream on the pages."""

import numpy as np
import pytest
from paging import RECIPE, choice, click, keep, open_dream, run, words

from dream.pictures.png import encode_png
from dream.pictures.start import pixels_sha256
from dream.recipe import Axis, Comparison, Enlarge, Layer, Neuron, Noise, Photo, Recipe, Sample, Zoom
from dream.settings import settings
from dream.ui.components.score_curve import score_curve
from dream.ui.session import Choice

PIXELS = np.random.default_rng(1).integers(0, 256, (60, 80, 3), dtype=np.uint8)


def enlargements(test):
    return [button.label for button in test.button if button.label.startswith("Enlarge")]


def kept_large(gallery):
    """A dream of 80x60 that was enlarged."""
    recipe = Recipe(
        start=Photo(sha256=pixels_sha256(PIXELS), longest_side=80), objective=Layer(layer="fire4"), method=Enlarge()
    )
    pixels = PIXELS.repeat(2, axis=0).repeat(2, axis=1)
    photos = {pixels_sha256(PIXELS): PIXELS}
    return gallery.keep(encode_png(pixels, recipe), recipe, (1.0, 2.0), size=(160, 120), seconds=2.0, photos=photos)


@pytest.mark.parametrize("start", [RECIPE.start, Noise(width=80, height=60)])
def test_a_dream_is_enlarged_by_what_grew_in_it(start, gallery, jobs):
    dream = keep(gallery, RECIPE.model_copy(update={"start": start}))
    test = open_dream(dream)
    assert enlargements(test) == ["Enlarge 2× · 160×120", "Enlarge 4× · 320×240"]
    click(test, "Enlarge 4× · 320×240")
    (job,) = jobs.all()
    (photo,) = job.photos.values()
    assert photo.shape == (60, 80, 3)
    assert job.recipe.start == Photo(sha256=pixels_sha256(photo), longest_side=80)
    assert (job.recipe.method.times, job.recipe.objective, job.recipe.seed) == (4, RECIPE.objective, RECIPE.seed)
    assert test.session_state["watched"] == job.id
    assert choice(test) == Choice()


def test_its_waiting_job_is_watched_with_its_start(gallery, jobs):
    test = open_dream(keep(gallery))
    click(test, "Enlarge 2× · 160×120")
    test.switch_page("pages/render.py").run()
    assert not test.exception
    assert any(button.label == "Stop" for button in test.button)


def test_only_as_large_as_the_command_line_makes_them(gallery, monkeypatch):
    dream = keep(gallery)
    for most, offered in ((320, 2), (319, 1), (160, 1), (159, 0)):
        monkeypatch.setenv("DREAM_LARGEST_SIDE", str(most))
        monkeypatch.setenv("DREAM_MAX_SIDE", "100")
        settings.cache_clear()
        test = open_dream(dream)
        assert len(enlargements(test)) == offered
        assert ("159 pixels a side is the most here" in words(test)) == (not offered)


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        (Comparison(base=RECIPE, across=Axis(setting="layer", values=("fire4", "fire5"))), "A comparison is a sheet"),
        (RECIPE.model_copy(update={"method": Zoom()}), "An endless zoom is a film"),
        (RECIPE.model_copy(update={"objective": Neuron(layer="fire4", channel=1)}), "A neuron has one place"),
        (RECIPE.model_copy(update={"network": "gone"}), "takes the network gone, which is not here"),
        (RECIPE.model_copy(update={"network": "inception5h"}), "takes the network inception5h, which is not here"),
    ],
)
def test_what_cannot_be_enlarged_says_why(plan, sentence, gallery):
    test = open_dream(keep(gallery, plan))
    assert enlargements(test) == []
    assert sentence in words(test)


def test_a_dream_whose_picture_is_gone_says_so(gallery):
    dream = keep(gallery)
    test = open_dream(dream)
    gallery.png_path(dream.id).unlink()
    click(test, "Enlarge 2× · 160×120")
    assert "picture of this dream is gone" in words(test)


def test_an_enlarged_dream_is_called_so_and_seen_closely(gallery, jobs):
    dream = kept_large(gallery)
    test = open_dream(dream)
    assert dream.title == "fire4, all channels, enlarged 2×"
    assert "A picture made 2 times as large, its new detail grown so that everything in layer" in words(test)
    assert "Its middle, close up" in words(test)
    assert enlargements(test) == ["Enlarge 2× · 320×240", "Enlarge 4× · 640×480"]
    click(test, "Dream it again")
    assert jobs.all()[0].recipe == dream.recipe


def test_its_recipe_can_be_changed(gallery, jobs):
    test = open_dream(kept_large(gallery))
    click(test, "Change the recipe")
    test.switch_page("pages/render.py").run()
    assert not test.exception
    assert test.segmented_control(key="method-photo").value == "enlarge"
    click(test, "Start dreaming")
    assert jobs.all()[0].recipe.method == Enlarge()


def test_the_curve_of_thousands_of_steps_is_thinned():
    for count, points in ((3, 3), (1000, 1000), (1001, 501), (6760, 966)):
        (line,) = score_curve(range(count)).data
        assert (len(line.x), len(line.y), line.x[0]) == (points, points, 1)


def test_it_is_no_method_for_a_new_dream():
    for start in (Noise(width=64, height=64), Sample(name="coffee")):
        test = run("render", choice=Choice(start=start))
        assert "Enlarge" not in test.segmented_control(key=f"method-{start.kind}").options


def test_another_picture_is_dreamed_the_usual_way():
    chosen = Choice(start=Photo(sha256="0" * 64), method="enlarge")
    chosen.start_from(chosen.start)
    assert chosen.method == "enlarge"
    chosen.start_from(Sample(name="coffee"))
    assert chosen.method == "spectral"
