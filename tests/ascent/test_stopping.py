"""A stop in the middle of a step: the step is dropped, and the recipe makes the very picture that is kept."""

import numpy as np
import pytest
from graphs import relu6_graph

from dream.ascent.make import make
from dream.ascent.methods import canvas
from dream.ascent.objectives import scalar_of
from dream.ascent.tiles import Stopped, interruptible
from dream.networks.graph import Network
from dream.recipe import (
    Axis,
    Comparison,
    Dream,
    Enlarge,
    Fourier,
    Guide,
    Laplacian,
    Layer,
    Naive,
    Noise,
    Octaves,
    Recipe,
    Sample,
    Spectral,
    Zoom,
)

# Of tiles of 128 pixels every step has several.
OVER_PHOTO = Recipe(
    start=Sample(name="chelsea", longest_side=300),
    objective=Layer(layer="joined"),
    method=Naive(iterations=8),
    tile=128,
)
FROM_NOISE = OVER_PHOTO.model_copy(update={"start": Noise(width=200, height=150)})


@pytest.fixture(scope="module")
def network():
    return Network("toy", relu6_graph())


class StopAt:
    """Says stop at the n-th time it is asked."""

    def __init__(self, number):
        self.left = number

    def __call__(self):
        self.left -= 1
        return self.left <= 0


@pytest.mark.parametrize("asked", [23, 41])
@pytest.mark.parametrize(
    "plan",
    [
        OVER_PHOTO,
        OVER_PHOTO.model_copy(update={"method": Dream(octaves=3, iterations=4)}),
        FROM_NOISE.model_copy(update={"method": Octaves(octaves=2, iterations=4)}),
        OVER_PHOTO.model_copy(update={"method": Laplacian(octaves=2, iterations=4)}),
        OVER_PHOTO.model_copy(update={"method": Spectral(iterations=30)}),
        OVER_PHOTO.model_copy(update={"method": Enlarge(iterations=48)}),
        FROM_NOISE.model_copy(update={"method": Fourier(iterations=40), "start": Noise(width=320, height=320)}),
        OVER_PHOTO.model_copy(update={"method": Zoom(frames=10, iterations=2)}),
        Comparison(base=OVER_PHOTO, across=Axis(setting="step", values=(1.0, 2.0, 3.0))),
    ],
    ids=lambda plan: plan.base.method.kind if isinstance(plan, Recipe) else "comparison",
)
def test_the_recipe_makes_the_picture_that_is_kept(network, plan, asked):
    stop, calls = StopAt(asked), []
    stopped = make(lambda _: network, plan, None, calls.append, stop)
    assert 1 <= stopped.plan.stopped_after == len(stopped.scores) < plan.all_steps
    again = make(lambda _: network, stopped.plan)
    np.testing.assert_array_equal(again.picture, stopped.picture)


def test_it_is_dropped_in_the_middle_of_a_step(network):
    """Tiles are looked at before the stop that no step takes account of."""
    looked = []
    watched = Network("toy", relu6_graph())
    built = watched.gradient

    def gradient(scalar, ghosts=False):
        run = built(scalar, ghosts)
        return lambda picture: looked.append(picture.shape) or run(picture)

    watched.gradient = gradient
    whole = make(lambda _: watched, OVER_PHOTO.model_copy(update={"method": Naive(iterations=1)}))
    tiles = len(looked)
    assert whole is not None and tiles > 4
    looked.clear()
    stopped = make(lambda _: watched, OVER_PHOTO, stop=lambda: len(looked) >= tiles + 2)
    assert (stopped.plan.stopped_after, len(looked)) == (1, tiles + 2)


def test_a_guide_is_stopped_within_a_tile(network):
    """One tile of this size takes seconds: 60 GFLOP."""
    large, small = (Guide(layer="joined", picture=Sample(name="chelsea", longest_side=side)) for side in (640, 48))
    picture = np.random.default_rng(0).uniform(0, 255, (96, 96, 3)).astype(np.float32)
    with pytest.raises(Stopped):
        interruptible(network.gradient(scalar_of(large, network)), lambda: True)(picture)
    plain = network.gradient(scalar_of(small, network))
    score, g = interruptible(plain, lambda: False)(picture)
    assert score == plain(picture)[0]
    np.testing.assert_array_equal(g, plain(picture)[1])


def test_what_is_enlarged_has_its_full_size_after_a_stop_within_a_step(network, monkeypatch):
    """While it grows a smaller copy is shown: that is not what is kept."""
    monkeypatch.setattr(canvas, "SHOWN_SIDE", 100)
    plan = OVER_PHOTO.model_copy(update={"method": Enlarge(iterations=48)})
    stopped = make(lambda _: network, plan, stop=StopAt(23))
    assert stopped.plan.stopped_after == 1
    assert stopped.picture.shape == (400, 600, 3)
