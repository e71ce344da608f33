"""The fourier method as it was before there were ghosts, so that recipes of that time make the same pictures.

It differs from today's in how a view's gradient comes back: TensorFlow's gradient of ``ImageProjectiveTransformV3`` is
an approximation of the transpose that :class:`dream.ascent.views.View` is. Its transforms are numpy's, and the first view
of a photo is of the photo itself.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from dream.ascent.methods.step import Ascent, Step
from dream.ascent.spectrum import BEGINNING, COLOURS, CONTRAST, DARKEST, Adam, cosine_decay, natural_spectrum
from dream.networks.tensorflow import tensorflow
from dream.recipe import Fourier


def fourier_revision_1(picture: np.ndarray, method: Fourier, ascent: Ascent) -> Iterator[Step]:
    """Adam on the picture's spectrum under random views; arguments as of every method."""
    height, width = picture.shape[:2]
    scale = natural_spectrum(height, width, method.decay)[..., None]
    if ascent.from_noise:
        strength = np.float32(BEGINNING / (picture.std() * np.sqrt(height * width)))
        spectrum = _spectrum_of(picture - picture.mean()) * strength
        picture = _picture_of(spectrum * scale, height, width)
    else:
        light = np.clip(picture / 255, DARKEST, 1 - DARKEST)
        spectrum = _spectrum_of(np.log(light / (1 - light)) @ np.linalg.inv(COLOURS).T / CONTRAST) / scale
    adam = Adam()
    for iteration in range(method.iterations):
        if not ascent.should_continue():
            return
        transform, side = _random_view(height, width, method, ascent)
        score, g = ascent.gradient(_viewers()[0](picture, transform, side).numpy(), 0)
        g = _viewers()[1](picture, transform, side, g).numpy()
        rate = np.float32(cosine_decay(method.step, iteration / method.iterations))
        slope = picture * (1 - picture / 255)  # of the sigmoid
        g = (g * slope / (np.abs(g).mean() + 1e-12)) @ COLOURS
        spectrum += adam.step(_spectrum_of(g) * scale) * rate
        picture = _picture_of(spectrum * scale, height, width)
        yield Step(score, picture, (iteration + 1) / method.iterations)


def _spectrum_of(pixels: np.ndarray) -> np.ndarray:
    return np.fft.rfft2(pixels.astype(np.float32), axes=(0, 1))


def _picture_of(spectrum: np.ndarray, height: int, width: int) -> np.ndarray:
    pixels = np.fft.irfft2(spectrum, (height, width), axes=(0, 1)) @ (COLOURS * CONTRAST).T
    return 255 / (1 + np.exp(-pixels))


def _random_view(height: int, width: int, method: Fourier, ascent: Ascent) -> tuple[np.ndarray, int]:
    """A random square as the eight numbers of ``ImageProjectiveTransformV3``, and its side in pixels."""
    rng = ascent.rng
    side = int(rng.choice(ascent.looks[0].view_sides))
    width_seen = rng.uniform(method.smallest_view, method.largest_view) * min(height, width)
    angle = np.deg2rad(rng.uniform(-method.rotation, method.rotation))
    y, x = (rng.uniform(-0.5, 0.5) * (length - width_seen) + (length - 1) / 2 for length in (height, width))
    along, across = width_seen / side * np.cos(angle), width_seen / side * np.sin(angle)
    middle = (side - 1) / 2
    left = x - along * middle + across * middle
    top = y - across * middle - along * middle
    return np.array([along, -across, left, across, along, top, 0, 0], np.float32), side


@cache
def _viewers() -> tuple[Any, Any]:
    """From a picture to its view, and from a view's gradient back to the picture's."""
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
