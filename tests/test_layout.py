"""The rooms of the house: arrows go down only, none is crowded, a file holds one idea."""

import ast
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Bottom to top. A module may import from the rooms below and from its own; those of one level do not know each other.
LEVELS = [
    ["dream.recipe"],
    ["dream.pictures", "dream.networks"],
    ["dream.ascent"],
    ["dream.gallery", "dream.atlas", "dream.looks"],
    ["dream.jobs"],
    ["dream.ui", "dream.command_recipe"],
    ["pages", "dream.commands"],
    ["app", "dream.__main__"],
]
GROUND = [
    "dream.errors",
    "dream.files",
    "dream.markdown",
    "dream.people",
    "dream.settings",
    "dream.trace",
    "dream.private_apis",
]  # these may know each other
LEVEL = {room: level for level, rooms in enumerate([GROUND, *LEVELS]) for room in rooms}
FILES = [*(ROOT / "dream").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"]
MOST_FILES = 12  # in a folder, besides its __init__.py
MOST_LINES = 300

every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))


def imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def is_in(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


def room_of(module: str) -> str | None:
    return next((room for room in LEVEL if is_in(module, room)), None)


def test_every_module_is_in_a_room():
    assert {module_of(path) for path in FILES if room_of(module_of(path)) is None} == {"dream"}


@every_file
def test_imports_go_down(path):
    here = room_of(module_of(path))
    if here is None:  # the public names: gathered from everywhere
        return
    used = {name: room_of(name) for name in imports(path)}
    beside = here in GROUND
    wrong = {
        name
        for name, room in used.items()
        if room not in (None, here) and not (LEVEL[room] < LEVEL[here] or (beside and room in GROUND))
    }
    assert not wrong


@every_file
def test_streamlit_is_upstairs_and_tensorflow_comes_late_through_one_door(path):
    module, used = module_of(path), {name.split(".")[0] for name in imports(path)}
    assert "streamlit" not in used or room_of(module) in ("dream.ui", "pages", "app")
    assert "tensorflow" not in used or module in ("dream.networks.tensorflow", "dream.private_apis")


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.parent.name == "components"], ids=lambda path: path.name
)
def test_components_know_nothing_of_dreams(path):
    ours = {name for name in imports(path) if is_in(name, "dream")}
    assert all(is_in(name, "dream.ui.components") or is_in(name, "dream.markdown") for name in ours)


def test_no_folder_is_crowded():
    counts = Counter(path.parent.relative_to(ROOT) for path in FILES if path.name != "__init__.py")
    assert {folder: count for folder, count in counts.items() if count > MOST_FILES} == {}


@every_file
def test_a_file_holds_one_idea(path):
    assert len(path.read_text().splitlines()) <= MOST_LINES
