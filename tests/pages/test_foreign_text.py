"""Text of other people is shown as text, on every page."""

import logging
import re
from collections.abc import Iterator

import pytest
from paging import RECIPE, click, run
from streamlit.testing.v1.element_tree import Block

from dream.errors import UserError
from dream.recipe import Class, Layer, Recipe, Sum, Term
from dream.ui import resources
from dream.ui.lifespan import RECENT_ERRORS
from dream.ui.session import Choice

EVIL = (
    "[a](http://evil.example/a) ![b](http://evil.example/b.png) <img src=http://evil.example/c.png> www.evil.example "
    "evil@evil.example :material/home: :smile: :red[evil] $evil$ `evil` **evil** &#58;evil"
)
SHORT = "[a](//evil.example) www.evil.example <img> $evil$ `evil`"
LOOSE = re.compile(r"\[[ab]|<img|://|www\.|@evil|:(material|smile|red\[e)|\$|\*\*evil|&#")
KEPT = re.compile(r"\\[!-/:-@\[-`{-~]|(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)")  # escapes, and code
FIELDS = ("body", "label", "help", "text", "caption", "title")
HOSTILE = Recipe(
    start=RECIPE.start,
    objective=Sum(terms=(Term(objective=Layer(layer=SHORT)), Term(objective=Class(index=1, name=SHORT)))),
    method=RECIPE.method,
)


def nodes(node) -> Iterator:
    yield node
    if isinstance(node, Block):
        for child in node.children.values():
            yield from nodes(child)


def markdown_of(test) -> list[str]:
    """All Markdown in what a page has drawn."""
    texts = []
    for node in nodes(test._tree):
        proto = getattr(node, "proto", None)
        inner = [getattr(proto, name, None) for name in ("expandable", "popover", "dialog", "markdown")]
        for part in filter(None, [proto, *inner]):
            texts += [getattr(part, field) for field in FIELDS if isinstance(getattr(part, field, None), str)]
    return texts


def loose(text):
    return LOOSE.search(KEPT.sub("", text))


def shows_text(test, times=1):
    foreign = [text for text in markdown_of(test) if "evil" in text]
    assert [text for text in foreign if loose(text)] == []
    assert len(foreign) >= times


@pytest.fixture
def dream(gallery):
    dream = gallery.keep(b"", HOSTILE, (1.0,), size=(8, 8), seconds=1.0, owner=EVIL)
    gallery.change(dream.id, title=EVIL, note=f"{EVIL}\n# evil\n- evil")
    return gallery.find(dream.id)


def test_the_test_would_notice():
    assert loose(EVIL)
    assert loose(SHORT)


def test_in_the_gallery(dream):
    shows_text(run("gallery"), 2)
    large = run("gallery", query={"dream": dream.id})
    shows_text(large, 4)
    click(large, "Delete")
    shows_text(large, 5)


def test_in_the_bin(dream, gallery):
    gallery.delete(dream.id)
    shows_text(run("gallery", **{"trash-open": True}), 0)


def test_of_a_recipe_that_is_chosen():
    chosen = Choice()
    chosen.load_recipe(HOSTILE, {})
    for page in ("render", "compare"):
        shows_text(run(page, choice=chosen))


def test_in_errors(jobs, monkeypatch):
    def refuse(*_, **__):
        raise UserError(f"No: {EVIL}")

    monkeypatch.setattr(jobs, "submit", refuse)
    test = run("home")
    test.button(key=next(button.key for button in test.button if button.label == "Dream this")).click()
    test.run()
    shows_text(test)


def test_on_the_servers_page(jobs):
    job = jobs.submit(HOSTILE, {}, "anna")
    job.fail(EVIL)
    logging.getLogger("dream").addHandler(RECENT_ERRORS)
    logging.getLogger("dream.jobs").warning(EVIL)
    shows_text(run("server"), 2)
    RECENT_ERRORS.last.clear()


def test_of_classes_and_networks(monkeypatch, squeezenet):
    network = resources.network("squeezenet")
    monkeypatch.setattr(network, "class_names", (EVIL,) * 1000)
    shows_text(run("layers", query={"class": "340"}))


def test_of_addresses():
    shows_text(run("layers", query={"network": EVIL}))
