"""A photo in every look, in a real browser, made by the real process."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from dream.pictures.png import recipe_in
from dream.recipe import Sample
from dream.recipe.looks import looks

RENDER_SECONDS = 120_000
FIRST = looks()[0]


def grid(page):
    return page.get_by_role("group", name="Dream it as")


def test_a_sample_is_shown_in_looks_and_a_key_dreams_it_large_in_one(page):
    page.goto("/picture")
    page.get_by_role("button", name="Use this").first.click()
    expect(page.get_by_text("You start from A cup of espresso.")).to_be_visible()
    buttons = grid(page).get_by_role("button")
    expect(buttons).to_have_text([look.name for look in looks()])
    first = grid(page).get_by_role("button", name=FIRST.name, exact=True)
    before = first.bounding_box()
    expect(first.locator("img")).to_be_visible(timeout=RENDER_SECONDS)
    assert first.bounding_box() == before  # the grid does not jump as pictures arrive
    picture = first.locator("img").evaluate("image => [image.naturalWidth, image.naturalHeight]")
    assert picture == [256, 171]

    first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Kept in the gallery.")).to_be_visible(timeout=RENDER_SECONDS)
    with page.expect_download() as download:
        page.get_by_role("button", name="Picture (PNG)").click()
    content = download.value.path().read_bytes()
    assert recipe_in(content) == FIRST.recipe(Sample(name="coffee"))
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (640, 427)


@pytest.mark.parametrize("page", [(390, 844)], ids=["narrow"], indirect=True)
def test_on_a_phone_two_looks_stand_side_by_side(page):
    page.goto("/picture")
    expect(grid(page)).to_be_visible()
    tops = [round(button.bounding_box()["y"]) for button in grid(page).get_by_role("button").all()[:4]]
    assert tops[0] == tops[1] < tops[2] == tops[3]
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
