import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from dream.errors import UserError
from dream.pictures.decode import decode


def encoded(image, format="PNG", **options):
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


GRADIENT = np.linspace(0, 255, 64 * 48 * 3).reshape(48, 64, 3).astype(np.uint8)
COLOURS = Image.fromarray(GRADIENT)


@pytest.mark.parametrize(("format", "options"), [("PNG", {}), ("WEBP", {"lossless": True})])
def test_lossless_pictures_keep_every_pixel(format, options):
    np.testing.assert_array_equal(decode(encoded(COLOURS, format, **options)), GRADIENT)


def test_jpeg_comes_close():
    assert np.abs(decode(encoded(COLOURS, "JPEG", quality=95)).astype(int) - GRADIENT).mean() < 3


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_turns_upright(orientation):
    upright = np.zeros((40, 80, 3), np.uint8)
    upright[:20, :40] = 255  # top left
    turn = {
        1: lambda p: p,
        2: lambda p: p[:, ::-1],
        3: lambda p: p[::-1, ::-1],
        4: lambda p: p[::-1],
        5: lambda p: p.swapaxes(0, 1),
        6: lambda p: np.rot90(p, 1),
        7: lambda p: p.swapaxes(0, 1)[::-1, ::-1],
        8: lambda p: np.rot90(p, -1),
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(turn[orientation](upright)))
    np.testing.assert_array_equal(decode(encoded(stored, exif=exif)), upright)


def test_transparency_is_laid_on_white():
    clear = Image.new("RGBA", (40, 40), (255, 0, 0, 0))
    half = Image.new("LA", (40, 40), (0, 128))
    palette = Image.new("P", (40, 40), 0)
    assert (decode(encoded(clear)) == 255).all()
    assert np.abs(decode(encoded(half)).astype(int) - 127).max() <= 1
    assert (decode(encoded(palette, transparency=0)) == 255).all()


def test_sixteen_bits_are_scaled():
    deep = Image.fromarray(np.tile(np.linspace(0, 65535, 64).astype(np.uint16), (40, 1)))
    grey = decode(encoded(deep))
    assert grey.shape == (40, 64, 3)
    np.testing.assert_allclose(grey[0, :, 0], np.linspace(0, 255, 64), atol=1)


def test_cmyk_and_grey_become_rgb():
    cmyk = Image.new("CMYK", (40, 40), (0, 255, 255, 0))
    red = decode(encoded(cmyk, "JPEG", quality=95))[20, 20]
    assert red[0] > 200
    assert red[1] < 60
    assert decode(encoded(Image.new("L", (40, 40), 77)))[0, 0].tolist() == [77, 77, 77]


def test_a_colour_profile_is_converted():
    lab_like = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    broken = encoded(COLOURS, icc_profile=b"not a profile")
    np.testing.assert_array_equal(decode(broken), GRADIENT)
    assert decode(encoded(COLOURS, icc_profile=lab_like)).shape == GRADIENT.shape
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert np.abs(decode(encoded(COLOURS, icc_profile=srgb)).astype(int) - GRADIENT).max() <= 2


def test_large_pictures_are_scaled_down():
    assert decode(encoded(Image.new("RGB", (4000, 1000)), "JPEG")).shape == (512, 2048, 3)


def chunk(kind, content=b""):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_header_of(width, height):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"just some text, renamed to .jpg", "not a picture"),
        (encoded(COLOURS, "GIF"), "not a picture"),
        (encoded(COLOURS, "BMP"), "not a picture"),
        (encoded(COLOURS)[:-200], "damaged"),
        (encoded(COLOURS.resize((640, 480)), "JPEG")[:-3000], "damaged"),
        (b"\0" * 21_000_000, "at most 20 MB"),
        (png_header_of(8000, 5001), "at most 40"),
        (png_header_of(60000, 60000), "at most 40"),
    ],
    ids=["empty", "text", "gif", "bmp", "cut png", "cut jpeg", "21 MB", "40 megapixels", "bomb"],
)
def test_what_cannot_be_taken_is_one_sentence(content, sentence):
    with pytest.raises(UserError, match=sentence):
        decode(content)


def test_millions_of_empty_chunks_keep_nobody_waiting():
    whole = encoded(COLOURS)
    end = whole.rindex(b"IEND") - 4
    with pytest.raises(UserError, match="damaged"):
        decode(whole[:end] + chunk(b"abCd") * 100_000 + whole[end:])


def test_hundreds_of_scans_keep_nobody_waiting():
    progressive = encoded(COLOURS, "JPEG", progressive=True)
    last = progressive[progressive.rindex(b"\xff\xda") : -2]
    assert decode(progressive).shape == GRADIENT.shape
    with pytest.raises(UserError, match="too many scans"):
        decode(progressive[:-2] + last * 100 + progressive[-2:])


def test_of_an_animation_only_the_first_picture_is_decoded():
    film = [Image.fromarray(GRADIENT + level) for level in range(1, 9)]
    content = encoded(COLOURS, save_all=True, append_images=film)
    np.testing.assert_array_equal(decode(content[: content.rindex(b"fdAT")]), GRADIENT)
