"""The cookie by which a browser is known again."""

from http.cookies import SimpleCookie

import pytest

PAGE = {"accept": "text/html,*/*"}


def cookie(response):
    return SimpleCookie(response.headers.get("set-cookie", "")).get("dream_visitor")


def test_a_page_brings_a_cookie_that_no_script_reads(visit):
    first, second = (cookie(visit().get("/gallery", headers=PAGE)) for _ in range(2))
    assert first.value != second.value
    assert len(first.value) == 32
    assert (first["path"], first["samesite"], first["httponly"], first["secure"]) == ("/", "Lax", True, "")
    assert visit().get("/static/index.js").headers.get("set-cookie") is None


def test_it_stays_the_same(visit):
    first = cookie(visit().get("/", headers=PAGE)).value
    assert cookie(visit().get("/", headers={**PAGE, "cookie": f"dream_visitor={first}"})).value == first


@pytest.mark.parametrize("value", ["short", "x" * 31 + "-", "é" * 32])
def test_a_value_that_we_never_gave_is_replaced(visit, value):
    assert cookie(visit().get("/", headers={**PAGE, "cookie": f"dream_visitor={value}".encode()})).value != value


def test_under_https_it_stays_there_and_on_the_apps_path(visit, base_path):
    base_path("dream")
    given = cookie(visit("https://localhost").get("/dream/", headers=PAGE))
    assert (given["secure"], given["path"]) == (True, "/dream")
