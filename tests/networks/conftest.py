"""Fixtures: a cache and a home of their own for each test, the stand-in made once."""

import pytest

from dream.settings import settings


@pytest.fixture
def dream_env(monkeypatch, tmp_path):
    """Sets DREAM_<NAME> variables; DREAM_HOME and DREAM_CACHE are folders of the test's own."""

    def set_up(**values):
        for name, value in values.items():
            monkeypatch.setenv(f"DREAM_{name.upper()}", str(value))
        settings.cache_clear()
        return settings()

    set_up(home=tmp_path / "home", cache=tmp_path / "cache")
    yield set_up
    monkeypatch.undo()
    settings.cache_clear()
