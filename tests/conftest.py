"""What all tests share: a home and a cache of their own, and the default network loaded once."""

import os
import tempfile
from pathlib import Path

_folder = Path(tempfile.mkdtemp(prefix="dream-tests-"))
os.environ["DREAM_HOME"] = str(_folder / "home")
os.environ["DREAM_CACHE"] = str(_folder / "cache")

import pytest  # noqa: E402
import standin  # noqa: E402

from dream.networks.graph import Network  # noqa: E402
from dream.networks.zoo.catalog import load_network  # noqa: E402


@pytest.fixture(scope="session")
def squeezenet() -> Network:
    return load_network("squeezenet")


@pytest.fixture(scope="session")
def standin_path(tmp_path_factory):
    """The stand-in's graph file, its labels beside it."""
    return standin.write(tmp_path_factory.mktemp("standin"))
