import numpy as np

from dream.ascent.make import make
from dream.ascent.methods.zoom import zoomed
from dream.recipe import Layer, Recipe, Sample, Zoom


def test_zooming_enlarges_the_middle():
    picture = np.zeros((41, 61, 3), np.float32)
    picture[15:26, 25:36] = 255
    picture[20, 30] = 100
    twice = zoomed(picture, 2, 0)
    assert twice[20, 30, 0] == 100
    assert (twice > 128).mean() / (picture > 128).mean() > 3.5


def test_turning_is_clockwise_and_keeps_the_middle():
    picture = np.zeros((41, 41, 3), np.float32)
    picture[5, 20] = 255  # above the middle
    turned = zoomed(picture, 1, 90)
    assert np.unravel_index(turned[..., 0].argmax(), (41, 41)) == (20, 35)  # right of it


def test_each_frame_is_dreamed_on_and_kept_for_the_film(squeezenet):
    method = Zoom(frames=3, iterations=2, zoom=1.1, step=1.5)
    recipe = Recipe(start=Sample(name="coffee", longest_side=96), objective=Layer(layer="fire4"), method=method)
    seen = []
    dream = make(lambda _: squeezenet, recipe, watch=seen.append)
    assert len(dream.scores) == 6
    assert recipe.film_every == 2
    assert dream.scores[1] > dream.scores[0]
    stopped = make(lambda _: squeezenet, recipe.model_copy(update={"stopped_after": 3}))
    np.testing.assert_array_equal(stopped.picture, seen[2].picture)
