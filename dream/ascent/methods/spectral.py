"""The spectral method: a dream over a photo, everywhere in it and in its own colours.

As the fourier method it optimises a spectrum (:mod:`dream.ascent.spectrum`) under random views, but of a smaller copy of
the photo, with views that reach beyond its border. The change of the copy's logits (light 0..1 -> log(x / (1 - x))) is
laid over the photo at its full size: what the networks do not look at so closely need not be optimised.
"""

from collections.abc import Iterator

import numpy as np
from PIL import Image

from dream.ascent.methods.step import Ascent, Step
from dream.ascent.networks import Turns
from dream.ascent.spectrum import FourierImage, cosine_decay
from dream.ascent.tiles import Stopped
from dream.ascent.views import random_view
from dream.pictures.start import scaled
from dream.recipe import Spectral

ROOM = np.float32(0.06)  # a photo's black and white are brought this far from the ends, where nothing could grow
NEAREST = np.float32(0.002)  # to the ends, so that logits are finite
LARGEST_STEP = 0.12 / 0.055  # as a multiple of the usual one, where nothing of the photo need stay
# Chosen by eye and by evenness at these longer sides (tests/bench/RESULTS.md): what is optimised, and the views' sides.
LONGER = (320, 640, 1280, 2048)
OPTIMISED = (256, 480, 800, 1024)
VIEW_SIDES = ((112, 112, 192, 192), (144, 152, 264, 264), (176, 192, 344, 344))
SMALL, SMALL_VIEWS = 400, 1.5  # up to this longer side views see this much more: there are fewer pixels in them


def spectral(picture: np.ndarray, method: Spectral, ascent: Ascent) -> Iterator[Step]:
    """Adam on the spectrum of a smaller copy; its change is laid over the photo, at the end at its full size."""
    photo, longer = picture, max(picture.shape[:2])
    small = scaled(np.rint(np.clip(photo, 0, 255)).astype(np.uint8), optimised_side(longer)).astype(np.float32)
    image = FourierImage(_with_room(small, ROOM), from_noise=False, decay=method.decay)
    before = _logits(image.picture)
    size = small.shape[:2]
    more = SMALL_VIEWS if longer <= SMALL else 1.0
    shares = tuple(share * more * max(size) / min(size) for share in (method.smallest_view, method.largest_view))
    strength, largest_step = min(2 * (1 - method.kept), 1.0), 1 + max(1 - 2 * method.kept, 0) * (LARGEST_STEP - 1)
    turns, done = Turns(ascent.looks), 0
    while done < method.iterations and ascent.should_continue():
        look = turns.look(done)
        view = random_view(size, look.view_sides, (shares[0], shares[1]), method.rotation, ascent.rng, method.reach)
        try:
            score, g = look.gradient(view.apply(image.picture), 0)
        except Stopped:
            break
        rate = look.weight * cosine_decay(method.step * largest_step, done / method.iterations)
        image.ascend(view.apply_transpose(g), rate)
        score, done = turns.score(done, score), done + 1
        change = _logits(image.picture) - before
        yield Step(score, laid_over(small, change, strength), done / method.iterations)
    if done:
        yield Step(None, laid_over(photo, change, strength), done / method.iterations)


def optimised_side(longer: int) -> int:
    """The longer side of what is optimised, in pixels, for a photo's."""
    return min(longer, round(float(np.interp(longer, LONGER, OPTIMISED))))


def spectral_view_sides(height: int, width: int) -> tuple[int, ...]:
    """The sides that views of a photo have as the network gets them, in pixels, small to large."""
    longer = max(height, width)
    return tuple(8 * round(float(np.interp(longer, LONGER, sides)) / 8) for sides in VIEW_SIDES)


def laid_over(photo: np.ndarray, change: np.ndarray, strength: float) -> np.ndarray:
    """A change of logits laid over a photo of any size; grows with ``strength`` everywhere.

    Args:
        photo: float32 [height, width, 3], RGB 0..255.
        change: float32 [rows, columns, 3].
        strength: 0 is the photo, 1 the whole change.

    Returns:
        float32 [height, width, 3], RGB within 0..255.
    """
    height, width = photo.shape[:2]
    room = ROOM * np.float32(min(4 * strength, 1.0))  # none where the change is not seen either
    over = np.empty(photo.shape, np.float32)
    for colour in range(3):  # one after the other: of a large photo all three at once take gigabytes
        plane = np.ascontiguousarray(change[..., colour])
        if plane.shape != (height, width):
            plane = np.asarray(Image.fromarray(plane).resize((width, height), Image.Resampling.BICUBIC))
        logits = _logits(_with_room(photo[..., colour], room)) + np.float32(strength) * plane
        over[..., colour] = 255 / (1 + np.exp(-logits))
    return over


def _with_room(photo: np.ndarray, room: np.float32) -> np.ndarray:
    return photo * (1 - 2 * room) + 255 * room


def _logits(pixels: np.ndarray) -> np.ndarray:
    light = np.clip(pixels / 255, NEAREST, 1 - NEAREST)
    return np.log(light / (1 - light))
