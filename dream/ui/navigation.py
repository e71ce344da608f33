"""The navigation: its pages are the files in the folder pages/.

A page says its own place with constants at its top level: ``TITLE``, ``ICON``, ``ORDER`` (lower first) and, if only
admins are to see it in the navigation, ``FOR_ADMINS = True``. They are read without running the page.
"""

import ast
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dream.ui import session
from dream.ui.private_apis import stop_running_pages_directly

FOLDER = Path(__file__).parents[2] / "pages"
DEFAULT = "home"


class PageFile(NamedTuple):
    """A page's file and what it says of its place in the navigation."""

    path: Path
    title: str
    icon: str
    order: int
    for_admins: bool


def pages() -> list[StreamlitPage]:
    """The pages for ``st.navigation``, in their order; the address of each is its file's name."""
    return [
        st.Page(
            page.path,
            title=page.title,
            icon=page.icon,
            default=page.path.stem == DEFAULT,
            visibility=_admins_visibility() if page.for_admins else "visible",
        )
        for page in page_files(FOLDER)
    ]


def page_files(folder: Path) -> list[PageFile]:
    """The page files in a folder, in their order; raises ValueError if one does not say its place."""
    found = [_read(path, path.stat().st_mtime_ns) for path in folder.glob("*.py")]
    return sorted(found, key=lambda page: (page.order, page.path))


def only_through_app() -> None:
    """Hands over to app.py where Streamlit runs a page by itself.

    It does so for every file in a folder named pages until a script has called ``st.navigation``: a server whose very
    first visitor comes with a page's address would show that page without app.py, to everybody, for as long as it runs.
    """
    if stop_running_pages_directly():
        st.rerun()


@lru_cache(maxsize=64)
def _read(path: Path, modified: int) -> PageFile:
    """The constants of a page's file; ``modified``, its time of modification, is for the cache."""
    constants: dict[str, Any] = {}
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            constants |= {target.id: node.value.value for target in node.targets if isinstance(target, ast.Name)}
    try:
        title, icon, order = (constants[name] for name in ("TITLE", "ICON", "ORDER"))
    except KeyError as error:
        raise ValueError(f"{path.name} is a page, but has no constant {error.args[0]}.") from None
    return PageFile(path, str(title), str(icon), int(order), constants.get("FOR_ADMINS") is True)


def _admins_visibility() -> Literal["visible", "hidden"]:
    """Pages for admins are visible to logged-in admins; others reach them by their address, and are told there."""
    return "visible" if session.login_configured() and session.is_admin() else "hidden"
