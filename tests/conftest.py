"""What all tests share: a home of each one's own, one cache, the default network loaded once, and who runs what."""

import os
import tempfile
from pathlib import Path

_folder = Path(tempfile.mkdtemp(prefix="dream-tests-"))
os.environ["DREAM_HOME"] = str(_folder / "home")
os.environ["DREAM_CACHE"] = str(_folder / "cache")

import pytest  # noqa: E402
import standin  # noqa: E402

from dream.networks.graph import Network  # noqa: E402
from dream.networks.user import library  # noqa: E402
from dream.networks.user.sandbox import examine  # noqa: E402
from dream.networks.zoo.catalog import load_network  # noqa: E402
from dream.settings import settings  # noqa: E402

LONGEST_FIRST = ("browser", "test_keras", "test_jobs")


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist looks at the groups
def pytest_collection_modifyitems(items):
    """Each file is run by one worker, all browser files by the same; what takes longest begins first.

    So both workers end at about the same time, and there is one server for all browser tests.
    """
    groups = {item: "browser" if item.path.parent.name == "browser" else item.path.stem for item in items}
    ranks = {group: rank for rank, group in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: ranks.get(groups[item], len(ranks)))
    for item in items:
        item.add_marker(pytest.mark.xdist_group(groups[item]))


@pytest.fixture(autouse=True)
def home_of_its_own(monkeypatch):
    """Networks that one test brings are not there in the next; the cache, of what is always the same, is shared."""
    monkeypatch.setenv("DREAM_HOME", tempfile.mkdtemp(dir=_folder, prefix="home-"))
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def untried(monkeypatch):
    """Networks are examined in this process: what the process of its own does is tested once, and takes seconds."""
    monkeypatch.setattr(
        library, "run_in_sandbox", lambda source, folder, megabytes=300: examine(source, folder, megabytes)
    )


@pytest.fixture(scope="session")
def squeezenet() -> Network:
    return load_network("squeezenet")


@pytest.fixture(scope="session")
def efficientnet_lite0() -> Network:
    return load_network("efficientnet-lite0")


@pytest.fixture(scope="session")
def standin_path(tmp_path_factory):
    """The stand-in's graph file, its labels beside it."""
    return standin.write(tmp_path_factory.mktemp("standin"))
