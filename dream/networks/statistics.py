"""What a network's features were like in training: mean and deviation of each channel of some of its tensors.

Batch normalisation brought each convolution's output to the mean beta and the deviation |gamma|, its two parameters a
channel. Features of a picture that resembles the training photos have them too (DeepInversion, Yin et al. 2020,
arXiv:1912.08795).
"""

import io
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np


class Statistics(NamedTuple):
    """Of one tensor over the training photos: float32 [channels] each, in the tensor's own units."""

    mean: np.ndarray
    deviation: np.ndarray


def statistics_to_npz(statistics: Mapping[str, Statistics]) -> bytes:
    """Statistics by tensor name -> an uncompressed ``.npz`` file's content."""
    out = io.BytesIO()
    # Numbered, as tensor names may have slashes: entry i is [2, channels], mean first; "names" has the i-th name.
    entries: dict[str, Any] = {str(number): np.stack(each) for number, each in enumerate(statistics.values())}
    np.savez(out, names=np.array(list(statistics), str), **entries)
    return out.getvalue()


def statistics_from_npz(content: bytes) -> dict[str, Statistics]:
    """The inverse of :func:`statistics_to_npz`; raises ValueError or KeyError where it is no such file."""
    with np.load(io.BytesIO(content), allow_pickle=False) as entries:
        return {str(name): Statistics(*entries[str(number)]) for number, name in enumerate(entries["names"])}
