"""Whole journeys, as visitors make them, in a real browser on real workers."""

import io
import re

import numpy as np
import pytest
from paging import keep
from PIL import Image
from playwright.sync_api import expect
from visitor import open_buttons, start_a_long_dream

from dream.gallery.gallery import Gallery
from dream.pictures.png import recipe_in
from dream.recipe import Channel, Photo

STEP = re.compile(r"^Step \d+ of \d+")
KEPT = "Kept in the gallery."
RENDER_SECONDS = 120_000


def go(page, name):
    page.get_by_test_id("stTopNavLink").filter(has_text=name).click()


def photo_file(folder, side=400):
    pixels = np.zeros((side * 3 // 4, side, 3), np.uint8)
    pixels[..., 0] = np.linspace(0, 255, side)
    pixels[side // 4 : side // 2, side // 4 : side // 2] = (20, 200, 120)
    path = folder / "holiday.jpg"
    Image.fromarray(pixels).save(path)
    return path


def upload(page, path):
    go(page, "Picture")
    page.get_by_role("radio", name="Upload").click()
    page.locator('input[type="file"]').set_input_files(path)


def test_a_ready_dream_starts_with_one_click_and_is_in_the_gallery(page, server):
    page.goto("/")
    page.get_by_role("button", name="Dream this").first.click()
    expect(page.get_by_text(STEP)).to_be_visible(timeout=60_000)
    pictures = set()
    for _ in range(60):  # the live picture changes
        image = page.get_by_alt_text("The dream so far")
        if image.count():
            pictures.add(image.first.get_attribute("src"))
        if len(pictures) >= 3:
            break
        page.wait_for_timeout(100)
    assert len(pictures) >= 3
    expect(page.get_by_text(KEPT)).to_be_visible(timeout=RENDER_SECONDS)
    expect(page.get_by_alt_text("after dreaming")).to_be_visible()
    go(page, "Gallery")
    open_buttons(page).first.click()
    expect(page.get_by_text("Dream it again")).to_be_visible()
    address = page.url
    assert "dream=" in address

    page.goto("about:blank")
    server.stop()  # it is still there after a restart, at the same address
    server.start()
    page.goto(address)
    expect(page.get_by_text("Dream it again")).to_be_visible()
    expect(page.get_by_test_id("stTopNavLink")).to_have_count(7)  # also for the first visitor of a new server


def test_upload_choose_render_stop_half_way(page, tmp_path):
    page.goto("/")
    page.get_by_role("button", name="Start with your own picture").click()
    upload(page, photo_file(tmp_path))
    expect(page.get_by_text("You start from your picture.")).to_be_visible()
    expect(page.get_by_text("640 × 480 pixels")).to_be_visible()
    page.get_by_role("button", name="Next: what shall grow in it?").click()

    page.get_by_role("radio", name="One feature").click()
    layer = page.get_by_role("combobox", name="How deep?")
    layer.click()
    layer.fill("fire5_expand3x3")
    layer.press("Enter")
    channel = page.get_by_label("Channel, 0 to 127")
    channel.fill("17")
    channel.press("Enter")
    expect(page.get_by_text("feature 17 of layer fire5_expand3x3_pre_relu")).to_be_visible()
    page.get_by_role("button", name="Choose how first").click()

    start_a_long_dream(page)
    expect(page.get_by_text(re.compile(r"^Step ([5-9]|\d\d+) of 496"))).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text(re.compile(r"Stopped after \d+ of 496 steps"))).to_be_visible(timeout=60_000)

    with page.expect_download() as download:
        page.get_by_role("button", name="Picture (PNG)").click()
    content = download.value.path().read_bytes()
    recipe = recipe_in(content)
    assert isinstance(recipe.start, Photo)
    assert recipe.objective == Channel(layer="fire5_expand3x3_pre_relu", channel=17)
    assert 5 <= recipe.stopped_after < 496
    assert Image.open(io.BytesIO(content)).size == (640, 480)


def test_three_clicks_after_the_upload_my_photo_dreams_with_a_feature_that_i_picked_by_eye(page, tmp_path):
    page.goto("/")
    page.get_by_role("button", name="Start with your own picture").click()
    upload(page, photo_file(tmp_path, side=200))
    expect(page.get_by_text("You start from your picture.")).to_be_visible()
    page.get_by_role("button", name="Next: what shall grow in it?").click()
    page.get_by_role("group", name="Pictures to choose from").get_by_role(
        "button", name="channel 10", exact=True
    ).click()
    expect(page.get_by_text("feature 10 of layer fire8")).to_be_visible()
    assert "layer=fire8&channel=10" in page.url
    page.get_by_role("button", name="Dream it now").click()
    expect(page.get_by_text(STEP)).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text(KEPT)).to_be_visible(timeout=60_000)


def test_pictures_are_chosen_with_the_keyboard(page):
    page.goto("/layers?layer=fire8&channel=1")
    sheet = page.get_by_role("group", name="Pictures to choose from")
    sheet.get_by_role("button", name="channel 1", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_text("feature 2 of layer fire8")).to_be_visible()


def test_classes_are_found_while_typing(page):
    page.goto("/layers?class=340")
    page.get_by_label("Which thing?").press_sequentially("flaming")
    page.get_by_role("button", name="flamingo", exact=True).click()
    expect(page.get_by_text("“flamingo” (class 130)")).to_be_visible()


def test_what_a_picture_excites_and_where(page):
    page.goto("/picture")
    page.get_by_text("Which features does it excite?").click()
    expect(page.get_by_role("group", name="Channels of fire9 that it excites")).to_be_visible()
    row = page.get_by_role("group", name="Channels of fire6 that it excites").locator("button")
    words = row.nth(1).get_attribute("title")
    row.nth(1).click()
    expect(page.get_by_alt_text(f"The picture, lit where {words} of fire6 responds")).to_be_visible()
    page.get_by_role("button", name="Dream with this feature").click()
    expect(page.get_by_text(f"feature {words.removeprefix('channel ')} of layer fire6")).to_be_visible()
    expect(page.get_by_text(STEP)).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text(KEPT)).to_be_visible(timeout=60_000)


def test_one_feature_by_each_method_as_one_picture_whose_cells_open(page):
    page.goto("/compare")
    page.get_by_role("button", name="Compare").nth(1).click()
    expect(page.get_by_text(re.compile(r"^Step \d+ of 272"))).to_be_visible(timeout=60_000)
    expect(page.get_by_text(KEPT)).to_be_visible(timeout=RENDER_SECONDS)
    expect(page.get_by_text("Open one of its pictures")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Picture (PNG)").click()
    assert recipe_in(download.value.path().read_bytes()).across.setting == "method"
    page.get_by_role("button", name="Change it").click()
    expect(page.get_by_role("radio", name="The book's loop")).to_be_checked()


def test_a_text_file_renamed_to_jpg(page, tmp_path):
    path = tmp_path / "letter.jpg"
    path.write_text("Dear network, " * 100)
    page.goto("/")
    upload(page, path)
    expect(page.get_by_text("This is not a picture that can be read")).to_be_visible()
    expect(page.get_by_text("You start from Chelsea the cat.")).to_be_visible()


def test_reload_and_page_change_during_a_render(page):
    page.goto("/render")
    start_a_long_dream(page)
    expect(page.get_by_text(STEP)).to_be_visible(timeout=60_000)
    go(page, "Gallery")
    expect(page.get_by_role("heading", name="Gallery")).to_be_visible()
    go(page, "Render")
    expect(page.get_by_text(STEP)).to_be_visible()
    page.reload()
    expect(page.get_by_text(STEP)).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text(KEPT)).to_be_visible(timeout=60_000)


def test_a_dream_is_deleted_after_a_question(page, server):
    keep(Gallery(server.home))  # nobody's, so everybody's
    page.goto("/gallery")
    expect(open_buttons(page).first).to_be_visible()
    before = open_buttons(page).count()
    open_buttons(page).first.click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(open_buttons(page)).to_have_count(before - 1)
    page.get_by_text(re.compile(r"Bin \(\d+\)")).click()
    page.get_by_role("button", name="Have it back").first.click()  # other tests delete too
    expect(open_buttons(page)).to_have_count(before)


def test_arrow_keys_step_through_the_presentation(page):
    page.goto("/learn?present=1")
    titles = (
        "A network has learned to see",
        "It looks in layers, one behind the other",
        "A layer consists of channels",
    )
    for key, step in ((None, 1), ("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2)):
        if key:
            page.keyboard.press(key)
        expect(page.get_by_role("heading", name=titles[step - 1])).to_be_visible()
        expect(page.locator(f".show[data-step='{step}']")).to_be_attached()  # it listens for the next key
    assert "step=2" in page.url
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("button", name="Present")).to_be_visible()


def test_the_camera_takes_a_picture(page):
    page.goto("/picture")
    page.get_by_role("radio", name="Camera").click()
    page.wait_for_function("() => document.querySelector('video')?.readyState === 4")  # before it, nothing is taken
    page.get_by_role("button", name="Take photo").click()
    expect(page.get_by_text("You start from your picture.")).to_be_visible()


@pytest.mark.parametrize("page", [(1280, 900), (390, 844)], indirect=True, ids=["wide", "narrow"])
@pytest.mark.parametrize("address", ["", "picture", "layers", "render", "gallery", "learn", "compare", "server"])
def test_no_page_scrolls_sideways_or_shows_an_error(page, address):
    page.goto(f"/{address}")
    expect(page.get_by_role("heading").first).to_be_visible()
    page.wait_for_function("() => document.querySelector('[data-test-script-state=\"notRunning\"]')")
    assert page.get_by_test_id("stException").count() == 0
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
