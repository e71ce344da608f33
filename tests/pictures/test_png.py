import numpy as np
import pytest

from dream.errors import UserError
from dream.pictures.png import encode_png, recipe_in
from dream.pictures.shown import preview, shown
from dream.recipe import Layer, Naive, Noise, Recipe

PIXELS = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
RECIPE = Recipe(start=Noise(), objective=Layer(layer="Größe/✓"), method=Naive())


def test_a_png_carries_its_recipe():
    assert recipe_in(encode_png(PIXELS, RECIPE)) == RECIPE


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
    assert shown(picture, stretched=False).tolist() == [[[0, 100, 255]]]
    assert shown(picture, stretched=True).tolist() == [[[0, 90, 255]]]
    assert shown(np.full((2, 2, 3), 7.0, np.float32), stretched=True).max() == 0
