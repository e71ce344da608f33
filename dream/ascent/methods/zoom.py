"""The endless zoom: each frame is zoomed into, turned and dreamed on (as in the videos that made Deep Dream famous)."""

from collections.abc import Iterator

import numpy as np

from dream.ascent.methods.step import Ascent, Step
from dream.networks.tensorflow import tensorflow
from dream.recipe import Zoom


def zoom(picture: np.ndarray, method: Zoom, ascent: Ascent) -> Iterator[Step]:
    """Steps as in the dream method at one size; the zoom brings what has grown to larger sizes by itself."""
    steps = 0
    for frame in range(method.frames):
        if frame > 0:
            # Clipped, or what is far too bright already would be enlarged until it fills the frame.
            picture = zoomed(np.clip(picture, 0, 255), method.zoom, method.rotation)
        for _ in range(method.iterations):
            if not ascent.should_continue():
                return
            score, g = ascent.gradient(picture, method.jitter)
            picture = picture + g * (method.step / (np.abs(g).mean() + 1e-7))
            steps += 1
            yield Step(score, picture, steps / method.steps)


def zoomed(picture: np.ndarray, factor: float, degrees: float) -> np.ndarray:
    """Float32 [height, width, 3], its middle enlarged by ``factor`` and turned clockwise, of the same shape."""
    height, width = picture.shape[:2]
    cosine, sine = (f(np.deg2rad(degrees)) / factor for f in (np.cos, np.sin))
    x, y = (width - 1) / 2, (height - 1) / 2
    # Where each pixel comes from, as ImageProjectiveTransformV3 wants it: the middle stays.
    transform = [cosine, sine, x - cosine * x - sine * y, -sine, cosine, y + sine * x - cosine * y, 0, 0]
    moved = tensorflow().raw_ops.ImageProjectiveTransformV3(
        images=picture[None],
        transforms=np.array([transform], np.float32),
        output_shape=[height, width],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="REFLECT",
    )
    return moved.numpy()[0]
