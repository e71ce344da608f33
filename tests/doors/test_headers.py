"""What browsers are told with every answer."""

import pytest


@pytest.mark.parametrize("host", ["localhost", "evil.example"])
def test_every_answer_says_where_things_may_come_from(visit, host):
    headers = visit().get("/gallery", headers={"host": host}).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'self'"
    assert policy["img-src"] == "'self' data: blob:"
    assert policy["script-src"].startswith("'self' blob: 'sha256-")
    assert "unsafe" not in policy["script-src"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
