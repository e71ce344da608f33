"""Networks as visitors choose, fetch and bring them."""

import re

from graphs import small_graph
from playwright.sync_api import expect
from visitor import start_a_long_dream


def open_networks(page):
    expect(page.get_by_role("button", name=re.compile("Network: "))).to_be_visible()
    if not page.get_by_role("combobox", name="Which network?").is_visible():
        page.get_by_role("button", name=re.compile("Network: ")).click()


def choose_network(page, name):
    open_networks(page)
    network = page.get_by_role("combobox", name="Which network?")
    network.click()
    network.fill(name)
    network.press("Enter")
    page.keyboard.press("Escape")


def test_a_click_on_the_strip_chooses_a_layer(page):
    page.goto("/layers?layer=fire7")
    layers = page.get_by_role("group", name="Layers of squeezenet from shallow to deep")
    layers.get_by_role("button", name=re.compile("^Layer conv1_pre_relu, very shallow")).click()
    expect(page.get_by_text("everything in layer conv1_pre_relu")).to_be_visible()


def test_inception_is_fetched_with_one_click_and_dreams(page):
    page.goto("/layers")
    choose_network(page, "inception5h")
    page.get_by_role("button", name="Fetch it").click()
    expect(page.get_by_text(re.compile(r"Fetching inception5h · \d+\.\d of 53\.\d MB"))).to_be_visible()
    expect(page.get_by_text(re.compile("everything in layer mixed4"))).to_be_visible(timeout=90_000)
    layer = page.get_by_role("combobox", name="How deep?")
    layer.click()
    layer.fill("mixed4d_3x3_bottleneck")
    layer.press("Enter")
    page.get_by_role("button", name="Choose how first").click()
    start_a_long_dream(page)
    expect(page.get_by_text(re.compile(r"^Step \d+ of 496"))).to_be_visible(timeout=90_000)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Kept in the gallery.")).to_be_visible(timeout=60_000)


def bring(page, path):
    page.goto("/layers")
    open_networks(page)
    page.get_by_text("Bring your own network").click()
    page.locator('input[type="file"]').first.set_input_files(path)
    page.get_by_role("button", name="Check and add it").click()


def test_a_network_of_ones_own(page, tmp_path):
    path = tmp_path / "my-net.pb"
    path.write_bytes(small_graph().SerializeToString())
    bring(page, path)
    expect(page.get_by_text(re.compile("my-net-[0-9a-f]{8} is ready"))).to_be_visible(timeout=90_000)
    choose_network(page, "my-net")
    expect(page.get_by_text(re.compile("everything in layer"))).to_be_visible()


def test_a_text_file_renamed_to_pb(page, tmp_path):
    path = tmp_path / "letter.pb"
    path.write_text("Dear network, " * 100)
    bring(page, path)
    expect(page.get_by_text("not a frozen TensorFlow graph")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("group", name="Pictures to choose from")).to_be_visible()
