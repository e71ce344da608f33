"""The doors of a real server."""

import http.client

import pytest

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
