"""The spectral method over photos."""

from itertools import pairwise

import numpy as np
import pytest

from dream.ascent.make import make
from dream.ascent.methods.spectral import laid_over, optimised_side, spectral_view_sides
from dream.ascent.render import render
from dream.ascent.views import random_view
from dream.pictures.start import sample, scaled
from dream.recipe import Layer, Recipe, Sample, Spectral

PHOTO = scaled(sample("chelsea"), 160).astype(np.float32)


def over(kept=0.5, longest_side=160, **more):
    start = Sample(name="chelsea", longest_side=longest_side)
    return Recipe(start=start, objective=Layer(layer="fire3"), method=Spectral(iterations=8, kept=kept, **more))


def test_the_more_of_the_photo_stays_the_less_is_changed(squeezenet):
    changes = []
    for kept in (1.0, 0.95, 0.75, 0.5, 0.25, 0.0):
        picture = make(lambda _: squeezenet, over(kept)).picture
        changes.append(np.abs(picture - PHOTO).mean())
    assert changes[0] < 0.5
    assert all(less < more for less, more in pairwise(changes))


def test_the_dream_has_the_photos_size_though_less_is_optimised(squeezenet):
    frames = list(render(lambda _: squeezenet, over(longest_side=640)))
    assert [frame.step for frame in frames] == [1, 2, 3, 4, 5, 6, 7, 8, 8]
    assert frames[0].picture.shape == (320, 480, 3)
    assert frames[-1].picture.shape == (426, 640, 3)
    assert frames[-1].score is None
    assert frames[-1].picture.min() >= 0 and frames[-1].picture.max() <= 255


def test_a_stopped_dream_is_brought_to_its_size_too(squeezenet):
    seen = []
    dream = make(lambda _: squeezenet, over(longest_side=640), watch=seen.append, stop=lambda: len(seen) >= 3)
    assert dream.plan.stopped_after == 3
    assert dream.picture.shape == (426, 640, 3)
    again = make(lambda _: squeezenet, dream.plan)
    np.testing.assert_array_equal(again.picture, dream.picture)


def test_no_change_is_the_photo_and_more_is_more():
    change = np.random.default_rng(0).normal(size=(80, 120, 3)).astype(np.float32)
    np.testing.assert_allclose(laid_over(PHOTO, change, 0.0), np.clip(PHOTO, 0.51, 254.49), atol=0.01)
    half, whole = (np.abs(laid_over(PHOTO, change, strength) - PHOTO).mean() for strength in (0.5, 1.0))
    assert 0 < half < whole


def test_views_reach_beyond_the_border():
    """Without that the border of a picture is in fewer views than its middle."""

    def seen_at_the_border(reach):
        rng = np.random.default_rng(0)
        views = [random_view((60, 90), (32,), (0.5, 0.9), 0, rng, reach) for _ in range(200)]
        seen = sum(view.apply_transpose(np.ones((32, 32, 1), np.float32)) for view in views)
        return seen[:3].mean() / seen[28:32].mean()

    assert seen_at_the_border(0.4) > 1.5 * seen_at_the_border(0.0)


@pytest.mark.parametrize(
    ("longer", "optimised", "sides"),
    [(160, 160, (112, 144, 176)), (640, 480, (112, 152, 192)), (2048, 1024, (192, 264, 344))],
)
def test_sizes_follow_the_photos(longer, optimised, sides):
    assert optimised_side(longer) == optimised
    assert spectral_view_sides(longer, longer // 2) == sides
