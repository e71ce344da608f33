"""The doors of a real server."""

import http.client
from urllib.parse import urlsplit

import pytest
from paging import RECIPE, keep
from playwright.sync_api import expect

from dream.gallery.gallery import Gallery
from dream.markdown import APART

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


def asked(server, host, path="/", **headers):
    """The status of an answer to a request for another name, as DNS rebinding sends it."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", path, headers={**headers, "Host": host})
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize(("host", "page", "socket"), [("evil.example", 400, 400), ("127.0.0.1:{}", 200, 101)])
def test_a_page_elsewhere_does_not_reach_the_server_by_a_name_of_its_own(server, host, page, socket):
    host = host.format(server.port)
    assert asked(server, host) == asked(server, host, "/_stcore/health") == page
    assert asked(server, host, "/_stcore/stream", Origin=f"http://{host}", **UPGRADE) == socket


def test_titles_and_notes_fetch_nothing_and_lead_nowhere(page, server):
    evil = (
        "[a](http://evil.example) ![b](http://evil.example/b.png) <img src='http://evil.example/c'> http://evil.example "
        "www.evil.example evil@evil.example :material/home: :smile: $x^2$ `c` _d_ a_b:c"
    )
    gallery = Gallery(server.home)
    dream = keep(gallery, RECIPE)
    gallery.change(dream.id, title=evil, note=f"# {evil}\n\n- {evil}")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for address, times in (("/gallery", 1), (f"/gallery?dream={dream.id}", 3)):
        page.goto(address)
        shown = page.get_by_text("www", exact=False).filter(visible=True)
        expect(shown).to_have_count(times)
        assert evil in shown.first.text_content().replace(APART, "")
        assert page.locator("[href*='evil' i]:not([href^='#']), [src*='evil' i], .katex").count() == 0
    gallery.delete(dream.id)
    assert {urlsplit(url).hostname for url in asked if url.startswith(("http", "ws"))} == {"localhost"}
