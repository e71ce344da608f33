import numpy as np
import pytest

from dream.ascent.make import make
from dream.ascent.pyramid import Details, octave_sizes
from dream.ascent.render import render
from dream.errors import UserError
from dream.pictures.display import to_uint8
from dream.pictures.png import encode_png
from dream.pictures.start import check_shortest_side, pixels_sha256
from dream.recipe import Channel, Class, Dream, Layer, Naive, Noise, Photo, Recipe

PHOTO = np.random.default_rng(5).integers(0, 256, (72, 96, 3), dtype=np.uint8)
OVER_PHOTO = Recipe(
    start=Photo(sha256=pixels_sha256(PHOTO), longest_side=96),
    objective=Layer(layer="fire3"),
    method=Dream(iterations=3, octaves=3),
    seed=4,
)
PHOTOS = {OVER_PHOTO.start.sha256: PHOTO}
FROM_NOISE = Recipe(
    start=Noise(width=64, height=48), objective=Channel(layer="fire4", channel=2), method=Naive(iterations=4), seed=1
)


def png(network, recipe):
    dream = make(lambda _: network, recipe, PHOTOS)
    return encode_png(to_uint8(dream.picture, recipe.stretched), dream.plan)


@pytest.mark.parametrize("recipe", [OVER_PHOTO, FROM_NOISE], ids=["photo", "noise"])
def test_the_same_recipe_makes_the_same_bytes(squeezenet, recipe):
    assert png(squeezenet, recipe) == png(squeezenet, recipe)
    assert png(squeezenet, recipe) != png(squeezenet, recipe.model_copy(update={"seed": 99}))


def steps(frames):
    """How many of them are gradient steps: a picture that has only grown to its next octave is a frame too."""
    return sum(frame.score is not None for frame in frames)


def test_a_frame_a_step(squeezenet):
    frames = [frame for frame in render(lambda _: squeezenet, OVER_PHOTO, PHOTOS) if frame.score is not None]
    assert [frame.step for frame in frames] == list(range(1, 10))
    assert frames[-1].progress == 1
    assert [frame.progress for frame in frames] == sorted(frame.progress for frame in frames)
    sizes = [frame.picture.shape[:2] for frame in frames[::3]]
    assert sizes == [(36, 48), (51, 68), (72, 96)]
    assert frames[-1].picture.dtype == np.float32


@pytest.mark.parametrize(
    "objective", [Channel(layer="fire5_expand1x1_pre_relu", channel=9), Layer(layer="fire5"), Class(index=340)]
)
def test_every_objective_rises(squeezenet, objective):
    recipe = FROM_NOISE.model_copy(update={"objective": objective, "method": Naive(iterations=8)})
    scores = make(lambda _: squeezenet, recipe).scores
    assert scores[-1] > scores[0]


@pytest.mark.parametrize("after", [1, 4, 8])
def test_a_stopped_dream_is_whole_and_can_be_made_again(squeezenet, after):
    seen = []
    stopped = make(lambda _: squeezenet, OVER_PHOTO, PHOTOS, seen.append, stop=lambda: steps(seen) >= after)
    assert stopped.plan.stopped_after == after
    assert len(stopped.scores) == after
    assert stopped.picture.shape == PHOTO.shape
    again = make(lambda _: squeezenet, stopped.plan, PHOTOS)
    np.testing.assert_array_equal(again.picture, stopped.picture)
    assert again.plan == stopped.plan


def test_stopped_before_the_first_step_there_is_no_dream(squeezenet):
    assert make(lambda _: squeezenet, FROM_NOISE, stop=lambda: True) is None


def test_octaves_lose_nothing():
    picture = PHOTO.astype(np.float32)
    sizes = octave_sizes(*picture.shape[:2], 4, 1.4, growing=False)
    details = Details(picture, sizes)
    small = details.smallest()
    assert small.shape[:2] == sizes[0]
    for octave in range(1, 4):
        small = details.grow(small, octave)
    np.testing.assert_allclose(small, picture, atol=1e-3)


@pytest.mark.parametrize(
    ("recipe", "photos", "sentence"),
    [
        (OVER_PHOTO, None, "give that photo"),
        (OVER_PHOTO, {OVER_PHOTO.start.sha256: PHOTO[::-1]}, "not the photo"),
        (OVER_PHOTO.model_copy(update={"start": Noise(), "method": Dream(octaves=12, octave_scale=4)}), None, "small"),
        (OVER_PHOTO.model_copy(update={"objective": Layer(layer="fire1")}), PHOTOS, "no layer"),
    ],
)
def test_what_does_not_fit_is_told(squeezenet, recipe, photos, sentence):
    with pytest.raises(UserError, match=sentence):
        list(render(lambda _: squeezenet, recipe, photos))


def test_a_narrow_picture_is_told():
    narrow = np.zeros((10, 400, 3), np.uint8)
    start = Photo(sha256=pixels_sha256(narrow), longest_side=400)
    with pytest.raises(UserError, match="short side"):
        check_shortest_side([start], {start.sha256: narrow})
