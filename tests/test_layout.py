"""The arrows of the house go down only."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = [
    "dream.settings",
    "dream.recipe",
    "dream.pictures",
    "dream.networks",
    "dream.ascent",
    "dream.jobs",
    "dream.ui",
]
FILES = [*(ROOT / "dream").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"]
HEIGHT = {room: height for height, room in enumerate(ROOMS)} | {
    "dream.private_apis": 0,
    "dream.networks": 2,
    "dream.gallery": 5,
    "dream.atlas": 5,
}  # beside another


def imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def room(module: str) -> str | None:
    return next((name for name in HEIGHT if module == name or module.startswith(name + ".")), None)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down(path):
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    used = imports(path)
    here = room(module)
    if here:
        higher = [name for name in used if room(name) and HEIGHT[room(name)] > HEIGHT[here]]
        assert not higher
    if here != "dream.ui" and not module.startswith("pages") and module != "app":
        assert not any(name.split(".")[0] == "streamlit" for name in used)
    if module not in ("dream.networks.tensorflow", "dream.private_apis"):
        assert not any(name.split(".")[0] == "tensorflow" for name in used), "TensorFlow comes late, through one door"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_holds_one_idea(path):
    assert len(path.read_text().splitlines()) <= 300
