"""The fourier method: what does this channel or class look like?

The picture is not climbed pixel by pixel, which ends in fine-grained noise, but as a spectrum whose coefficients are
scaled as in natural photos and whose colours are decorrelated (Olah, Mordvintsev, Schubert: Feature Visualization,
Distill 2017). Each step looks at one random view of it: a square of random size and place, turned a little and
resampled, as crops do in MACO (Fel et al. 2023, arXiv:2306.06805). What only one alignment, one size or one frame of
the picture would answer to does not grow; what grows, other networks see too.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from dream.ascent.methods import Ascent, Step
from dream.networks.tensorflow import tensorflow
from dream.recipe import Fourier

# Square root of the covariance of ImageNet's colours, columns by importance: light, blue-red, green-magenta.
COLOURS = np.float32([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]])
COLOURS /= np.linalg.norm(COLOURS, axis=0).max()
CONTRAST = np.float32(0.25)  # of the spectrum's picture before the colours are mixed
BEGINNING = 0.05  # of the noise, as strong as one step: something must respond to it
DARKEST = 0.02  # a photo's black and white are brought within what the sigmoid can reach
# Sides of a view as the network gets it, as shares of the picture's shorter side. Few: convolutions prepare for each.
SHARPNESS = (0.45, 0.625, 0.8)


def fourier(picture: np.ndarray, method: Fourier, ascent: Ascent) -> Iterator[Step]:
    """Adam on the picture's spectrum under random views; noise begins as noise with a natural photo's spectrum."""
    height, width = picture.shape[:2]
    scale = _natural_spectrum(height, width, method.decay)
    if ascent.from_noise:
        spectrum = _spectrum_of(picture - picture.mean()) * np.float32(
            BEGINNING / (picture.std() * np.sqrt(height * width))
        )
        picture = _picture_of(spectrum * scale, height, width)
    else:
        light = np.clip(picture / 255, DARKEST, 1 - DARKEST)
        spectrum = _spectrum_of(np.log(light / (1 - light)) @ np.linalg.inv(COLOURS).T / CONTRAST) / scale
    adam = Adam()
    for iteration in range(method.iterations):
        if not ascent.go_on():
            return
        view = random_view(height, width, method, ascent)
        score, g = ascent.gradient(see(picture, *view), 0)
        g = see_back(picture, *view, g)
        rate = np.float32(method.step * (0.5 + 0.5 * np.cos(np.pi * iteration / method.iterations)))
        slope = picture * (1 - picture / 255)  # of the sigmoid
        g = (g * slope / (np.abs(g).mean() + 1e-12)) @ COLOURS
        spectrum += adam.step(_spectrum_of(g) * scale) * rate
        picture = _picture_of(spectrum * scale, height, width)
        yield Step(score, picture, (iteration + 1) / method.iterations)


def _natural_spectrum(height: int, width: int, decay: float) -> np.ndarray:
    """Size of each frequency: 1/f**decay, of the same mean for every decay; float32 [height, width // 2 + 1, 1]."""
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    frequency = np.maximum(frequency, 1 / max(height, width))
    scale = frequency**-decay * np.mean(1 / frequency) / np.mean(frequency**-decay)
    return (scale * np.sqrt(height * width)).astype(np.float32)[..., None]


def _spectrum_of(pixels: np.ndarray) -> np.ndarray:
    return np.fft.rfft2(pixels.astype(np.float32), axes=(0, 1))


def _picture_of(spectrum: np.ndarray, height: int, width: int) -> np.ndarray:
    """Spectrum, complex64 [height, width // 2 + 1, 3], light and colours apart -> float32 RGB within 0..255."""
    pixels = np.fft.irfft2(spectrum, (height, width), axes=(0, 1)) @ (COLOURS * CONTRAST).T
    return 255 / (1 + np.exp(-pixels))


class Adam:
    """Kingma and Ba 2014, upwards: each coefficient moves by about one, whatever the size of its gradient."""

    MEMORY, MEMORY_OF_SIZES = 0.9, 0.999

    def __init__(self) -> None:
        self._count = 0
        self._mean = self._square = np.float32(0)

    def step(self, g: np.ndarray) -> np.ndarray:
        """The step to take, complex64 as ``g``; real and imaginary parts are coefficients of their own."""
        parts = g.astype(np.complex64).view(np.float32)
        self._count += 1
        self._mean = self._mean + np.float32(1 - self.MEMORY) * (parts - self._mean)
        self._square = self._square + np.float32(1 - self.MEMORY_OF_SIZES) * (parts * parts - self._square)
        mean = self._mean / np.float32(1 - self.MEMORY**self._count)
        square = self._square / np.float32(1 - self.MEMORY_OF_SIZES**self._count)
        return (mean / (np.sqrt(square) + np.float32(1e-8))).view(np.complex64)


# --- views -------------------------------------------------------------------------------------------------------


def view_sides(height: int, width: int) -> tuple[int, ...]:
    """The sides that views of a picture have as the network gets them, in pixels, small to large."""
    return tuple(round(min(height, width) * share) for share in SHARPNESS)


def random_view(height: int, width: int, method: Fourier, ascent: Ascent) -> tuple[np.ndarray, int]:
    """A random square of the picture, turned: (where its pixels come from, its side in pixels).

    Where from: float32 [8] as ``ImageProjectiveTransformV3`` wants it. The square's centre is anywhere where, unturned,
    it stays inside the picture.
    """
    rng = ascent.rng
    side = int(rng.choice(ascent.view_sides))
    width_seen = rng.uniform(method.smallest_view, method.largest_view) * min(height, width)
    angle = np.deg2rad(rng.uniform(-method.rotation, method.rotation))
    y, x = (rng.uniform(-0.5, 0.5) * (length - width_seen) + (length - 1) / 2 for length in (height, width))
    along, across = width_seen / side * np.cos(angle), width_seen / side * np.sin(angle)
    middle = (side - 1) / 2
    left = x - along * middle + across * middle
    top = y - across * middle - along * middle
    return np.float32([along, -across, left, across, along, top, 0, 0]), side


def see(picture: np.ndarray, transform: np.ndarray, side: int) -> np.ndarray:
    """The view, float32 [side, side, 3]; beyond its borders the picture is mirrored."""
    return _viewers()[0](picture, transform, side).numpy()


def see_back(picture: np.ndarray, transform: np.ndarray, side: int, g: np.ndarray) -> np.ndarray:
    """The gradient by the picture from the gradient by its view."""
    return _viewers()[1](picture, transform, side, g).numpy()


@cache
def _viewers() -> tuple[Any, Any]:
    tf = tensorflow()
    pixels, eight = (tf.TensorSpec(shape, tf.float32) for shape in ([None, None, 3], [8]))
    number = tf.TensorSpec([], tf.int32)

    def view(picture: Any, transform: Any, side: Any) -> Any:
        return tf.raw_ops.ImageProjectiveTransformV3(
            images=picture[None],
            transforms=transform[None],
            output_shape=[side, side],
            fill_value=0.0,
            interpolation="BILINEAR",
            fill_mode="REFLECT",
        )[0]

    def back(picture: Any, transform: Any, side: Any, g: Any) -> Any:
        return tf.gradients(view(picture, transform, side), picture, g)[0]

    return tf.function(view, [pixels, eight, number]), tf.function(back, [pixels, eight, number, pixels])
