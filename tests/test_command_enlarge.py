"""``python -m dream enlarge``."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dream.__main__ import main
from dream.pictures.png import encode_png, recipe_in
from dream.pictures.start import pixels_sha256
from dream.recipe import Axis, Channel, Class, Comparison, Layer, Naive, Neuron, Noise, Recipe, Zoom
from dream.recipe.defaults import OVER_PHOTO
from dream.settings import settings

PIXELS = np.random.default_rng(0).integers(0, 256, (36, 40, 3), dtype=np.uint8)
DREAM = Recipe(start=Noise(), objective=Channel(layer="fire3", channel=5), method=Naive(), seed=4)


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def dream(plan=DREAM, pixels=PIXELS):
    Path("dream-1.png").write_bytes(encode_png(pixels, plan))
    return "dream-1.png"


def made(name):
    with Image.open(name) as image:
        return recipe_in(Path(name).read_bytes()), image.size


@pytest.mark.parametrize(("options", "times"), [([], 2), (["--times", "4"], 4)])
def test_a_dream_by_its_own_recipe(options, times, capsys):
    assert main(["enlarge", dream(), *options, "-o", "large.png"]) == 0
    recipe, size = made("large.png")
    assert size == (40 * times, 36 * times)
    assert (recipe.objective, recipe.seed, recipe.method.times) == (DREAM.objective, 4, times)
    assert (recipe.start.sha256, recipe.start.longest_side) == (pixels_sha256(PIXELS), 40)
    assert capsys.readouterr().out.count("score(mean)=") == recipe.all_steps
    Path("recipe.json").write_text(recipe.to_json())
    assert main(["render", "dream-1.png", "--recipe", "recipe.json", "-o", "again.png"]) == 0
    assert Path("large.png").read_bytes() == Path("again.png").read_bytes()


def test_another_picture_by_the_default_or_by_what_is_said():
    Image.fromarray(PIXELS).save("photo.jpg")
    assert main(["enlarge", "photo.jpg"]) == 0
    assert made("dream.png")[0].objective == OVER_PHOTO
    assert main(["enlarge", "photo.jpg", "--class", "zebra"]) == 0
    assert made("dream-2.png")[0].objective.index == 340


def test_what_is_said_comes_before_the_recipe():
    assert main(["enlarge", dream(), "--layer", "fire4", "-o", "large.png"]) == 0
    assert made("large.png")[0].objective == Layer(layer="fire4")


def test_a_picture_larger_than_the_pages_take_is_not_scaled_down(monkeypatch):
    monkeypatch.setenv("DREAM_MAX_SIDE", "32")
    settings.cache_clear()
    assert main(["enlarge", dream(), "-o", "large.png"]) == 0
    assert made("large.png")[1] == (80, 72)


@pytest.mark.parametrize(
    ("plan", "options", "sentence"),
    [
        (DREAM.model_copy(update={"method": Zoom()}), [], "An endless zoom is a film"),
        (DREAM.model_copy(update={"objective": Neuron(layer="fire4", channel=1)}), [], "A neuron has one place"),
        (Comparison(base=DREAM, across=Axis(setting="channel", values=(1, 2))), [], "A comparison is a sheet"),
        (DREAM.model_copy(update={"network": "gone"}), [], "no network named gone"),
        (DREAM.model_copy(update={"objective": Class(index=5000)}), [], "class"),
        (DREAM, ["--layer", "nope"], "no layer named nope"),
        (DREAM, ["--layer", "fire3", "--class", "zebra"], "not both"),
        (DREAM, ["--times", "3"], "invalid choice"),
        (DREAM, ["-o", "nowhere/large.png"], "no folder"),
        (None, ["--channel", "3"], "--channel needs one --layer"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(plan, options, sentence, capsys):
    try:
        code = main(["enlarge", dream(plan), *options])
    except SystemExit as exit:  # argparse's own way out
        code = exit.code
    captured = capsys.readouterr()
    assert code == 2
    assert sentence in captured.err
    assert len(captured.err.strip().splitlines()) == 1
    assert captured.out == ""


def test_beyond_the_limit_and_below_it(monkeypatch, capsys):
    monkeypatch.setenv("DREAM_LARGEST_SIDE", "150")
    monkeypatch.setenv("DREAM_MAX_SIDE", "150")
    settings.cache_clear()
    assert main(["enlarge", dream(), "--times", "4"]) == 2
    assert "Enlarged 4 times it would have 160 pixels a side, at most 150" in capsys.readouterr().err
    assert main(["enlarge", dream(pixels=PIXELS[:20])]) == 2
    assert "short side must have at least 32" in capsys.readouterr().err


def test_enlarging_is_no_method_of_render(capsys):
    with pytest.raises(SystemExit):
        main(["render", "--method", "enlarge"])
    assert "invalid choice" in capsys.readouterr().err
