"""What a picture excites."""

import numpy as np
import pytest
from graphs import small_graph

from dream.atlas.activations import baseline, highlighted, layers_by_depth, response_map, strongest
from dream.networks.graph import Network
from dream.networks.user.freezing import free
from dream.pictures.start import sample


@pytest.fixture(scope="module")
def usual(squeezenet):
    return baseline(squeezenet)


def test_a_few_layers_from_shallow_to_deep(squeezenet):
    names = [layer.name for layer in layers_by_depth(squeezenet)]
    assert names == ["fire2", "fire4", "fire6", "fire7", "fire9"]


def test_one_concatenation_is_no_reason_to_leave_the_other_depths_out():
    graph_def, size = free(small_graph())
    network = Network("small", graph_def, native_size=size)
    assert [layer.name for layer in layers_by_depth(network)] == ["first_bias", "joined"]
    assert len(strongest(network, baseline(network), sample("chelsea"), 5)) == 2


def test_always_on_channels_do_not_win(squeezenet, usual):
    """By response alone the same channels would lead for every picture."""
    pictures = [sample(name) for name in ("chelsea", "rocket", "coffee")]
    leaders = [strongest(squeezenet, usual, pixels, 1)[-1][0].channel for pixels in pictures]
    assert len(set(leaders)) == 3


def test_what_is_excited_responds_more_than_usual_and_strongest_first(squeezenet, usual):
    for row in strongest(squeezenet, usual, sample("chelsea"), 5):
        strengths = [one.strength for one in row]
        assert strengths == sorted(strengths, reverse=True)
        assert strengths[0] > 0.5  # the cat is one of the sample photos itself


def test_heat_is_where_the_channel_responds(squeezenet, usual):
    """A picture of stripes in its left half: the channel that they excite most is warm there."""
    pixels = np.full((200, 300, 3), 128, np.uint8)
    pixels[:, :150] = np.where(np.arange(150) // 6 % 2, 240, 10)[None, :, None]
    one = strongest(squeezenet, usual, pixels, 1)[0][0]
    warm = response_map(squeezenet, one.layer, one.channel, pixels)
    assert warm.shape == (200, 300)
    assert warm[:, 20:130].mean() > 3 * warm[:, 170:].mean()
    over = highlighted(pixels, warm)
    assert over.dtype == np.uint8
    assert over[:, 20:130].std() > over[:, 170:].std()
