"""Mutated graphs and pictures: each is taken, or refused with one sentence; none crashes, hangs or writes anywhere.

The same cases every time (``derandomize``), so that a red run can be looked at.
"""

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from graphs import small_graph, tf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from dream.errors import UserError
from dream.networks.user.checks import ALLOWED, check_graph
from dream.networks.user.freezing import free
from dream.networks.user.sandbox import try_gradient
from dream.pictures.decode import decode
from dream.pictures.png import encode_png, recipe_in
from dream.recipe import Layer, Naive, Noise, Recipe
from dream.settings import settings as limits

GRAPH = small_graph()
SEEDS = {  # what is mutated, with how many cases
    "graph": 600,
    "structure": 250,
    "picture": 900,
    "recipe": 400,
}
written: list[str] = []
watching = False


def hook(event, arguments):
    """Notes every file that Python opens for writing, makes, renames or removes."""
    if not watching:
        return
    if event == "open" and isinstance(arguments[0], str) and arguments[2] is not None:
        writes = arguments[2] & 0b11  # os.O_WRONLY or os.O_RDWR
    else:
        writes = event in {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate"}
    if not writes:  # some events have no arguments
        return
    place = str(arguments[0])
    if not place.startswith(("/dev/", "/proc/", str(limits().cache))) and ".hypothesis" not in place:
        written.append(f"{event} {place}")


sys.addaudithook(hook)


@pytest.fixture(autouse=True)
def nothing_is_written(dream_env, tmp_path, monkeypatch):
    global watching
    dream_env(upload_megapixels=1)
    working = tmp_path / "working"
    working.mkdir()
    monkeypatch.chdir(working)
    # Each case builds a graph to run it once: making it quick takes longer than that.
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    small_content_tried()  # imports and caches write, once
    written.clear()
    watching = True
    yield
    watching = False
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})
    assert written == []
    assert list(working.iterdir()) == []  # TensorFlow's own writing passes by Python's hooks
    assert not (tmp_path / "home").exists()


def small_content_tried():
    try_gradient(*free(check_graph(GRAPH.SerializeToString())))
    for content in PICTURES:
        decode(content)
    recipe_in(PNG)


def cases(kind):
    return settings(
        max_examples=SEEDS[kind],
        derandomize=True,
        database=None,
        deadline=20_000,  # milliseconds a case: a hang is a failure
        suppress_health_check=list(HealthCheck),
    )


@st.composite
def mutated(draw, contents):
    """A content with up to eight bytes or stretches changed, taken out, doubled, or the end cut off."""
    content = bytearray(draw(st.sampled_from(contents)))
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        length = draw(st.integers(1, 32))
        match draw(st.sampled_from(["flip", "flip", "flip", "set", "insert", "remove", "double", "cut"])):
            case "flip" if content:
                content[at] ^= 1 << draw(st.integers(0, 7))
            case "set":
                content[at : at + length] = draw(st.sampled_from([b"\0", b"\xff", b"\x7f"])) * length
            case "insert":
                content[at:at] = draw(st.binary(min_size=1, max_size=32))
            case "remove":
                del content[at : at + length]
            case "double":
                content[at:at] = content[at : at + length]
            case "cut":
                del content[at:]
    return bytes(content)


NUMBERS = st.sampled_from([-(2**31), -7, -1, 0, 1, 2, 3, 5, 8, 16, 1000, 99_999, 2**31 - 1, 2**40, 2**62])


@st.composite
def restructured(draw):
    """The small graph with up to four nodes changed: its operation, an input, a number, a shape or a constant."""
    graph_def = tf.compat.v1.GraphDef()
    graph_def.CopyFrom(GRAPH)
    for _ in range(draw(st.integers(1, 4))):
        node = graph_def.node[draw(st.integers(0, len(graph_def.node) - 1))]
        match draw(st.sampled_from(["operation", "input", "number", "number", "type", "shape", "constant", "remove"])):
            case "operation":
                node.op = draw(st.sampled_from(sorted(ALLOWED)))
            case "input" if node.input:
                place = draw(st.integers(0, len(node.input) - 1))
                node.input[place] = graph_def.node[draw(st.integers(0, len(graph_def.node) - 1))].name
            case "number":
                for value in node.attr.values():
                    if value.list.i:
                        value.list.i[draw(st.integers(0, len(value.list.i) - 1))] = draw(NUMBERS)
                    elif value.HasField("i"):
                        value.i = draw(NUMBERS)
            case "type" if "T" in node.attr:
                node.attr["T"].type = draw(st.integers(0, 30))
            case "shape" if "shape" in node.attr:
                node.attr["shape"].shape.dim.add(size=draw(NUMBERS))
            case "constant" if node.op == "Const":
                numbers = draw(st.lists(NUMBERS.filter(lambda n: abs(n) < 2**31), min_size=1, max_size=5))
                kind = draw(st.sampled_from([np.int32, np.float32]))
                node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(np.array(numbers, kind)))
                node.attr["dtype"].type = node.attr["value"].tensor.dtype
            case "remove":
                graph_def.node.remove(node)
    return graph_def.SerializeToString()


def taken_or_refused(function, content):
    """What the function makes of it; None where it refuses with a sentence."""
    try:
        return function(content)
    except UserError as error:
        text = str(error)
        assert text.endswith((".", "…")), text
        assert len(text) < 600, text
        assert text.replace("…", ".").isprintable(), text
        return None


def noisy_picture(name, **options):
    pixels = np.random.default_rng(0).integers(0, 255, (24, 40, 4), np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).convert(options.pop("mode", "RGB")).save(out, name, **options)
    return out.getvalue()


RECIPE = Recipe(start=Noise(), objective=Layer(layer="fire7"), method=Naive())
PNG = encode_png(np.zeros((8, 8, 3), np.uint8), RECIPE)
EXIF = Image.Exif()
EXIF[0x0112] = 6
PICTURES = [
    noisy_picture("PNG", mode="RGBA"),
    noisy_picture("PNG", mode="P"),
    noisy_picture("JPEG", exif=EXIF),
    noisy_picture("JPEG", mode="CMYK"),
    noisy_picture("WEBP", mode="RGBA"),
]


@cases("graph")
@given(mutated([GRAPH.SerializeToString()]))
def test_bytes_of_a_graph(content):
    checked = taken_or_refused(lambda content: free(check_graph(content)), content)
    if checked:
        taken_or_refused(lambda _: try_gradient(*checked), content)


@cases("structure")
@given(restructured())
def test_structure_of_a_graph(content):
    taken_or_refused(lambda content: try_gradient(*free(check_graph(content))), content)


@cases("picture")
@given(mutated(PICTURES))
def test_bytes_of_a_picture(content):
    pixels = taken_or_refused(decode, content)
    if pixels is not None:
        assert pixels.dtype == np.uint8
        assert pixels.ndim == 3
        assert pixels.shape[2] == 3
        assert max(pixels.shape) <= limits().max_side


@cases("recipe")
@given(mutated([PNG]))
def test_recipe_in_a_picture(content):
    recipe = taken_or_refused(recipe_in, content)
    assert recipe is None or isinstance(recipe, Recipe)


def test_two_thousand_cases():
    assert sum(SEEDS.values()) >= 2000


def test_the_watch_sees_writing():
    Path("seen").touch()
    assert [line for line in written if "seen" in line]
    Path("seen").unlink()
    written.clear()
