"""Random views of a picture: a square of random size and place, turned a little and resampled.

As crops do in MACO (Fel et al. 2023, arXiv:2306.06805): what only one alignment, one size or one frame of the picture
would answer to does not grow.
"""

import numpy as np
from scipy.sparse import csr_array

from dream.errors import UserError
from dream.networks.graph import Network

# Sides of a view as a network gets it, as shares of the picture's shorter side. Few: convolutions prepare for each. By
# network where another choice makes better pictures (tests/bench/RESULTS.md): what is deep sees well only what is large.
SHARPNESS = (0.45, 0.625, 0.8)
SHARPNESS_OF = {"squeezenet": (0.54, 0.71, 0.89), "efficientnet-lite0": (0.71, 0.86, 1.0)}
USUAL_SIDE = 224  # of the pictures that networks learn from


def fitting_sides(network: Network, tensors: tuple[str, ...], wanted: tuple[int, ...]) -> tuple[int, ...]:
    """The sides of views, small to large: as wanted where the network takes them, else its own.

    Raises UserError where it cannot compute these tensors of pictures of its own size either.
    """
    try:
        network.check_size(tensors, wanted[0], wanted[0])
        return wanted
    except UserError:
        side = min(network.native_size or (USUAL_SIDE, USUAL_SIDE))
        network.check_size(tensors, side, side)
        return (side,)


def view_sides(height: int, width: int, network: str = "") -> tuple[int, ...]:
    """The sides that views of a picture have as a network of this name gets them, in pixels, small to large."""
    return tuple(round(min(height, width) * share) for share in SHARPNESS_OF.get(network, SHARPNESS))


class View:
    """A square of a picture, bilinearly resampled; beyond its borders the picture is mirrored.

    It is a sparse matrix from the picture's pixels to the view's, so that its transpose brings gradients back exactly.
    """

    def __init__(self, size: tuple[int, int], side: int, width_seen: float, angle: float, y: float, x: float) -> None:
        """Looks from a square's pixels into a picture.

        Args:
            size: the picture's height and width in pixels.
            side: the view's side in pixels, as the network gets it.
            width_seen: its side in the picture's pixels.
            angle: how far it is turned, in radians.
            y, x: its centre, in the picture's pixels.
        """
        self._size, self._side = size, side
        middle = np.float32((side - 1) / 2)
        rows, columns = np.indices((side, side), dtype=np.float32).reshape(2, -1) - middle
        along, across = np.float32(width_seen / side * np.cos(angle)), np.float32(width_seen / side * np.sin(angle))
        top, lower = _neighbours(np.float32(y) + across * columns + along * rows, size[0])
        left, righter = _neighbours(np.float32(x) + along * columns - across * rows, size[1])
        first, second = _mirrored(top, size[0]) * size[1], _mirrored(top + 1, size[0]) * size[1]
        here, beside = _mirrored(left, size[1]), _mirrored(left + 1, size[1])
        pixels = np.stack([first + here, first + beside, second + here, second + beside], axis=1)
        upper, lefter = 1 - lower, 1 - righter
        weights = np.stack([upper * lefter, upper * righter, lower * lefter, lower * righter], axis=1)
        starts = np.arange(0, 4 * side * side + 1, 4, dtype=np.int32)
        self._matrix = csr_array((weights.ravel(), pixels.ravel(), starts), (side * side, size[0] * size[1]))

    def apply(self, pixels: np.ndarray) -> np.ndarray:
        """float32 [height, width, …] -> the view, float32 [side, side, …]."""
        seen = self._matrix @ pixels.reshape(self._matrix.shape[1], -1)
        return seen.reshape(self._side, self._side, *pixels.shape[2:])

    def apply_transpose(self, g: np.ndarray) -> np.ndarray:
        """The gradient by the picture from the gradient by its view."""
        back = self._matrix.T @ g.reshape(self._matrix.shape[0], -1)
        return back.reshape(*self._size, *g.shape[2:])


def random_view(
    size: tuple[int, int],
    sides: tuple[int, ...],
    shares: tuple[float, float],
    rotation: float,
    rng: np.random.Generator,
    reach: float = 0.0,
) -> View:
    """A view with its centre anywhere where, unturned, no more of it than ``reach`` lies beyond a border.

    Args:
        size: the picture's height and width in pixels.
        sides: that the view may have, in pixels.
        shares: the least and the most that it sees of the picture's shorter side.
        rotation: degrees that it is turned at most, either way.
        rng: where the choice comes from.
        reach: as a share of the view's side.
    """
    side = int(rng.choice(sides))
    width_seen = rng.uniform(*shares) * min(size)
    angle = np.deg2rad(rng.uniform(-rotation, rotation))
    inside = (1 - 2 * reach) * width_seen  # what of a view must lie in the picture
    y, x = (rng.uniform(-0.5, 0.5) * max(length - inside, 0) + (length - 1) / 2 for length in size)
    return View(size, side, width_seen, angle, y, x)


def _neighbours(places: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """The pixel before each place, and the share of the one after it."""
    before = np.floor(places)
    return before.astype(np.int32), places - before


def _mirrored(indices: np.ndarray, length: int) -> np.ndarray:
    """Indices beyond the borders brought back as a mirror at the border does: -1 is 0, ``length`` is the last."""
    indices = indices % (2 * length)
    return np.minimum(indices, 2 * length - 1 - indices)
