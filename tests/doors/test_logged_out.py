"""Logins that have ended."""

import time

from dream.ui import logged_out
from dream.ui.logged_out import LoggedOut, login_id

CLAIMS = {"sub": "anna", "email": "anna@example.org", "iat": 1, "nonce": "x"}


def test_one_login_ends_and_the_next_does_not(tmp_path):
    ended = LoggedOut(tmp_path)
    ended.add(login_id(CLAIMS))
    for known in (ended, LoggedOut(tmp_path)):  # after a restart too
        assert login_id({**CLAIMS, "tokens": {"id": "y"}}) in known
        assert login_id({**CLAIMS, "nonce": "z"}) not in known
    assert "anna" not in (tmp_path / "logged-out.json").read_text()


def test_it_is_forgotten_when_no_cookie_of_it_is_believed_any_more(tmp_path, monkeypatch):
    LoggedOut(tmp_path).add("old")
    later = time.time() + 33 * 24 * 3600
    monkeypatch.setattr(logged_out.time, "time", lambda: later)
    known = LoggedOut(tmp_path)
    known.add("new")
    assert ("old" in known, "new" in known) == (False, True)


def test_a_damaged_file_is_no_obstacle(tmp_path):
    (tmp_path / "logged-out.json").write_text("[1")
    LoggedOut(tmp_path).add("one")
    assert "one" in LoggedOut(tmp_path)
