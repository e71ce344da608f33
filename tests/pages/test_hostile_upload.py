"""A picture that is refused costs nothing more."""

import struct
import zlib

from paging import RECIPE, run, words

from dream.pictures.png import KEY


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def test_no_recipe_is_looked_for_in_a_refused_picture():
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 8000, 8000, 8, 2, 0, 0, 0))
    recipe = chunk(b"iTXt", KEY.encode() + bytes(5) + RECIPE.to_json().encode())
    pixels = chunk(b"IDAT", zlib.compress(bytes(1000)))
    test = run("picture")
    test.segmented_control(key="source").set_value("Upload").run()
    test.file_uploader[0].upload("huge.png", b"\x89PNG\r\n\x1a\n" + header + recipe + pixels, "image/png").run()
    assert "at most 40" in test.error[0].value
    assert "is a dream" not in words(test)
