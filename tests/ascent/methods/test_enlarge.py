"""The enlarge method, and the recipe that enlarges a dream."""

import numpy as np
import pytest
from PIL import Image

from dream.ascent.make import make
from dream.ascent.methods import Ascent, Look
from dream.ascent.methods.canvas import SHOWN_SIDE, Canvas
from dream.ascent.methods.enlarge import OVERLAP, _cut, enlarge, enlargement, iterations_for
from dream.errors import UserError
from dream.pictures.display import to_uint8
from dream.pictures.start import pixels_sha256, sample, scaled
from dream.recipe import Axis, Channel, Comparison, Dream, Enlarge, Layer, Neuron, Noise, Photo, Recipe, Zoom
from tests.bench.enlarge import seam

SMALL = scaled(sample("chelsea"), 72)
LAYER = Layer(layer="fire3")


def to_enlarge(pixels, times=2, iterations=6):
    start = Photo(sha256=pixels_sha256(pixels), longest_side=max(pixels.shape))
    return Recipe(start=start, objective=LAYER, method=Enlarge(times=times, iterations=iterations))


def made(recipe, network, **more):
    return make(lambda _: network, recipe, {pixels_sha256(SMALL): SMALL}, **more)


def grain(tile, jitter):
    """A gradient that is another at every place and depends on what is there, in no time."""
    g = np.roll(tile, 3, axis=0) - np.roll(tile, (1, 2), axis=(0, 1))
    return float(np.square(g).mean()), g


def toy(picture, method, sides=(128,), gradient=grain):
    seen = []

    def watched(tile, jitter):
        seen.append(tile.shape)
        return gradient(tile, jitter)

    ascent = Ascent((Look(watched, sides, 1.0),), watched, np.random.default_rng(0), lambda: True, False)
    return list(enlarge(picture.astype(np.float32), method, ascent)), seen


@pytest.mark.parametrize("times", [2, 4])
def test_the_same_recipe_makes_the_same_picture_of_so_many_times_the_size(times, squeezenet):
    first, second = (made(to_enlarge(SMALL, times), squeezenet).picture for _ in range(2))
    assert first.shape == (SMALL.shape[0] * times, SMALL.shape[1] * times, 3)
    assert first.tobytes() == second.tobytes()
    assert first.min() >= 0 and first.max() <= 255


@pytest.mark.parametrize("after", [1, 4])  # before the second doubling begins, and in it
def test_a_stopped_one_has_its_full_size_and_makes_the_same_again(after, squeezenet):
    recipe, seen = to_enlarge(SMALL, times=4), []
    dream = made(recipe, squeezenet, watch=seen.append, stop=lambda: len(seen) >= after)
    assert dream.plan.stopped_after == after == len(dream.scores)
    assert dream.picture.shape == (SMALL.shape[0] * 4, SMALL.shape[1] * 4, 3)
    np.testing.assert_array_equal(made(dream.plan, squeezenet).picture, dream.picture)
    assert not np.array_equal(made(recipe, squeezenet).picture, dream.picture)


def test_stopped_before_the_first_step_there_is_no_dream(squeezenet):
    assert made(to_enlarge(SMALL), squeezenet, stop=lambda: True) is None


@pytest.mark.parametrize("size", [(1, 1), (7, 5), (3, 300), (301, 33), (129, 127)])
@pytest.mark.parametrize("times", [2, 4])
def test_any_size_and_shape(size, times):
    picture = np.random.default_rng(0).integers(0, 256, (*size, 3))
    steps, seen = toy(picture, Enlarge(times=times, iterations=40))
    assert steps[-1].picture.shape == (size[0] * times, size[1] * times, 3)
    assert np.isfinite(steps[-1].picture).all()
    assert [step.score is not None for step in steps] == [True] * 40 + [False]
    assert set(seen) == {(128, 128, 3)}


def test_what_is_coarse_stays_and_what_is_fine_is_new(squeezenet):
    pixels = scaled(sample("chelsea"), 160)
    recipe = to_enlarge(pixels, iterations=iterations_for(pixels.shape[:2], 2))
    larger = make(lambda _: squeezenet, recipe, {pixels_sha256(pixels): pixels}).picture
    image = Image.fromarray(to_uint8(larger, stretched=False))
    again = np.asarray(image.resize(pixels.shape[1::-1], Image.Resampling.LANCZOS)).astype(np.float32)
    assert np.abs(again - pixels).mean() < 8
    small, small_again = (np.asarray(Image.fromarray(x.astype(np.uint8)).reduce(16)) for x in (pixels, again))
    assert np.abs(small.astype(np.float32) - small_again).mean() < 2.5
    only_larger = np.asarray(Image.fromarray(pixels).resize(image.size, Image.Resampling.LANCZOS))

    def fine(x):
        return np.abs(np.diff(x.astype(np.float32), axis=1)).mean()

    assert fine(larger) > 1.2 * fine(only_larger)


@pytest.mark.parametrize("length", [1, 64, 100, 333, 1280, 8192])
@pytest.mark.parametrize("sides", [(224,), (128, 256, 384)])
def test_the_weights_of_all_tiles_are_one_everywhere(length, sides):
    for seed in range(5):
        weights = np.zeros(length + 2000)
        for span in _cut(length, sides, np.random.default_rng(seed)):
            weights[span.places.start + 1000 : span.places.stop + 1000] += span.weights()
        np.testing.assert_allclose(weights[1000 : length + 1000], 1, rtol=1e-6)


def test_tiles_lie_elsewhere_in_every_sweep():
    rng = np.random.default_rng(0)
    assert len({_cut(1280, (128, 384), rng)[0].places.start for _ in range(8)}) >= 6


def test_no_seams_where_tiles_meet():
    """A single sweep: the later ones, which lie elsewhere, hide what it may have left."""
    picture = np.random.default_rng(0).normal(128, 30, (300, 600, 3))
    rng = np.random.default_rng(0)
    down, across = (_cut(length, (256,), rng) for length in (600, 1200))
    (*_, last), _ = toy(picture, Enlarge(iterations=len(down) * len(across)), sides=(256,))
    change = last.picture - Canvas(picture.astype(np.float32), (600, 1200)).finish()
    for axis, cut in ((0, down), (1, across)):
        differences = np.abs(np.diff(change, axis=axis)).mean(axis=(1 - axis, 2))
        for place in (0, OVERLAP // 2, OVERLAP):  # the next tile begins, both count alike, the last one ends
            assert 0.9 < seam(differences, [span.places.start + place for span in cut if span.before]) < 1.1


def test_until_the_end_a_smaller_copy_is_shown_that_is_true():
    picture = np.random.default_rng(0).normal(128, 30, (40, 700, 3)).clip(0, 255)
    steps, _ = toy(picture, Enlarge(iterations=9))
    shown, last = steps[-2].picture, steps[-1].picture
    assert max(shown.shape) <= SHOWN_SIDE < max(last.shape)
    np.testing.assert_allclose(shown, last.reshape(40, 2, 700, 2, 3).mean(axis=(1, 3)), atol=0.01)
    assert not np.array_equal(steps[0].picture, steps[1].picture)


@pytest.mark.parametrize("size", [(50, 40), (1285, 7), (3001, 1283)])
def test_the_shown_copy_has_the_mean_of_each_block(size):
    pixels = np.random.default_rng(0).uniform(5, 250, (*size, 3)).astype(np.float32)
    canvas = Canvas(pixels, size)
    block = -(-max(size) // SHOWN_SIDE)
    assert canvas.shown.shape == (-(-size[0] // block), -(-size[1] // block), 3)
    change = np.ones((40, 30, 3), np.float32)
    canvas.add(range(size[0] - 20, size[0] + 20), range(-10, 20), change)
    shown, whole = canvas.shown, canvas.finish()
    np.testing.assert_allclose(shown[0, 0], whole[:block, :block].mean(axis=(0, 1)), rtol=1e-4)
    np.testing.assert_allclose(
        shown[-1, -1],
        whole[(shown.shape[0] - 1) * block :, (shown.shape[1] - 1) * block :].mean(axis=(0, 1)),
        rtol=1e-4,
    )
    np.testing.assert_allclose(shown[-1, 0], whole[(shown.shape[0] - 1) * block :, :block].mean(axis=(0, 1)), rtol=1e-4)


def test_networks_look_in_turns_a_sweep_each():
    looks = []
    picture = np.random.default_rng(0).normal(128, 30, (100, 100, 3)).astype(np.float32)
    ours = tuple(
        Look(lambda tile, jitter, name=name: (looks.append(name), grain(tile, jitter))[1], (128, 384), 1.0)
        for name in "ab"
    )
    ascent = Ascent(ours, None, np.random.default_rng(0), lambda: True, False)
    list(enlarge(picture, Enlarge(iterations=8), ascent))
    assert len(looks) == 8 and set(looks) == {"a", "b"}
    turns = [name for name, before in zip(looks, [None, *looks]) if name != before]
    assert turns == ["ab"[number % 2] for number in range(len(turns))]


def test_a_dead_gradient_changes_nothing():
    picture = np.random.default_rng(0).normal(128, 30, (60, 60, 3)).clip(5, 250)
    (*_, last), _ = toy(picture, Enlarge(iterations=4), gradient=lambda tile, jitter: (0.0, np.zeros_like(tile)))
    np.testing.assert_allclose(last.picture, Canvas(picture.astype(np.float32), (120, 120)).finish(), atol=0.01)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"method": Zoom()}, "An endless zoom is a film"),
        ({"objective": Neuron(layer="fire4", channel=1)}, "A neuron has one place"),
    ],
)
def test_what_cannot_be_enlarged_says_why(changes, sentence):
    recipe = Recipe(start=Photo(sha256="0" * 64), objective=LAYER, method=Dream()).model_copy(update=changes)
    with pytest.raises(UserError, match=sentence):
        enlargement(recipe, (100, 150), "0" * 64, 2)
    comparison = Comparison(
        base=Recipe(start=Noise(), objective=Channel(layer="fire4", channel=1), method=Dream()),
        across=Axis(setting="channel", values=(1, 2)),
    )
    with pytest.raises(UserError, match="A comparison is a sheet"):
        enlargement(comparison, (100, 150), "0" * 64, 2)


def test_the_recipe_of_an_enlargement():
    recipe = to_enlarge(SMALL).model_copy(update={"seed": 5, "objective": Layer(layer="fire4", even=False)})
    larger = enlargement(recipe, (427, 640), "a" * 64, 4)
    assert larger.start == Photo(sha256="a" * 64, longest_side=640)
    assert (larger.objective, larger.seed, larger.network) == (recipe.objective, 5, "squeezenet")
    assert (larger.longest_side, larger.title()) == (2560, "fire4, all channels, enlarged 4×")
    assert larger.all_steps == iterations_for((427, 640), 4) > 4 * iterations_for((427, 640), 2)
