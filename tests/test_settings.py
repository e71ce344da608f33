import pytest

from dream.errors import UserError
from dream.settings import settings


@pytest.fixture(autouse=True)
def read_anew():
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_a_setting_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv("DREAM_MAX_WAITING", "7")
    assert settings().max_waiting == 7


@pytest.mark.parametrize("value", ["many", "-1", ""])
def test_a_setting_that_cannot_be_is_one_sentence(monkeypatch, value):
    monkeypatch.setenv("DREAM_MAX_WAITING", value)
    with pytest.raises(UserError, match="DREAM_MAX_WAITING"):
        settings()
