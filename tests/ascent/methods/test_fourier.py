import numpy as np
import pytest

from dream.ascent.make import make
from dream.ascent.objectives import scalar_of
from dream.ascent.spectrum import natural_spectrum, picture_of, spectrum_of
from dream.ascent.views import View, random_view
from dream.pictures.start import pixels_sha256, start_picture
from dream.recipe import Class, Fourier, Laplacian, Layer, Noise, Octaves, Photo, Recipe

PHOTO = np.random.default_rng(5).integers(30, 220, (72, 96, 3), dtype=np.uint8)
SHORT = Fourier(iterations=12)


def recipe_of(method, **parts):
    given = {"start": Noise(width=96, height=80), "objective": Class(index=340), "seed": 3, **parts}
    return Recipe(method=method, **given)


def scored(frames):
    return sum(frame.score is not None for frame in frames)


def test_a_class_grows_and_the_picture_stays_within_its_range(squeezenet):
    recipe = recipe_of(Fourier(iterations=60), start=Noise(width=144, height=128))
    dream = make(lambda _: squeezenet, recipe)
    assert dream.picture.dtype == np.float32
    assert dream.picture.shape == (128, 144, 3)
    assert dream.picture.min() >= 0
    assert dream.picture.max() <= 255
    assert np.mean(dream.scores[-5:]) > np.mean(dream.scores[:5]) + 2
    noise = start_picture(recipe.start, np.random.default_rng(3))
    before, after = (squeezenet.probabilities(picture)[340] for picture in (noise, dream.picture))
    assert after > 20 * before


def test_over_a_photo_it_starts_from_the_photo(squeezenet):
    start = Photo(sha256=pixels_sha256(PHOTO), longest_side=96)
    recipe = recipe_of(Fourier(iterations=1, step=1e-6), start=start, objective=Layer(layer="fire5"))
    np.testing.assert_allclose(make(lambda _: squeezenet, recipe, {start.sha256: PHOTO}).picture, PHOTO, atol=0.5)


@pytest.mark.parametrize("size", [(7, 8), (8, 7), (33, 20)])
@pytest.mark.parametrize("decay", [0, 1.0, 2.0])
def test_every_picture_has_a_spectrum(size, decay):
    scale = natural_spectrum(*size, decay)
    light = np.random.default_rng(1).normal(size=(*size, 3)).astype(np.float32)
    picture = picture_of(spectrum_of(light) / scale[..., None] * scale[..., None], size)
    assert picture.shape == (*size, 3)
    assert scale.mean() == pytest.approx(natural_spectrum(*size, 1.0).mean(), rel=1e-3)


def test_a_turned_view_shows_the_pixels_turned_and_brings_their_gradient_back():
    """Quarter turn and whole shift move pixels onto pixels: the gradient must come back to where they came from."""
    picture = np.random.default_rng(1).normal(size=(20, 24, 3)).astype(np.float32)
    view = View((20, 24), side=8, width_seen=8, angle=np.pi / 2, y=6.5, x=8.5)
    seen = view.apply(picture)
    np.testing.assert_allclose(seen, picture[3:11, 5:13][:, ::-1].transpose(1, 0, 2), atol=1e-5)
    g = np.random.default_rng(2).normal(size=seen.shape).astype(np.float32)
    np.testing.assert_allclose(view.apply_transpose(g)[3:11, 5:13][:, ::-1].transpose(1, 0, 2), g, atol=1e-4)


def test_views_agree_with_tensorflows_own_transform_and_their_gradients_with_the_transpose(squeezenet):
    tf = pytest.importorskip("tensorflow")
    picture = np.random.default_rng(3).normal(size=(21, 30, 3)).astype(np.float32)
    side, width_seen, angle, y, x = 16, 19.0, 0.15, 9.0, 3.0  # beyond the left border
    view = View((21, 30), side, width_seen, angle, y, x)
    along, across, middle = width_seen / side * np.cos(angle), width_seen / side * np.sin(angle), (side - 1) / 2
    left, top = x - along * middle + across * middle, y - across * middle - along * middle
    expected = tf.raw_ops.ImageProjectiveTransformV3(
        images=picture[None],
        transforms=np.float32([[along, -across, left, across, along, top, 0, 0]]),
        output_shape=[side, side],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="REFLECT",
    )[0]
    np.testing.assert_allclose(view.apply(picture), expected, atol=1e-4)
    g = np.random.default_rng(4).normal(size=(side, side, 3)).astype(np.float32)
    assert np.vdot(view.apply(picture), g) == pytest.approx(np.vdot(picture, view.apply_transpose(g)), rel=1e-4)


def test_several_pictures_are_seen_at_once():
    pictures = np.random.default_rng(5).normal(size=(20, 24, 2, 3)).astype(np.float32)
    view = random_view((20, 24), (8, 12), (0.4, 1.0), 10, np.random.default_rng(6))
    for number in range(2):
        np.testing.assert_array_equal(view.apply(pictures)[:, :, number], view.apply(pictures[:, :, number]))


def test_a_ghost_of_factors_one_is_the_network_and_others_are_not(squeezenet):
    scalar = scalar_of(Class(index=340), squeezenet)
    picture = np.random.default_rng(7).uniform(0, 255, (96, 96, 3)).astype(np.float32)
    score, g = squeezenet.gradient(scalar)(picture)
    ghost = squeezenet.gradient(scalar, ghosts=True)
    factors = np.ones(squeezenet.ghost_channels(scalar.tensors), np.float32)
    assert len(factors) == 2 * (128 + 256 + 384 + 512)  # eight fire modules
    same, same_g = ghost(picture, factors)
    assert same == pytest.approx(score, rel=1e-4)
    np.testing.assert_allclose(same_g, g, atol=1e-3 * np.abs(g).max())
    other, _ = ghost(picture, factors * np.float32(0.5))
    assert abs(other - score) > 0.1


def test_an_objective_is_never_weighted_itself(squeezenet):
    channels = squeezenet.ghost_channels(("fire4",))
    assert channels == 256  # fire2 and fire3


@pytest.mark.parametrize("method", [SHORT, Octaves(iterations=4), Laplacian(iterations=4)], ids=lambda m: m.kind)
def test_the_same_recipe_makes_the_same_picture_even_when_stopped(squeezenet, method):
    recipe = recipe_of(method)
    whole = make(lambda _: squeezenet, recipe)
    assert len(whole.scores) == method.steps == 12
    np.testing.assert_array_equal(whole.picture, make(lambda _: squeezenet, recipe).picture)
    seen = []
    stopped = make(lambda _: squeezenet, recipe, watch=seen.append, stop=lambda: scored(seen) >= 5)
    assert stopped.plan.stopped_after == 5
    assert stopped.picture.shape == whole.picture.shape
    np.testing.assert_array_equal(make(lambda _: squeezenet, stopped.plan).picture, stopped.picture)


@pytest.mark.parametrize("method", [Octaves(iterations=1), Laplacian(iterations=1)], ids=lambda m: m.kind)
def test_over_a_photo_the_last_octave_has_its_size(squeezenet, method):
    start = Photo(sha256=pixels_sha256(PHOTO), longest_side=96)
    seen = []
    recipe = recipe_of(method, start=start, objective=Layer(layer="fire3"))
    make(lambda _: squeezenet, recipe, {start.sha256: PHOTO}, seen.append)
    assert [frame.picture.shape[:2] for frame in seen if frame.score is not None] == [(36, 48), (51, 68), (72, 96)]
    assert [frame.score is None for frame in seen] == [False, True, False, True, False]  # it has only grown
