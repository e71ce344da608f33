"""What ``pip install .`` makes of this project."""

import tomllib
from importlib import import_module
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parent.parent
CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text())
SETUPTOOLS = CONFIGURATION["tool"]["setuptools"]


def requirements(name):
    lines = (ROOT / name).read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_it_has_a_name_and_a_version():
    project = CONFIGURATION["project"]
    assert project["name"] == "dream-explorer"
    assert str(Version(project["version"])) == project["version"]
    assert project["version"] in (ROOT / "CHANGELOG.md").read_text()


def test_what_it_needs_is_written_down_once():
    dynamic = SETUPTOOLS["dynamic"]
    assert dynamic["dependencies"]["file"] == ["requirements.txt"]
    (tools,) = dynamic["optional-dependencies"]["test"]["file"]
    assert requirements("tests/requirements.txt") == ["-r ../requirements.txt", f"-r {Path(tools).name}"]
    for line in requirements("requirements.txt") + requirements(tools):
        assert Requirement(line).specifier, f"{line}: a range of versions is missing"


def test_the_command_can_be_called():
    module, _, function = CONFIGURATION["project"]["scripts"]["dream"].partition(":")
    assert callable(getattr(import_module(module), function))


def test_every_file_is_in_the_package():
    files = {path for path in (ROOT / "dream").rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    folders = {ROOT.joinpath(*name.split(".")): patterns for name, patterns in SETUPTOOLS["package-data"].items()}
    taken = {file for folder, patterns in folders.items() for pattern in patterns for file in folder.glob(pattern)}
    taken |= {path for path in files if path.suffix == ".py" and path.with_name("__init__.py").exists()}
    assert not files - taken
