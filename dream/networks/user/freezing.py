"""From any model to the one form that a :class:`Network` takes: a frozen graph of any input size, its input found."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dream.errors import UserError
from dream.networks.tensorflow import tensorflow, with_constants
from dream.networks.user.checks import type_name
from dream.settings import settings

Size = tuple[int, int]


def freeze(path: Path) -> bytes:
    """A ``.keras`` file or a SavedModel folder as a frozen graph's content.

    A ``.keras`` file is loaded in safe mode: code inside it is refused, not run.

    Raises:
        UserError: it cannot be loaded, or has no single signature that takes a picture.
    """
    try:
        model = _load(path)  # held until the end: the function alone does not keep its variables
        function = _signature(path, model) if path.is_dir() else _call(path, model)
        return with_constants(function).SerializeToString()
    except UserError:
        raise
    except Exception as error:  # Keras and TensorFlow raise whatever a foreign model leads them to
        raise UserError(f"{path.name} cannot be loaded as a model: {first_line(error)}") from None


def free(graph_def: Any) -> tuple[Any, Size | None]:
    """A checked GraphDef with its picture's placeholder named ``input`` and freed to any size.

    Returns:
        The graph, and the (height, width) that its input was fixed to; None where it was free already.

    Raises:
        UserError: no input that takes pictures, more than one, or something else must be fed as well.
    """
    tf = tensorflow()
    placeholders = [node for node in graph_def.node if node.op == "Placeholder"]
    pictures = [node for node in placeholders if _is_picture(node)]
    if not pictures:
        raise UserError(_why_no_picture(placeholders))
    if len(placeholders) > 1:
        other = next(node.name for node in placeholders if node is not pictures[0])
        raise UserError(f"The graph wants more than a picture ({other}): freeze it with that set to its value.")
    (picture,) = pictures
    _rename(graph_def, picture.name)
    native = _sides(picture)
    if native and max(native) > settings().max_side:
        raise UserError(
            f"The graph is made for pictures of {native[1]}x{native[0]}; at most {settings().max_side} can be taken."
        )
    picture.attr["shape"].shape.CopyFrom(tf.TensorShape([None, None, None, 3]).as_proto())
    for node in graph_def.node:
        if node.op == "PlaceholderWithDefault":  # "is this training?" in graphs of old: the answer is its default
            kind = node.attr["dtype"].type
            node.op = "Identity"
            node.attr.clear()
            node.attr["T"].type = kind
    return graph_def, native


def first_line(error: Exception) -> str:
    """What an exception says, short enough for a sentence."""
    text = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
    text = text if len(text) <= 200 else f"{text[:197]}…"
    return text if text.endswith((".", "…")) else f"{text}."


def _load(path: Path) -> Any:
    if path.is_dir():
        return tensorflow().saved_model.load(str(path))
    return tensorflow().keras.models.load_model(path, compile=False, safe_mode=True)


def _call(path: Path, model: Any) -> Any:
    """A Keras model's call as a concrete function."""
    tf = tensorflow()
    if len(model.inputs or ()) != 1:
        raise UserError(f"{path.name} does not take one picture: only models with a single input can be used.")
    (taken,) = model.inputs
    signature = tf.TensorSpec([None, *taken.shape[1:]], taken.dtype)
    return tf.function(lambda pictures: model(pictures, training=False)).get_concrete_function(signature)


def _signature(path: Path, model: Any) -> Any:
    """A SavedModel's serving function."""
    signatures = model.signatures
    if "serving_default" in signatures:
        return signatures["serving_default"]
    if len(signatures) != 1:
        raise UserError(f"{path.name} has no signature to serve: save it with one that takes pictures (model.export).")
    return next(iter(signatures.values()))


def _dims(node: Any) -> list[int | None] | None:
    if "shape" not in node.attr or node.attr["shape"].shape.unknown_rank:
        return None
    return [dim.size if dim.size >= 0 else None for dim in node.attr["shape"].shape.dim]


def _is_picture(node: Any) -> bool:
    dims = _dims(node)
    fits = dims is None or (len(dims) == 4 and dims[0] in (None, 1) and dims[3] in (None, 3))
    return fits and node.attr["dtype"].type == tensorflow().float32.as_datatype_enum


def _sides(node: Any) -> Size | None:
    dims = _dims(node)
    return (dims[1], dims[2]) if dims and dims[1] and dims[2] else None


def _why_no_picture(placeholders: list[Any]) -> str:
    wanted = "a placeholder of 32-bit floats [batch, height, width, 3]"
    if not placeholders:
        return f"The graph has no input: a network for dreaming takes its pictures by {wanted}."
    node = placeholders[0]
    dims, kind = _dims(node), type_name(node.attr["dtype"].type) or "of an unknown type"
    shape = "[{}]".format(", ".join("?" if dim is None else str(dim) for dim in dims or []))
    if dims and len(dims) == 4 and dims[1] == 3 and dims[3] != 3:
        return (
            f"The graph's input {node.name} {shape} has its channels before rows and columns (NCHW), which TensorFlow "
            "computes on GPUs only: export the model with channels last."
        )
    if dims and len(dims) == 4 and dims[3] == 3 and dims[0] not in (None, 1):
        return f"The graph's input {node.name} {shape} takes {dims[0]} pictures at once: export it for one, or for any."
    return f"The graph's input {node.name}, {kind} {shape}, takes no pictures: {wanted} is needed."


def _rename(graph_def: Any, picture: str) -> None:
    """Names the picture's placeholder ``input``, and gets out of the way what has a name that Network needs."""
    taken = {node.name for node in graph_def.node}
    new = {picture: "input"}
    for name in taken - {picture}:
        if name == "input" or name.startswith("preprocessing/"):
            new[name] = next(free for free in _variations(name) if free not in taken)
    for node in graph_def.node:
        node.name = new.get(node.name, node.name)
        for i, text in enumerate(node.input):
            body, port = text.removeprefix("^"), ""
            if ":" in body:
                body, port = body.split(":")
                port = f":{port}"
            node.input[i] = ("^" if text.startswith("^") else "") + new.get(body, body) + port


def _variations(name: str) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield f"original_{number}/{name}"
