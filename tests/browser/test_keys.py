"""The keyboard in the app's own components, on a page without a server."""

import base64

import pytest

from dream.ui.components import picture_buttons, presenter, sprites

MOUNT = """async ([js, data]) => {
  const component = await import("data:text/javascript;base64," + js);
  const shadow = (window.host ??= document.body.appendChild(document.createElement("div")));
  const parentElement = shadow.shadowRoot ?? shadow.attachShadow({ mode: "open" });
  window.told ??= [];
  component.default({ data, parentElement, setTriggerValue: (name, value) => told.push(value) });
}"""


@pytest.fixture
def blank(browser):
    page = browser.new_page()
    yield page
    page.close()


def mount(page, js, **data):
    page.evaluate(MOUNT, [base64.b64encode(js.encode()).decode(), data])


def mount_sprites(page, chosen):
    items = [{"id": name, "words": name, "sheet": None, "chosen": name == chosen} for name in "abc"]
    mount(page, sprites.JS, items=items, sheets=[], words="Three", size=80, strip=True)


def mount_pictures(page, *urls):
    mount(page, picture_buttons.JS, names=["a", "b"], urls=urls, ratio=1.5, words="Two", least=80)


def mount_presenter(page, step):
    mount(page, presenter.JS, step=step, last=9, slides=[], presenting=False, idle_seconds=90, slide_seconds=6)


def test_the_focus_stays_where_it_was_when_pictures_are_drawn_anew(blank):
    mount_sprites(blank, "a")
    blank.keyboard.press("Tab")
    blank.keyboard.press("ArrowRight")
    mount_sprites(blank, "a")
    blank.keyboard.press("ArrowRight")
    blank.keyboard.press("Enter")
    assert blank.evaluate("told") == ["c"]


def test_an_arrow_key_turns_one_step_and_none_where_it_means_something_else(blank):
    mount_presenter(blank, 3)
    mount_presenter(blank, 4)
    blank.keyboard.press("ArrowRight")
    assert blank.evaluate("told") == [5]
    mount_sprites(blank, "a")
    blank.keyboard.press("Tab")
    blank.keyboard.press("ArrowLeft")  # there is no picture to the left
    blank.keyboard.press("ArrowRight")
    assert blank.evaluate("told") == [5]


def test_a_picture_that_arrives_changes_nothing_else(blank):
    mount_pictures(blank, None, None)
    blank.keyboard.press("Tab")
    blank.keyboard.press("Tab")
    mount_pictures(blank, None, "data:image/gif;base64,R0lGODlhAQABAAAAACw=")
    mount_pictures(blank, None, "data:image/gif;base64,R0lGODlhAQABAAAAACw=")
    blank.keyboard.press("Space")
    assert blank.evaluate("told") == ["b"]
    group = blank.get_by_role("group", name="Two")
    assert group.get_by_role("button").all_text_contents() == ["a", "b"]
    assert group.locator(".waiting").count() == 1
    assert group.locator("img").count() == 1
