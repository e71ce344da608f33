"""The figures that tests.bench.pictures tells of a dream, on pictures of which they are known."""

import numpy as np
import pytest

from tests.bench.pictures import block_changes, changed, chroma_noise, clipped, evenness

PHOTO = np.full((64, 100, 3), 100, np.uint8)  # two rows of three whole blocks, four columns left over


def dreamed(*changes: int) -> np.ndarray:
    """The photo with its blocks changed by so much, row by row."""
    dream = PHOTO.copy()
    for place, change in enumerate(changes):
        row, column = divmod(place, 3)
        dream[32 * row : 32 * row + 32, 32 * column : 32 * column + 32] += np.uint8(change)
    return dream


def test_blocks_that_are_not_whole_do_not_count():
    dream = dreamed(0, 10, 20, 30, 40, 50)
    dream[:, 96:] = 255
    assert block_changes(PHOTO, dream).tolist() == [0, 10, 20, 30, 40, 50]


def test_darker_is_changed_as_much_as_lighter():
    assert block_changes(dreamed(10, 10), PHOTO).tolist() == [10, 10, 0, 0, 0, 0]


def test_changed_is_more_than_eight():
    assert changed(block_changes(PHOTO, dreamed(8, 9, 100))) == pytest.approx(2 / 6)


def test_evenness_is_one_where_all_blocks_change_alike_and_nothing_for_a_spot():
    assert evenness(block_changes(PHOTO, dreamed(20, 20, 20, 20, 20, 20))) == 1
    assert evenness(block_changes(PHOTO, dreamed(20))) == 0
    assert evenness(block_changes(PHOTO, PHOTO)) == 0


def test_chroma_noise_is_nothing_without_colour_and_has_no_unit():
    grey = np.random.default_rng(0).integers(50, 200, (64, 64, 1), dtype=np.uint8).repeat(3, axis=-1)
    assert chroma_noise(grey) == pytest.approx(0, abs=1e-3)
    assert chroma_noise(PHOTO) == pytest.approx(0, abs=1e-3)
    colours = np.random.default_rng(0).uniform(0, 255, (64, 64, 3))
    assert chroma_noise(colours) == pytest.approx(chroma_noise(colours / 2), rel=1e-3)
    assert chroma_noise(colours) == pytest.approx(6**0.5, rel=0.05)  # three colours, each 2/3, over a light of 1/3


def test_a_smooth_change_of_colour_is_no_noise():
    grey = np.random.default_rng(0).integers(50, 200, (64, 64, 1)).repeat(3, axis=-1)
    tinted = grey + np.linspace(0, 50, 64)[:, None, None] * [1, 0, -1]
    assert chroma_noise(tinted) < 0.05


def test_clipped_counts_pixels_with_any_colour_at_its_end():
    picture = np.full((2, 2, 3), 128.0)
    picture[0, 0, 1], picture[1, 1] = 260.0, 0.4
    assert clipped(picture) == 0.5
