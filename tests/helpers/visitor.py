"""What visitors do on the pages, again and again."""

from playwright.sync_api import expect


def start_a_long_dream(page):
    """496 steps: long enough for whatever shall happen meanwhile, on any machine."""
    page.get_by_role("slider", name="How long?").press("End")
    expect(page.get_by_text("496", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Start dreaming").click()


def open_buttons(page):
    """Those of the gallery's cards; a select box has a button of this name too."""
    return page.get_by_test_id("stBaseButton-secondary").filter(has_text="Open")
