"""Uploads come from those alone whom the app has let in."""

from types import SimpleNamespace

import pytest

from dream.ui.doors import uploads


@pytest.fixture
def session(monkeypatch):
    monkeypatch.setattr(uploads, "get_script_run_ctx", lambda: SimpleNamespace(session_id="one"))
    yield
    uploads.dismiss()


@pytest.mark.parametrize("path", ["", "dream"])
def test_files_are_refused_until_the_app_has_let_their_session_in(visit, base_path, session, path):
    base_path(path)
    browser, route = visit(), f"/{path}/_stcore/upload_file".replace("//", "/")

    def status(name):
        return browser.put(f"{route}/{name}/1", content=b"a picture").status_code

    assert status("one") == 403
    uploads.admit()
    assert (status("one"), status("another")) == (200, 403)
    uploads.dismiss()
    assert status("one") == 403
    assert browser.put("/elsewhere", content=b"x").status_code == 200
