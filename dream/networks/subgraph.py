"""The part of a graph that some of its tensors need."""

from collections.abc import Iterable, Mapping
from typing import Any


def nodes_needed(nodes: Mapping[str, Any], tensors: Iterable[str]) -> list[Any]:
    """The nodes that these tensors are computed from, their own included, in the order of ``nodes``.

    Args:
        nodes: of the graph, by their names; what is not among them, as the input, is left out.
        tensors: by their names.
    """
    needed: set[str] = set()
    waiting = list(tensors)
    while waiting:
        name = waiting.pop().split(":")[0].removeprefix("^")
        if name in nodes and name not in needed:
            needed.add(name)
            waiting.extend(nodes[name].input)
    return [node for name, node in nodes.items() if name in needed]
