"""From a file that somebody brought to pixels: checked, upright, sRGB, without transparency, limited in size."""

import io
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageCms, ImageOps

from dream.errors import UserError
from dream.settings import settings

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_READS = 200_000  # a file of many megabytes takes some thousands
MOST_SCANS = 64  # of a progressive JPEG; twelve are usual
SIXTEEN_BIT = {"I;16", "I;16B", "I;16L", "I"}


class Limits(NamedTuple):
    """What is taken.

    Attributes:
        megabytes: of the file; None: any.
        pixels: of the picture, before it is decoded.
        side: of what comes out, in pixels; larger pictures are scaled down.
    """

    megabytes: int | None
    pixels: int
    side: int


def visitors_limits() -> Limits:
    """What is taken from people who come to the pages."""
    return Limits(settings().upload_megabytes, settings().upload_megapixels * 1_000_000, settings().max_side)


def decode(content: bytes, limits: Limits | None = None) -> np.ndarray:
    """A picture file's content -> uint8 [height, width, 3], sRGB, within ``limits``; without them a visitor's.

    Turned upright by its EXIF orientation, its colour profile converted to sRGB, transparency laid on white, 16 bits
    scaled to 8, CMYK and greyscale converted; of an animation the first picture.

    Raises:
        UserError: too large, not a JPEG, PNG or WebP, or damaged.
    """
    limits = limits or visitors_limits()
    if not content:
        raise UserError("The file is empty: choose a JPEG, PNG or WebP picture.")
    if limits.megabytes is not None and len(content) > limits.megabytes * 1_000_000:
        raise UserError(
            f"The file has {len(content) / 1e6:.0f} MB; at most {limits.megabytes} MB can be taken. "
            "Save it smaller and try again."
        )
    try:
        image = Image.open(_Impatient(content), formats=FORMATS)
    except Image.DecompressionBombError:
        raise _too_many_pixels(limits) from None
    except Exception:  # Pillow's readers raise whatever a broken header leads them to
        raise UserError("This is not a picture that can be read: choose a JPEG, PNG or WebP file.") from None
    if image.width * image.height > limits.pixels:
        raise _too_many_pixels(limits, image.size)
    if image.format in ("JPEG", "MPO") and content.count(b"\xff\xda") > MOST_SCANS:  # each goes over all pixels
        raise UserError("This JPEG has too many scans: open it in an image program and save it again.")
    try:
        image.draft("RGB", (limits.side, limits.side))  # JPEG only: decodes large ones at a smaller scale
        image.load()
        pixels = _srgb(ImageOps.exif_transpose(image))
    except UserError:
        raise
    except Exception:
        raise UserError("The picture is damaged and cannot be read to its end: try another copy of it.") from None
    pixels.thumbnail((limits.side, limits.side), Image.Resampling.LANCZOS)
    return np.asarray(pixels)


class _Impatient(io.BytesIO):
    """A file that cannot be read any more at some time: millions of empty chunks would keep Pillow for minutes."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self._reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self._reads += 1
        if self._reads > MOST_READS:
            raise OSError("too many parts")
        return super().read(size)


def _too_many_pixels(limits: Limits, size: tuple[int, int] | None = None) -> UserError:
    has = f"The picture has {size[0] * size[1] / 1e6:.0f} megapixels" if size else "The picture has too many pixels"
    return UserError(f"{has}; at most {limits.pixels / 1e6:.0f} can be taken. Scale it down and try again.")


def _srgb(image: Image.Image) -> Image.Image:
    """Any Pillow image -> an RGB one in sRGB, on white."""
    if image.mode in SIXTEEN_BIT:
        image = Image.fromarray((np.asarray(image, np.float32) / 257).round().clip(0, 255).astype(np.uint8))
    elif image.mode == "P":
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    elif image.mode in ("L", "RGB") and "transparency" in image.info:
        image = image.convert("RGBA")
    alpha = image.getchannel("A") if image.mode in ("RGBA", "LA") else None
    colours = _through_profile(image.convert({"RGBA": "RGB", "LA": "L"}[image.mode]) if alpha else image)
    if alpha:
        white = Image.new("RGB", image.size, "white")
        white.paste(colours, mask=alpha)
        return white
    return colours


def _through_profile(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            return converted or image.convert("RGB")  # it is None only where the picture itself is changed
        except (ImageCms.PyCMSError, OSError):
            pass  # a profile that does not fit its picture: the plain conversion is the best there is
    return image.convert("RGB")
