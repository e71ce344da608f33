"""The command line as its users call it, in this process; one test starts a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from graphs import small_graph
from PIL import Image

from dream.__main__ import main
from dream.pictures.decode import decode
from dream.pictures.png import recipe_in
from dream.pictures.start import pixels_sha256
from dream.recipe import Class, Layer, Naive, Noise, Recipe
from dream.recipe.defaults import TOGETHER
from dream.recipe.looks import find_look
from dream.settings import settings


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def photo(width=96, height=72):
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)).save("photo.png")
    return "photo.png"


def test_networks_and_layers(capsys):
    assert main(["networks"]) == 0
    assert "squeezenet" in capsys.readouterr().out
    assert main(["layers", "squeezenet"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "conv1_pre_relu (?, ?, ?, 64)"
    assert len(lines) == 34
    assert main(["layers", "squeezenet", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[-1]["channels"] == 1000


def test_render_prints_a_score_a_step_as_the_book_does(capsys, tmp_path):
    size = ["--method", "naive", "--size", "64x48", "--iterations", "4", "--seed", "3", "-o", "out.png"]
    assert main(["render", "--layer", "fire3_expand1x1_pre_relu", "--channel", "2", *size]) == 0
    captured = capsys.readouterr()
    lines = captured.out.splitlines()
    assert len(lines) == 4
    assert all(line.startswith("score(mean)=") for line in lines)
    assert float(lines[-1].split("=")[1]) > float(lines[0].split("=")[1])
    assert "4/4" in captured.err
    with Image.open("out.png") as image:
        assert image.size == (64, 48)


def test_a_recipe_goes_round(capsys, tmp_path):
    options = ["--layer", "fire3", "--size", "96x96", "--method", "dream", "--iterations", "2", "--octaves", "2"]
    options += ["--octave-scale", "1.3"]
    assert main(["render", photo(), *options, "-o", "first.png"]) == 0
    capsys.readouterr()
    assert main(["recipe", "first.png"]) == 0
    (tmp_path / "recipe.json").write_text(capsys.readouterr().out)
    assert main(["render", "photo.png", "--recipe", "recipe.json", "-o", "second.png"]) == 0
    assert (tmp_path / "first.png").read_bytes() == (tmp_path / "second.png").read_bytes()


@pytest.fixture
def narrow_pages(monkeypatch):
    for name, value in {"MAX_SIDE": 64, "UPLOAD_MEGAPIXELS": 1, "UPLOAD_MEGABYTES": 1, "LARGEST_SIDE": 1024}.items():
        monkeypatch.setenv(f"DREAM_{name}", str(value))
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_a_photo_beyond_the_pages_limits_keeps_its_detail(narrow_pages, tmp_path):
    options = ["--method", "dream", "--size", "128x128", "--iterations", "1", "--octaves", "1"]
    assert main(["render", photo(1024, 1000), *options, "-o", "first.png"]) == 0
    recipe = recipe_in((tmp_path / "first.png").read_bytes())
    with Image.open("photo.png") as image:
        assert recipe.start.sha256 == pixels_sha256(np.asarray(image))
    (tmp_path / "recipe.json").write_text(recipe.to_json())
    assert main(["render", "photo.png", "--recipe", "recipe.json", "-o", "second.png"]) == 0
    assert (tmp_path / "first.png").read_bytes() == (tmp_path / "second.png").read_bytes()


def test_a_photo_for_a_dream_of_the_pages_size_is_the_pages_photo(narrow_pages, tmp_path):
    assert (
        main(
            [
                "render",
                photo(),
                "--method",
                "dream",
                "--size",
                "64x64",
                "--iterations",
                "1",
                "--octaves",
                "1",
                "-o",
                "out.png",
            ]
        )
        == 0
    )
    recipe = recipe_in((tmp_path / "out.png").read_bytes())
    assert recipe.start.sha256 == pixels_sha256(decode(Path("photo.png").read_bytes()))


def test_sums_guides_and_objectives_as_json(tmp_path):
    small = ["--size", "64x64", "--iterations", "1", "-o", "out.png"]

    def objective(*arguments):
        assert main(["render", *arguments, *small]) == 0
        return recipe_in((tmp_path / "out.png").read_bytes()).objective

    terms = objective("--layer", "fire4:3", "--layer", "fire5:7*-0.5").terms
    assert [(term.objective.layer, term.objective.channel, term.weight) for term in terms] == [
        ("fire4", 3, 1.0),
        ("fire5", 7, -0.5),
    ]
    guide = objective("--layer", "fire4", "--guide", photo())
    assert (guide.kind, guide.layer) == ("guide", "fire4")
    neuron = objective("--objective", '{"kind": "neuron", "layer": "fire4", "channel": 2, "x": 0.25}')
    assert (neuron.kind, neuron.x) == ("neuron", 0.25)


@pytest.mark.parametrize("method", ["octaves", "laplacian", "fourier"])
def test_every_method_and_a_film(method, tmp_path):
    arguments = ["--layer", "fire4", "--method", method, "--iterations", "2", "--size", "64x64"]
    assert main(["render", *arguments, "-o", "out.png", "--film", "out.gif"]) == 0
    with Image.open(tmp_path / "out.gif") as film:
        assert film.n_frames >= 2


@pytest.mark.parametrize("option", [["--objective", "{}"], ["--mean", "117"], ["--seed", "2"], ["--layer", "fire7"]])
def test_a_recipe_file_leaves_nothing_else_to_say(option, capsys, tmp_path):
    recipe = Recipe(start=Noise(width=64, height=64), objective=Layer(layer="fire4"), method=Naive(iterations=1))
    (tmp_path / "recipe.json").write_text(recipe.to_json())
    assert main(["render", "--recipe", "recipe.json", *option]) == 2
    assert "says everything already" in capsys.readouterr().err


def test_a_class_by_name(capsys, tmp_path):
    assert main(["render", "--class", "zebra", "--size", "64x64", "--iterations", "1"]) == 0
    asked = [term.objective for term in recipe_in((tmp_path / "dream.png").read_bytes()).objective.terms]
    assert [(one.network, one.index) for one in asked] == [(name, 340) for name in TOGETHER]
    for more in (["--network", "squeezenet"], ["--method", "naive"]):
        assert main(["render", "--class", "340", "--size", "64x64", "--iterations", "1", *more]) == 0
    for name in ("dream-2.png", "dream-3.png"):
        assert recipe_in((tmp_path / name).read_bytes()).objective == Class(index=340, name="zebra")


def test_export_and_rebuild(capsys, tmp_path):
    assert main(["export", "squeezenet", "net.pb"]) == 0
    assert (tmp_path / "net.pb").stat().st_size > 4_000_000
    assert main(["gallery", "rebuild"]) == 0
    assert "dreams in the index" in capsys.readouterr().out


def test_a_network_of_ones_own_by_its_path(capsys, tmp_path):
    (tmp_path / "Mine.pb").write_bytes(small_graph().SerializeToString())
    (tmp_path / "names.txt").write_text("ant\nbee\ncow\ndog\neel\n")
    declared = ["--channel-order", "BGR", "--mean", "104,117,123", "--labels", "names.txt"]
    assert main(["layers", "Mine.pb"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "first_bias (?, ?, ?, 8)"
    size = ["--size", "32x32", "--iterations", "2", "-o", "bee.png"]
    assert main(["render", "--network", "Mine.pb", *declared, "--class", "bee", *size]) == 0
    recipe = recipe_in((tmp_path / "bee.png").read_bytes())
    assert recipe.network.startswith("mine-")
    assert recipe.objective.index == 1
    capsys.readouterr()
    assert main(["networks"]) == 0
    assert recipe.network in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["layers", "text.pb"], "not a frozen TensorFlow graph"),
        (["layers", "missing.pb"], "no model at"),
        (["layers", "squeezenet", "--mean", "3"], "go with a file of your own"),
        (["layers", "text.pb", "--mean", "a,b"], "one number or three"),
        (["fetch", "squeezenet"], "nothing to fetch"),
        (["fetch", "inception5h"], "SqueezeNet works meanwhile"),
        (["layers", "inception5h"], "fetch inception5h"),
        (["render", "--layer", "nope"], "no layer named nope"),
        (["render", "--layer", "fire7", "--channel", "384"], "channels 0 to 383"),
        (["render", "--layer", "fire7", "--channel", "-1"], "channel"),
        (["render", "--channel", "3"], "--layer"),
        (["render", "--layer", "fire4:x"], "LAYER:CHANNEL*WEIGHT"),
        (["render", "--objective", "{}"], "objective cannot be read"),
        (["render", "--guide", "text.jpg"], "not a picture"),
        (["render", "--film", "film.avi"], ".mp4"),
        (["render", "--class", "crane"], "more than one"),
        (["render", "--class", "zebra", "--layer", "fire7"], "either"),
        (["render", "text.jpg"], "not a picture"),
        (["render", "missing.jpg"], "Cannot read"),
        (["render", "empty.jpg"], "empty"),
        (["render", "--recipe", "text.jpg"], "recipe cannot be read"),
        (["render", "--size", "10x10"], "32 to 8192"),
        (["render", "--size", "wide"], "WIDTHxHEIGHT"),
        (["render", "--iterations", "501"], "At most 500 iterations"),
        (["render", "--method", "dream", "--size", "32x32", "--octaves", "12"], "too small"),
        (["render", "--octaves", "3"], "no octaves"),
        (["render", "--network", "alexnet"], "no network named"),
        (["render", "-o", "nowhere/out.png"], "no folder"),
        (["render", "--step", "0"], "step"),
        (["render", "--network", "squeezenet,efficientnet-lite0", "--preset", "caffe"], "go with a file of your own"),
        (["layers", "alexnet"], "no network named"),
        (["recipe", "text.jpg"], "not a PNG"),
        (["dream"], "invalid choice"),
        ([], "COMMAND"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(arguments, words, capsys, tmp_path, untried):
    (tmp_path / "text.jpg").write_text("only text")
    (tmp_path / "text.pb").write_text("only text")
    (tmp_path / "empty.jpg").touch()
    before = sorted(path.name for path in tmp_path.iterdir())
    try:
        code = main(arguments)
    except SystemExit as exit:  # argparse's own way out
        code = exit.code
    captured = capsys.readouterr()
    assert code == 2
    assert words in captured.err
    assert len(captured.err.strip().splitlines()) == 1
    assert captured.out == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_nothing_but_the_sentence_reaches_the_terminal(tmp_path):
    command = [sys.executable, "-m", "dream", "render", "--layer", "nope"]
    root = Path(__file__).parent.parent
    result = subprocess.run(command, capture_output=True, text=True, cwd=root, timeout=120)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1, result.stderr


def test_nothing_said_is_the_best_there_is(tmp_path):
    """Over a photo both networks in turns by the spectral method, out of noise the clear method."""
    assert main(["render", photo(), "--size", "64x64", "--iterations", "4", "-o", "over.png"]) == 0
    over = recipe_in((tmp_path / "over.png").read_bytes())
    assert (over.method.kind, over.networks) == ("spectral", {"squeezenet", "efficientnet-lite0"})
    assert main(["render", "--layer", "fire3", "--size", "64x64", "--iterations", "1", "-o", "noise.png"]) == 0
    assert recipe_in((tmp_path / "noise.png").read_bytes()).method.kind == "fourier"


def test_several_networks_are_asked_at_once(tmp_path):
    both = ["--network", "squeezenet,efficientnet-lite0", "--size", "64x64", "--iterations", "2"]
    assert main(["render", *both, "--class", "zebra", "-o", "class.png"]) == 0
    asked = recipe_in((tmp_path / "class.png").read_bytes()).objective
    assert [(term.objective.index, term.objective.network) for term in asked.terms] == [
        (340, "squeezenet"),
        (340, "efficientnet-lite0"),
    ]
    layers = ["--layer", "fire8:29", "--layer", "efficientnet-lite0/block10:7*-0.5"]
    assert main(["render", *layers, "--size", "64x64", "--iterations", "2", "-o", "layers.png"]) == 0
    first, second = recipe_in((tmp_path / "layers.png").read_bytes()).objective.terms
    assert (first.objective.network, first.objective.layer) == (None, "fire8")
    assert (second.objective.network, second.objective.layer, second.weight) == ("efficientnet-lite0", "block10", -0.5)


def test_looks_are_listed_and_rendered(capsys, tmp_path, monkeypatch):
    file = tmp_path / "looks.jsonl"
    objective = {"kind": "layer", "layer": "fire2"}
    file.write_text(json.dumps({"name": "moss", "objective": objective, "method": {"iterations": 3}}))
    monkeypatch.setenv("DREAM_LOOKS", str(file))
    settings.cache_clear()
    assert main(["looks"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].split() == ["moss", "fire2,", "all", "channels;", "squeezenet"]
    assert "squeezenet, efficientnet-lite0" in lines[0]
    assert main(["render", photo(), "--look", "moss", "--size", "64x64", "--seed", "4", "-o", "moss.png"]) == 0
    recipe = recipe_in((tmp_path / "moss.png").read_bytes())
    assert recipe == find_look("moss").recipe(recipe.start, seed=4)
    assert recipe.start.longest_side == 64
    assert len(capsys.readouterr().out.splitlines()) == 3


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["photo.png", "--look", "moos"], "There is no look named moos: choose animals, "),
        (["--look", "eyes"], "name the photo too"),
        (["photo.png", "--look", "eyes", "--layer", "fire2"], "leave all other settings but --size and --seed away"),
        (["photo.png", "--look", "eyes", "--seed", "-1"], "seed"),
        (["photo.png", "--look", "eyes", "--recipe", "r.json"], "--recipe says everything already"),
    ],
)
def test_a_look_that_cannot_be_is_one_sentence(capsys, arguments, words):
    photo()
    assert main(["render", *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert words in line
