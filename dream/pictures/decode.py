"""From a file that somebody brought to pixels: checked, upright, sRGB, without transparency, limited in size."""

import io

import numpy as np
from PIL import Image, ImageCms, ImageOps

from dream.errors import UserError
from dream.settings import settings

FORMATS = ("JPEG", "PNG", "WEBP")
SIXTEEN_BIT = {"I;16", "I;16B", "I;16L", "I"}


def decode(content: bytes) -> np.ndarray:
    """A picture file's content -> uint8 [height, width, 3], sRGB, at most ``max_side`` pixels a side.

    Turned upright by its EXIF orientation, its colour profile converted to sRGB, transparency laid on white, 16 bits
    scaled to 8, CMYK and greyscale converted; of an animation the first picture.

    Raises:
        UserError: too large, not a JPEG, PNG or WebP, or damaged.
    """
    limits = settings()
    if not content:
        raise UserError("The file is empty: choose a JPEG, PNG or WebP picture.")
    if len(content) > limits.upload_megabytes * 1_000_000:
        raise UserError(
            f"The file has {len(content) / 1e6:.0f} MB; at most {limits.upload_megabytes} MB can be taken. "
            "Save it smaller and try again."
        )
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except Exception:  # Pillow's readers raise whatever a broken header leads them to
        raise UserError("This is not a picture that can be read: choose a JPEG, PNG or WebP file.") from None
    if image.width * image.height > limits.upload_megapixels * 1_000_000:
        raise _too_many_pixels(image.size)
    try:
        image.draft("RGB", (limits.max_side, limits.max_side))  # JPEG only: decodes large ones at a smaller scale
        image.load()
        image = ImageOps.exif_transpose(image)
        pixels = _srgb(image)
    except UserError:
        raise
    except Exception:
        raise UserError("The picture is damaged and cannot be read to its end: try another copy of it.") from None
    pixels.thumbnail((limits.max_side, limits.max_side), Image.Resampling.LANCZOS)
    return np.asarray(pixels)


def _too_many_pixels(size: tuple[int, int] | None = None) -> UserError:
    has = f"The picture has {size[0] * size[1] / 1e6:.0f} megapixels" if size else "The picture has too many pixels"
    return UserError(f"{has}; at most {settings().upload_megapixels} can be taken. Scale it down and try again.")


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
            return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            pass  # a profile that does not fit its picture: the plain conversion is the best there is
    return image.convert("RGB")
