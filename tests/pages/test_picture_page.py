"""The Picture page."""

import numpy as np
import pytest
from paging import RECIPE, choice, click, run, words

from dream.pictures.png import encode_png
from dream.pictures.start import pixels_sha256
from dream.recipe import (
    Dream,
    Fourier,
    Noise,
    Photo,
    Sample,
)
from dream.ui.session import Choice


def test_picture_shows_what_the_network_sees():
    test = run("picture")
    assert "Egyptian cat" in "".join(element.proto.body for element in test.get("html"))
    assert "Chelsea" in words(test)


def test_picture_takes_another_sample_and_another_size():
    test = run("picture")
    test.button(key="sample-coffee").click().run()
    test.slider(key="longest-sample").set_value(320).run()
    assert choice(test).start == Sample(name="coffee", longest_side=320)


def test_noise_brings_the_clear_method():
    test = run("picture")
    test.segmented_control(key="source").set_value("Noise").run()
    assert choice(test).recipe().start == Noise()
    assert choice(test).recipe().method == Fourier()


def test_an_upload_that_is_no_picture_is_told_and_nothing_is_lost():
    test = run("picture")
    test.segmented_control(key="source").set_value("Upload").run()
    test.file_uploader[0].upload("text.jpg", b"only text", "image/jpeg").run()
    assert "not a picture" in test.error[0].value
    assert choice(test).start == Sample(name="chelsea")


def test_an_upload_becomes_the_start():
    pixels = np.random.default_rng(0).integers(0, 256, (90, 120, 3), dtype=np.uint8)
    test = run("picture")
    test.segmented_control(key="source").set_value("Upload").run()
    test.file_uploader[0].upload("mine.png", encode_png(pixels), "image/png").run()
    assert not test.exception
    assert choice(test).start.kind == "photo"
    np.testing.assert_array_equal(choice(test).photos[choice(test).start.sha256], pixels)


def drop(content, name="dream.png"):
    test = run("picture")
    test.segmented_control(key="source").set_value("Upload").run()
    test.file_uploader[0].upload(name, content, "image/png").run()
    assert not test.exception
    return test


def test_a_dropped_dream_is_dreamed_again(jobs):
    pixels = np.random.default_rng(0).integers(0, 256, (90, 120, 3), dtype=np.uint8)
    test = drop(encode_png(pixels, RECIPE))
    assert "This picture is a dream" in words(test)
    click(test, "Dream it again")
    (job,) = jobs.all()
    assert job.recipe == RECIPE


def test_a_dropped_dream_brings_its_settings_and_its_photo(gallery):
    photo = np.random.default_rng(1).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    start = Photo(sha256=pixels_sha256(photo), longest_side=80)
    recipe = RECIPE.model_copy(update={"start": start, "method": Dream(step=2.5)})
    png = encode_png(255 - photo, recipe)
    test = drop(png)
    click(test, "Take its settings")
    assert "not kept here" in test.error[0].value
    gallery.keep(png, recipe, (1.0,), size=(80, 60), seconds=1.0, photos={start.sha256: photo})
    test = drop(png)
    click(test, "Take its settings")
    assert choice(test).recipe() == recipe
    np.testing.assert_array_equal(choice(test).photos[start.sha256], photo)


def test_a_picture_without_a_recipe_is_only_a_picture():
    pixels = np.random.default_rng(0).integers(0, 256, (90, 120, 3), dtype=np.uint8)
    assert "is a dream" not in words(drop(encode_png(pixels)))


def test_surprise_me_takes_what_the_picture_excites(jobs):
    test = run("picture")
    click(test, "Surprise me")
    (job,) = jobs.all()
    assert job.recipe.objective.layer in {"fire6", "fire7", "fire9"}
    assert job.recipe.start == Sample(name="chelsea")


@pytest.mark.parametrize("side", [80, 4096])
def test_sizes_that_are_not_offered_are_shown(side):
    start = Sample(name="coffee", longest_side=side)
    assert choice(run("picture", choice=Choice(start=start))).start == start
    noise = Noise(width=side, height=64)
    assert choice(run("picture", choice=Choice(start=noise))).start == noise


def test_what_cannot_be_looked_into_is_told():
    lost = Choice(network="lost")
    test = run("picture", choice=lost)
    click(test, "Surprise me")
    assert "no network named lost" in test.error[0].value
