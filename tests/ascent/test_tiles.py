import numpy as np
import pytest

from dream.ascent.tiles import Stopped, jittered


def brightness(picture):
    """A score that is a mean over places, as channels and layers are, and its gradient."""
    return float(np.square(picture).mean()), 2 * picture / picture.size


@pytest.mark.parametrize("size", [(70, 200), (64, 65), (129, 31), (300, 256)])
def test_tiles_of_a_mean_make_the_gradient_of_the_whole(size):
    picture = np.random.default_rng(1).normal(size=(*size, 3)).astype(np.float32)
    seen = []

    def watched(tile):
        seen.append(tile.shape[:2])
        return brightness(tile)

    whole_score, g = jittered(watched, 64, np.random.default_rng(2))(picture, 5)
    expected_score, expected = brightness(picture)
    assert whole_score == pytest.approx(expected_score, rel=0.05)  # margins count twice
    np.testing.assert_allclose(g, expected, rtol=1e-4)
    assert len(seen) > 1
    assert max(max(tile) for tile in seen) <= 64
    assert min(min(tile) for tile in seen) >= min(31, *size)


def test_tile_borders_lie_elsewhere_every_time():
    """Each tile's gradient is a ramp that starts at its corner: where it falls back there is a border."""
    picture = np.zeros((256, 256, 3), np.float32)

    def ramp(tile):
        return 0.0, np.broadcast_to(np.arange(tile.shape[1], dtype=np.float32)[:, None], tile.shape).copy()

    evaluate = jittered(ramp, 128, np.random.default_rng(3))
    borders = [set(np.flatnonzero(np.diff(evaluate(picture, 0)[1][0, :, 0]) < 0)) for _ in range(4)]
    assert all(borders)
    assert not set.intersection(*borders)


def test_a_small_picture_is_rolled_and_rolled_back():
    picture = np.random.default_rng(1).normal(size=(20, 30, 3)).astype(np.float32)
    seen = []

    def watched(rolled):
        seen.append(rolled)
        return 1.0, rolled

    evaluate = jittered(watched, 64, np.random.default_rng(2))
    for _ in range(5):
        np.testing.assert_array_equal(evaluate(picture, 16)[1], picture)
    assert any(not np.array_equal(rolled, picture) for rolled in seen)
    evaluate(picture, 0)
    np.testing.assert_array_equal(seen[-1], picture)


def test_a_stop_is_looked_at_before_every_tile():
    picture, seen = np.zeros((256, 256, 3), np.float32), []

    def watched(tile):
        seen.append(tile.shape)
        return brightness(tile)

    evaluate = jittered(watched, 64, np.random.default_rng(2), stop=lambda: len(seen) >= 3)
    with pytest.raises(Stopped):
        evaluate(picture, 5)
    assert len(seen) == 3
