"""Pages, driven without a browser."""

import json
import re
from pathlib import Path

import numpy as np
from streamlit.testing.v1 import AppTest

from dream.markdown import APART
from dream.pictures.png import encode_png
from dream.recipe import Dream, Layer, Recipe, Sample

APP = str(Path(__file__).parent.parent.parent / "app.py")
RECIPE = Recipe(start=Sample(name="coffee"), objective=Layer(layer="fire7"), method=Dream(), seed=3)


def keep(gallery, recipe=RECIPE, count=1):
    pixels = np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    for _ in range(count):
        dream = gallery.keep(encode_png(pixels, recipe), recipe, (1.0, 2.0, 3.0), size=(80, 60), seconds=2.0)
    return dream


def run(page, query=None, **state):
    test = AppTest.from_file(APP, default_timeout=60)
    for key, value in state.items():
        test.session_state[key] = value
    test.run()
    if page != "home":
        test.switch_page(f"pages/{page}.py")
        for key, value in (query or {}).items():
            test.query_params[key] = value
        test.run()
    assert not test.exception, test.exception
    return test


def choice(test):
    return test.session_state["choice"]


def click(test, label):
    next(button for button in test.button if button.label == label).click()
    test.run()
    assert not test.exception, test.exception


def sprite_sheets(test, words):
    """What the choosers of this name show."""
    shown = [json.loads(element.proto.json) for element in test.get("bidi_component") if element.proto.json]
    return [data for data in shown if data.get("words") == words]


def words(test):
    """What is read: Markdown without what keeps it text."""
    said = (element.value for kind in ("title", "markdown", "caption", "error") for element in test.get(kind))
    return re.sub(rf"\\([!-/:-@\[-`{{-~])|{APART}", r"\1", " ".join(said))


def open_dream(dream):
    return run("gallery", query={"dream": dream.id})
