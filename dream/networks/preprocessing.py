"""Preprocessing: from a picture's pixels to a network's input."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from dream.networks.tensorflow import tensorflow


@dataclass(frozen=True)
class Preprocessing:
    """How a picture's RGB values 0..255 become a network's input: reorder, subtract ``mean``, divide by ``scale``.

    ``mean`` and ``scale`` are in the network's own channel order, one number a channel.
    """

    channel_order: str = "RGB"
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)

    def apply(self, pictures: Any) -> Any:
        """Tensor [batch, height, width, 3], RGB 0..255 -> the network's input, same shape."""
        if self.channel_order == "BGR":
            pictures = tensorflow().reverse(pictures, [-1])
        if any(self.mean):
            pictures = pictures - np.array(self.mean, np.float32)
        if self.scale != (1.0, 1.0, 1.0):
            pictures = pictures / np.array(self.scale, np.float32)
        return pictures
