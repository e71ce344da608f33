"""The navigation is made of the files in pages/."""

import pytest
from paging import APP
from streamlit.testing.v1 import AppTest

from dream.ui import navigation, session

PAGE = """
import streamlit as st

TITLE = "{title}"
ICON = ":material/star:"
ORDER = {order}
{more}
raise RuntimeError("a page runs only when somebody opens it")
"""


def write_page(folder, name, title, order, more=""):
    (folder / f"{name}.py").write_text(PAGE.format(title=title, order=order, more=more))


def test_pages_keep_their_order_and_addresses():
    found = navigation.page_files(navigation.FOLDER)
    titles = {page.path.stem: page.title for page in found}
    known = ["home", "picture", "layers", "render", "compare", "gallery", "learn", "server"]
    assert [name for name in titles if name in known] == known
    assert [titles[name] for name in known] == [name.capitalize() for name in known]
    assert {page.path.stem: page.for_admins for page in found}["server"]


def test_a_new_file_is_a_new_page(tmp_path):
    write_page(tmp_path, "second", "Another", 20, "FOR_ADMINS = True")
    write_page(tmp_path, "first", "One", 3)
    assert navigation.page_files(tmp_path) == [
        navigation.PageFile(tmp_path / "first.py", "One", ":material/star:", 3, False),
        navigation.PageFile(tmp_path / "second.py", "Another", ":material/star:", 20, True),
    ]
    write_page(tmp_path, "first", "Renamed", 30)
    assert [page.title for page in navigation.page_files(tmp_path)] == ["Another", "Renamed"]


def test_a_page_without_its_place_is_told(tmp_path):
    (tmp_path / "nameless.py").write_text("ICON = ':material/star:'\nORDER = 1\n")
    with pytest.raises(ValueError, match=r"nameless\.py is a page, but has no constant TITLE"):
        navigation.page_files(tmp_path)


@pytest.mark.parametrize(
    ("login", "admin", "seen"), [(False, True, "hidden"), (True, False, "hidden"), (True, True, "visible")]
)
def test_the_servers_page_is_visible_to_admins_who_are_logged_in(login, admin, seen, monkeypatch):
    monkeypatch.setattr(session, "login_configured", lambda: login)
    monkeypatch.setattr(session, "is_admin", lambda: admin)
    monkeypatch.setattr(navigation.st, "Page", lambda path, **options: {"name": path.name} | options)
    shown = {page.pop("name"): page for page in navigation.pages()}
    assert shown["server.py"]["visibility"] == seen
    assert shown["home.py"] == {"title": "Home", "icon": ":material/home:", "default": True, "visibility": "visible"}
    assert not any(page["default"] for name, page in shown.items() if name != "home.py")


def test_home_is_the_page_that_opens_first():
    test = AppTest.from_file(APP, default_timeout=60).run()
    assert test.title[0].value == "What has a network learned to see?"
