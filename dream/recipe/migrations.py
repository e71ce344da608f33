"""From documents of earlier versions to today's: recipes that were written once can be read for ever.

A migration takes a recipe as plain JSON values of one version and returns it as one of the next. To change the format,
raise the version of :class:`~dream.recipe.recipe.Recipe` and :class:`~dream.recipe.comparison.Comparison`, add a
migration to ``MIGRATIONS``, and store files of the version before under ``tests/golden``.
"""

from collections.abc import Callable
from typing import Any

Document = dict[str, Any]

# Settings of the methods that version 1 compared by their kind alone.
METHODS_OF_1: dict[str, Document] = {
    "naive": {"kind": "naive", "iterations": 20, "step": 1.0},
    "octaves": {
        "kind": "octaves", "iterations": 10, "step": 1.0, "octaves": 3, "octave_scale": 1.4, "jitter": 32,
    },
    "laplacian": {
        "kind": "laplacian", "iterations": 10, "step": 1.0, "octaves": 3, "octave_scale": 1.4, "jitter": 32,
        "laplacian_levels": 4,
    },
    "dream": {
        "kind": "dream", "iterations": 10, "step": 1.5, "octaves": 4, "octave_scale": 1.4, "jitter": 32,
    },
    "fourier": {
        "kind": "fourier", "iterations": 256, "step": 0.045, "decay": 1.0, "smallest_view": 0.4, "largest_view": 1.0,
        "rotation": 10.0, "ghost": 0.3,
    },
    "zoom": {
        "kind": "zoom", "frames": 60, "iterations": 4, "step": 3.0, "zoom": 1.03, "rotation": 0.5, "jitter": 32,
    },
}  # fmt: skip

FOURIER_OF_2: Document = {
    "iterations": 256, "step": 0.045, "smallest_view": 0.4, "reach": 0.0, "prior": 0.0, "revision": 2,
}  # fmt: skip


def migrated(given: Any) -> Any:
    """A recipe or comparison as plain JSON values, of whatever version, as one of today's.

    What is no document, has no version or one that is not known stays as it is: validation says what is wrong.
    """
    if not isinstance(given, dict):
        return given
    while (migration := MIGRATIONS.get(_version(given))) is not None:
        given = migration(given)
    return given


def _version(document: Document) -> int | None:
    version = document.get("version")
    return version if type(version) is int else None


def _from_1(old: Document) -> Document:
    """Version 1 knew comparisons as recipes with axes, and grew several fields in its time."""
    new = {**old, "version": 2}
    across, down = new.pop("across", None), new.pop("down", None)
    # Before there were tiles all of a picture was looked at: up to the largest tile that is the same.
    new.setdefault("tile", 2048)
    if isinstance(new.get("method"), dict):
        new["method"] = _method_of_1(new["method"])
    if across is None and down is None:
        return new
    stopped_after = new.pop("stopped_after", None)
    axes = {"across": _axis_of_1(across), "down": _axis_of_1(down)}
    return {"version": 2, "base": new, **axes, "stopped_after": stopped_after}


def _method_of_1(method: Document) -> Document:
    """The fourier method of before there were ghosts has other defaults and another way to look at views."""
    if method.get("kind") != "fourier" or "ghost" in method:
        return method
    return {"step": 0.03, "decay": 1.5, **method, "ghost": 0.0, "revision": 1}


def _axis_of_1(axis: Any) -> Any:
    if not isinstance(axis, dict) or axis.get("setting") != "method" or not isinstance(axis.get("values"), list):
        return axis
    return {**axis, "values": [METHODS_OF_1.get(value, value) for value in axis["values"] if isinstance(value, str)]}


def _from_2(old: Document) -> Document:
    """Version 2 knew no prior; its fourier method had other defaults, and its views ended at the border."""
    new = {**old, "version": 3}
    if isinstance(new.get("base"), dict):
        new["base"] = _from_2(new["base"])
    if isinstance(new.get("method"), dict):
        new["method"] = _method_of_2(new["method"])
    for axis in ("across", "down"):
        given = new.get(axis)
        if isinstance(given, dict) and given.get("setting") == "method" and isinstance(given.get("values"), list):
            new[axis] = {**given, "values": [_method_of_2(value) for value in given["values"]]}
    return new


def _method_of_2(method: Any) -> Any:
    if not isinstance(method, dict) or method.get("kind") != "fourier":
        return method
    return {**FOURIER_OF_2, **method}


MIGRATIONS: dict[int | None, Callable[[Document], Document]] = {1: _from_1, 2: _from_2}
