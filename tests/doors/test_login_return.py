"""The way back after a login."""

from http.cookies import SimpleCookie

import pytest
from starlette.applications import Starlette
from starlette.responses import RedirectResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from dream.ui.doors.middleware import middleware


@pytest.fixture
def browser(base_path):
    async def lead(request):
        return RedirectResponse("https://provider.example.org" if "login" in request.url.path else "/dream/")

    base_path("dream")
    app = Starlette(routes=[Route("/dream/{path:path}", lead)], middleware=middleware())
    return TestClient(app, base_url="http://localhost:8501", follow_redirects=False)


def kept(browser, referrer):
    answer = browser.get("/dream/auth/login", headers={"referer": referrer})
    assert answer.headers["location"] == "https://provider.example.org"
    return SimpleCookie(answer.headers["set-cookie"])["dream_wanted"]


def led_to(browser, cookie):
    headers = {"cookie": f"dream_wanted={cookie}"} if cookie is not None else {}
    return browser.get("/dream/oauth2callback?code=1", headers=headers).headers["location"]


@pytest.mark.parametrize("address", ["/dream/layers?class=340", "/dream/gallery?dream=a%20b&x=%C3%A9", "/dream/"])
def test_to_the_page_that_asked(browser, address):
    cookie = kept(browser, f"http://localhost:8501{address}")
    assert (cookie["httponly"], cookie["path"]) == (True, "/dream")
    assert led_to(browser, cookie.value) == address
    assert "Max-Age=0" in browser.get("/dream/oauth2callback").headers["set-cookie"]


@pytest.mark.parametrize("address", ["http://evil.example/dream/layers", "", "nonsense"])
def test_a_page_elsewhere_is_not_kept(browser, address):
    assert kept(browser, address).value == ""


@pytest.mark.parametrize(
    "cookie", [None, "", "%2F%2Fevil.example", "http%3A%2F%2Fevil.example%2Fdream%2F", "%2F%5Cevil.example", "%2Fother"]
)
def test_it_leads_nowhere_else(browser, cookie):
    assert led_to(browser, cookie) == "/dream/"


def test_without_a_path_it_leads_nowhere_else_either(browser, base_path):
    base_path("")
    for cookie in ("%2F%2Fevil.example", "%2F%5Cevil.example", "evil"):
        app = Starlette(routes=[Route("/oauth2callback", lambda _: RedirectResponse("/"))], middleware=middleware())
        client = TestClient(app, base_url="http://localhost", follow_redirects=False)
        assert client.get("/oauth2callback", headers={"cookie": f"dream_wanted={cookie}"}).headers["location"] == "/"
