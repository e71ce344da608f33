import io

import numpy as np
import pytest
from PIL import Image, ImageFile
from PIL.PngImagePlugin import PngInfo

from dream.errors import UserError
from dream.pictures.display import preview, to_uint8
from dream.pictures.png import KEY, encode_png, recipe_in
from dream.recipe import Layer, Naive, Noise, Recipe

PIXELS = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
RECIPE = Recipe(start=Noise(), objective=Layer(layer="Größe/✓"), method=Naive())


def test_a_png_carries_its_recipe():
    assert recipe_in(encode_png(PIXELS, RECIPE)) == RECIPE


def saved(**options):
    out = io.BytesIO()
    Image.fromarray(PIXELS).save(out, "PNG", **options)
    return out.getvalue()


def with_text(text, compressed):
    info = PngInfo()
    info.add_itxt(KEY, text, zip=compressed)
    return saved(pnginfo=info)


def test_other_programs_may_have_compressed_it():
    assert recipe_in(with_text(RECIPE.to_json(), compressed=True)) == RECIPE


def test_no_pixel_is_decoded_for_a_recipe(monkeypatch):
    def decoding(*_):
        raise AssertionError("pixels were decoded")

    film = [Image.fromarray(PIXELS + level) for level in range(1, 9)]
    contents = saved(save_all=True, append_images=film), encode_png(PIXELS, RECIPE)
    monkeypatch.setattr(ImageFile.ImageFile, "load", decoding)
    with pytest.raises(UserError, match="no recipe"):
        recipe_in(contents[0])
    assert recipe_in(contents[1]) == RECIPE


@pytest.mark.parametrize("compressed", [True, False])
def test_a_huge_text_is_not_taken(compressed):
    with pytest.raises(UserError, match="PNG"):
        recipe_in(with_text(" " * 2_000_000 + RECIPE.to_json(), compressed))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(encode_png(PIXELS), "no recipe"), (b"text", "not a PNG"), (preview(PIXELS, 60), "not a PNG")],
    ids=["no recipe", "text", "jpeg"],
)
def test_other_files_have_none(content, sentence):
    with pytest.raises(UserError, match=sentence):
        recipe_in(content)


def test_noise_is_stretched_and_photos_are_clipped():
    picture = np.array([[[-10.0, 100, 300]]], np.float32)
    assert to_uint8(picture, stretched=False).tolist() == [[[0, 100, 255]]]
    assert to_uint8(picture, stretched=True).tolist() == [[[0, 90, 255]]]
    assert to_uint8(np.full((2, 2, 3), 7.0, np.float32), stretched=True).max() == 0
