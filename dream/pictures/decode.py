"""Decoding of untrusted picture files: checked, upright, sRGB, without transparency, limited in size."""

import io
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageCms, ImageOps

from dream.errors import UserError
from dream.settings import settings

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_READS = 200_000  # by Pillow; a file of many megabytes needs some thousands
MOST_SCANS = 64  # of a progressive JPEG; twelve are common
SIXTEEN_BIT = {"I;16", "I;16B", "I;16L", "I"}


class Limits(NamedTuple):
    """Limits of a picture file.

    Attributes:
        megabytes: of the file; None for no limit.
        pixels: width times height, checked before decoding.
        side: longest side of the result in pixels; larger pictures are scaled down.
    """

    megabytes: int | None
    pixels: int
    side: int


def visitors_limits() -> Limits:
    """The limits for uploads on the pages, from the settings."""
    return Limits(settings().upload_megabytes, settings().upload_megapixels * 1_000_000, settings().max_side)


def decode(content: bytes, limits: Limits | None = None) -> np.ndarray:
    """A picture file's content -> uint8 [height, width, 3], sRGB, within ``limits`` (by default those for uploads).

    Applies the EXIF orientation and the colour profile, composes transparency over white, scales 16 bits to 8, converts
    CMYK and greyscale, and takes the first picture of an animation.

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
        image = Image.open(_BoundedReader(content), formats=FORMATS)
    except Image.DecompressionBombError:
        raise _too_many_pixels(limits) from None
    except Exception:  # Pillow's readers raise whatever a broken header leads them to
        raise UserError("This is not a picture that can be read: choose a JPEG, PNG or WebP file.") from None
    if image.width * image.height > limits.pixels:
        raise _too_many_pixels(limits, image.size)
    if image.format in ("JPEG", "MPO") and content.count(b"\xff\xda") > MOST_SCANS:  # each is a pass over all pixels
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


class _BoundedReader(io.BytesIO):
    """A file that fails after many reads: millions of empty chunks would occupy Pillow for minutes."""

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
    """Any Pillow image -> an RGB image in sRGB, transparency composed over white."""
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
            return converted or image.convert("RGB")  # None only for in-place conversion
        except (ImageCms.PyCMSError, OSError):
            pass  # the profile does not fit the picture: convert without it
    return image.convert("RGB")
