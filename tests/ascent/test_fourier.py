import numpy as np
import pytest

from dream.ascent.fourier import _natural_spectrum, _picture_of, _spectrum_of, see, see_back
from dream.ascent.render import make_dream
from dream.pictures.start import pixels_sha256, start_picture
from dream.recipe import Class, Fourier, Laplacian, Layer, Noise, Octaves, Photo, Recipe

PHOTO = np.random.default_rng(5).integers(30, 220, (72, 96, 3), dtype=np.uint8)
SHORT = Fourier(iterations=12)


def recipe_of(method, **parts):
    given = {"start": Noise(width=96, height=80), "objective": Class(index=340), "seed": 3, **parts}
    return Recipe(method=method, **given)


def test_a_class_grows_and_the_picture_stays_within_its_range(squeezenet):
    recipe = recipe_of(Fourier(iterations=60), start=Noise(width=144, height=128))
    dream = make_dream(squeezenet, recipe)
    assert dream.picture.dtype == np.float32
    assert dream.picture.shape == (128, 144, 3)
    assert dream.picture.min() >= 0
    assert dream.picture.max() <= 255
    assert np.mean(dream.scores[-5:]) > np.mean(dream.scores[:5]) + 5
    noise = start_picture(recipe.start, np.random.default_rng(3))
    before, after = (squeezenet.probabilities(picture)[340] for picture in (noise, dream.picture))
    assert after > 20 * before


def test_over_a_photo_it_starts_from_the_photo(squeezenet):
    start = Photo(sha256=pixels_sha256(PHOTO), longest_side=96)
    recipe = recipe_of(Fourier(iterations=1, step=1e-6), start=start, objective=Layer(layer="fire5"))
    np.testing.assert_allclose(make_dream(squeezenet, recipe, {start.sha256: PHOTO}).picture, PHOTO, atol=0.5)


@pytest.mark.parametrize("size", [(7, 8), (8, 7), (33, 20)])
@pytest.mark.parametrize("decay", [0, 1.0, 2.0])
def test_every_picture_has_a_spectrum(size, decay):
    scale = _natural_spectrum(*size, decay)
    light = np.random.default_rng(1).normal(size=(*size, 3)).astype(np.float32)
    picture = _picture_of(_spectrum_of(light) / scale * scale, *size)
    assert picture.shape == (*size, 3)
    assert scale.mean() == pytest.approx(_natural_spectrum(*size, 1.0).mean(), rel=1e-3)


def test_a_views_gradient_is_that_of_the_picture():
    """Quarter turn and whole shift move pixels onto pixels: the gradient must come back to where they came from."""
    picture = np.random.default_rng(1).normal(size=(20, 24, 3)).astype(np.float32)
    turned = np.float32([0, -1, 12, 1, 0, 3, 0, 0])  # x = 12 - row, y = 3 + column
    view = see(picture, turned, 8)
    np.testing.assert_allclose(view, picture[3:11, 5:13][:, ::-1].transpose(1, 0, 2), atol=1e-5)
    g = np.random.default_rng(2).normal(size=view.shape).astype(np.float32)
    back = see_back(picture, turned, 8, g)
    np.testing.assert_allclose(back[3:11, 5:13][:, ::-1].transpose(1, 0, 2), g, atol=1e-4)


@pytest.mark.parametrize("method", [SHORT, Octaves(iterations=4), Laplacian(iterations=4)], ids=lambda m: m.kind)
def test_the_same_recipe_makes_the_same_picture_even_when_stopped(squeezenet, method):
    recipe = recipe_of(method)
    whole = make_dream(squeezenet, recipe)
    assert len(whole.scores) == method.steps == 12
    np.testing.assert_array_equal(whole.picture, make_dream(squeezenet, recipe).picture)
    seen = []
    stopped = make_dream(squeezenet, recipe, watch=seen.append, stop=lambda: len(seen) >= 5)
    assert stopped.recipe.stopped_after == 5
    assert stopped.picture.shape == whole.picture.shape
    np.testing.assert_array_equal(make_dream(squeezenet, stopped.recipe).picture, stopped.picture)


@pytest.mark.parametrize("method", [Octaves(iterations=1), Laplacian(iterations=1)], ids=lambda m: m.kind)
def test_over_a_photo_the_last_octave_has_its_size(squeezenet, method):
    start = Photo(sha256=pixels_sha256(PHOTO), longest_side=96)
    seen = []
    make_dream(
        squeezenet, recipe_of(method, start=start, objective=Layer(layer="fire3")), {start.sha256: PHOTO}, seen.append
    )
    assert [frame.picture.shape[:2] for frame in seen] == [(36, 48), (51, 68), (72, 96)]
