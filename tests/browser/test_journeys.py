"""Whole journeys, as visitors make them, in a real browser on real workers."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from visitor import start_a_long_dream

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
    page.get_by_role("button", name="Open").first.click()
    expect(page.get_by_text("Dream it again")).to_be_visible()
    address = page.url
    assert "dream=" in address

    page.goto("about:blank")
    server.stop()  # it is still there after a restart, at the same address
    server.start()
    page.goto(address)
    expect(page.get_by_text("Dream it again")).to_be_visible()
    expect(page.get_by_test_id("stTopNavLink")).to_have_count(5)  # also for the first visitor of a new server


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
    channel = page.get_by_label("Which feature? (channel 0 to 127)")
    channel.fill("17")
    channel.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("feature 17 of layer fire5_expand3x3_pre_relu"))).to_be_visible()
    page.get_by_role("button", name="Next: dream").click()

    start_a_long_dream(page)
    expect(page.get_by_text(re.compile(r"^Step ([5-9]|\d\d+) of 400"))).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text(re.compile(r"Stopped after \d+ of 400 steps"))).to_be_visible(timeout=60_000)

    with page.expect_download() as download:
        page.get_by_role("button", name="Picture (PNG)").click()
    content = download.value.path().read_bytes()
    recipe = recipe_in(content)
    assert isinstance(recipe.start, Photo)
    assert recipe.objective == Channel(layer="fire5_expand3x3_pre_relu", channel=17)
    assert 5 <= recipe.stopped_after < 400
    assert Image.open(io.BytesIO(content)).size == (640, 480)


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


def test_a_dream_is_deleted_after_a_question(page):
    page.goto("/gallery")
    expect(page.get_by_role("button", name="Open").first).to_be_visible()
    before = page.get_by_role("button", name="Open").count()
    page.get_by_role("button", name="Open").first.click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_role("button", name="Open")).to_have_count(before - 1)


def test_the_camera_takes_a_picture(page):
    page.goto("/picture")
    page.get_by_role("radio", name="Camera").click()
    page.wait_for_function("() => document.querySelector('video')?.readyState === 4")  # before it, nothing is taken
    page.get_by_role("button", name="Take photo").click()
    expect(page.get_by_text("You start from your picture.")).to_be_visible()


@pytest.mark.parametrize("page", [(1280, 900), (390, 844)], indirect=True, ids=["wide", "narrow"])
@pytest.mark.parametrize("address", ["", "picture", "layers", "render", "gallery"])
def test_no_page_scrolls_sideways_or_shows_an_error(page, address):
    page.goto(f"/{address}")
    expect(page.get_by_role("heading").first).to_be_visible()
    page.wait_for_function("() => document.querySelector('[data-test-script-state=\"notRunning\"]')")
    assert page.get_by_test_id("stException").count() == 0
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
