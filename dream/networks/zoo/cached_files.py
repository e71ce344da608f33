"""Files in the cache that are built once from a network's weights, and again where they are missing or damaged."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dream.files import write_atomically
from dream.networks.tensorflow import tensorflow


def cached_file(path: Path, build: Callable[[], bytes]) -> bytes:
    """The content of a file in the cache; where it is missing or not as it was written, ``build`` makes it first.

    Its SHA-256 stands beside it in a file of the same name and ``.sha256``. Raises UserError where it cannot be written.
    """
    digest_path = path.with_name(f"{path.name}.sha256")
    try:
        content, digest = path.read_bytes(), digest_path.read_text()
        if hashlib.sha256(content).hexdigest() == digest:
            return content
    except (OSError, UnicodeDecodeError):
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    content = build()
    write_atomically(path, content)
    write_atomically(digest_path, hashlib.sha256(content).hexdigest().encode())
    return content


def cached_graph(path: Path, build: Callable[[], Any]) -> Any:
    """As :func:`cached_file` for a frozen graph: ``build`` returns a GraphDef, and so does this."""
    content = cached_file(path, lambda: build().SerializeToString(deterministic=True))
    return tensorflow().compat.v1.GraphDef.FromString(content)
