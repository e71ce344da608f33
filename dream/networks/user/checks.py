"""Is a graph that somebody handed in safe to import?

Nothing here runs or imports the graph: it is parsed as a protocol buffer and looked at, node by node. A TensorFlow graph
is a program, and some of its operations read files, write them or call Python; so only operations that compute numbers
out of numbers are let through. (https://github.com/tensorflow/tensorflow/blob/master/SECURITY.md)
"""

import math
import re
from collections.abc import Iterable
from typing import Any

from dream.errors import UserError
from dream.networks.tensorflow import tensorflow
from dream.settings import settings

ALLOWED = frozenset(
    re.findall(
        r"\w+",
        """
    Const Placeholder PlaceholderWithDefault Identity IdentityN NoOp StopGradient Cast
    Conv2D DepthwiseConv2dNative Conv2DBackpropInput BiasAdd BiasAddV1 MatMul BatchMatMul BatchMatMulV2
    FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 BatchNormWithGlobalNormalization LRN
    MaxPool AvgPool Mean Sum Max Min Prod L2Loss
    Relu Relu6 LeakyRelu Elu Selu Softplus Softsign Sigmoid Tanh Erf Softmax LogSoftmax
    Add AddV2 AddN Sub Mul Div RealDiv DivNoNan FloorDiv FloorMod Maximum Minimum Pow SquaredDifference
    Abs Neg Sign Square Sqrt Rsqrt Exp Expm1 Log Log1p Inv Reciprocal Floor Ceil Round Rint Sin Cos ClipByValue
    Greater GreaterEqual Less LessEqual Equal NotEqual LogicalAnd LogicalOr LogicalNot Select SelectV2
    Concat ConcatV2 Pack Unpack Split SplitV Slice StridedSlice Gather GatherV2
    Reshape Squeeze ExpandDims Transpose Reverse ReverseV2 Shape ShapeN Size Rank Pad PadV2 MirrorPad
    ZerosLike OnesLike Fill Range Tile BroadcastTo
    ResizeBilinear ResizeNearestNeighbor SpaceToBatchND BatchToSpaceND SpaceToDepth DepthToSpace
    """,
    )
)
NUMBERS = {"float32": 4, "float16": 2, "bfloat16": 2, "float64": 8, "bool": 1, "uint8": 1, "int32": 4, "int64": 8}
NAME = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.\\/>-]{0,999}")
INPUT = re.compile(r"(?P<control>\^)?(?P<node>[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*)(:(?P<port>\d{1,4}))?")
FREEZE = "freeze it with convert_variables_to_constants_v2, or give the .keras file or the SavedModel folder"
# Numbers in attributes are sizes, strides and counts; a graph that asks for a million outputs is no network.
LARGEST_NUMBER, LONGEST_LIST = 100_000, 1_000
VARINT, LENGTH_DELIMITED = 0, 2  # kinds of fields of a protocol buffer
OTHER_FIELDS = 4  # of a GraphDef: versions, library and the like


def check_graph(content: bytes, megabytes: int | None = None) -> Any:
    """A frozen graph's file content -> its GraphDef, checked, without its (unused) functions and internal attributes.

    Args:
        content: the file.
        megabytes: how large it and the weights it declares may be; ``settings().network_megabytes`` by default.

    Raises:
        UserError: too large, damaged, not a graph, not self-contained, or with an operation that is not allowed.
    """
    megabytes = megabytes or settings().network_megabytes
    check_bytes(len(content), megabytes)
    check_fields(content)
    graph_def = _parsed(content)
    check_operations(graph_def)
    _check_edges(graph_def)
    _check_attributes(graph_def, megabytes * 1_000_000)
    graph_def.ClearField("library")
    for node in graph_def.node:
        node.device = ""  # a graph frozen on a GPU names one that is not here
        for name in [name for name in node.attr if name.startswith("_")]:
            del node.attr[name]  # TensorFlow's own notes: some of them change what is computed
    return graph_def


def check_bytes(size: int, megabytes: int) -> None:
    """Raises UserError where a file of this size is empty or too large."""
    if not size:
        raise UserError("The file is empty: choose a frozen TensorFlow graph (.pb).")
    if size > megabytes * 1_000_000:
        raise UserError(f"The file has {size / 1e6:.0f} MB; at most {megabytes} MB can be taken.")


def check_operations(graph_def: Any) -> None:
    """Raises UserError where a GraphDef, its functions included, has too many nodes or a forbidden operation."""
    functions = {function.signature.name: function.node_def for function in graph_def.library.function}
    _check_count(len(graph_def.node) + sum(map(len, functions.values())))
    _check_recursion(functions)
    for nodes in (graph_def.node, *functions.values()):
        for node in nodes:
            if node.op in functions or node.op in {"PartitionedCall", "StatefulPartitionedCall"}:
                raise UserError(f"The graph calls functions ({_shown(node.name)}): {FREEZE}, which takes them apart.")
            if node.op in {"VarHandleOp", "Variable", "VariableV2", "ReadVariableOp"}:
                raise UserError(
                    f"The graph has variables ({_shown(node.name)}), so its weights are elsewhere: {FREEZE}."
                )
            if node.op not in ALLOWED:
                raise UserError(
                    f"The graph has the operation {_shown(node.op)} ({_shown(node.name)}), which is not allowed here: "
                    "a network for dreaming only computes numbers out of numbers."
                )


def _check_count(nodes: int) -> None:
    if nodes > settings().network_nodes:
        raise UserError(f"The graph has {nodes:,} nodes or more; at most {settings().network_nodes:,} can be taken.")


def check_fields(content: bytes) -> None:
    """Raises UserError where a protocol buffer has too many fields at its top level: a graph's are its nodes.

    Parsed, millions of empty nodes would take fifty times the file's size in memory. What is no protocol buffer is
    left to the parser. (https://protobuf.dev/programming-guides/encoding)
    """
    fields = place = 0
    while place < len(content):
        tag, place = _varint(content, place)
        number, place = _varint(content, place)
        if tag & 7 == LENGTH_DELIMITED:
            place += number
        elif tag & 7 != VARINT:
            return
        fields += 1
        _check_count(fields - OTHER_FIELDS)


def _varint(content: bytes, place: int) -> tuple[int, int]:
    """The number that is written at a place, seven bits a byte, and the place behind it."""
    number = 0
    for shift, byte in enumerate(content[place : place + 10]):
        number |= (byte & 127) << 7 * shift
        if byte < 128:
            return number, place + shift + 1
    return number, len(content)


def _parsed(content: bytes) -> Any:
    from google.protobuf.message import DecodeError

    graph_def = tensorflow().compat.v1.GraphDef()
    try:
        graph_def.ParseFromString(content)
    except (DecodeError, RuntimeError):
        raise UserError(f"This is not a frozen TensorFlow graph, or it was cut short: {FREEZE}.") from None
    if not graph_def.node:
        raise UserError(f"There is no graph in this file: {FREEZE}.")
    return graph_def


def _check_recursion(functions: dict[str, Iterable[Any]]) -> None:
    calls = {
        name: {node.op for node in nodes} | {value.func.name for node in nodes for value in node.attr.values()}
        for name, nodes in functions.items()
    }
    left = {name: called & functions.keys() for name, called in calls.items()}
    while ready := [name for name, called in left.items() if not called]:
        for name in ready:
            del left[name]
        for called in left.values():
            called.difference_update(ready)
    if left:
        raise UserError(f"The graph's functions call each other in a circle ({_shown(min(left))}): it would never end.")


def _check_edges(graph_def: Any) -> None:
    """Names are unique, every input is there, and nothing feeds itself."""
    names: set[str] = set()
    for node in graph_def.node:
        if not NAME.fullmatch(node.name):
            raise UserError(f"The graph has a node with a name that cannot be: {_shown(node.name)}.")
        if node.name in names:
            raise UserError(f"The graph is damaged: two of its nodes are named {_shown(node.name)}.")
        names.add(node.name)
    waiting: dict[str, int] = {}
    feeds: dict[str, list[str]] = {}
    for node in graph_def.node:
        for text in node.input:
            match = INPUT.fullmatch(text)
            if not match or match["node"] not in names:
                raise UserError(f"The graph is damaged: {_shown(node.name)} needs {_shown(text)}, which is not there.")
            feeds.setdefault(match["node"], []).append(node.name)
        waiting[node.name] = len(node.input)
    ready = [name for name, count in waiting.items() if not count]
    while ready:
        name = ready.pop()
        del waiting[name]
        for fed in feeds.get(name, ()):
            waiting[fed] -= 1
            if not waiting[fed]:
                ready.append(fed)
    if waiting:
        raise UserError(
            f"The graph has a circle ({_shown(min(waiting))} feeds itself): only straight networks can be taken."
        )


def _check_attributes(graph_def: Any, most_bytes: int) -> None:
    declared = 0
    for node in graph_def.node:
        for name, value in node.attr.items():
            kind = value.WhichOneof("value")
            if name.startswith("_"):
                continue
            if kind in {"func", "placeholder"} or (kind == "tensor") != (node.op == "Const" and name == "value"):
                raise UserError(f"The graph is damaged: {_shown(node.name)} has no use for its {_shown(name)}.")
            if kind == "tensor":
                declared += _declared_bytes(node)
                if declared > most_bytes:
                    raise UserError(
                        f"The graph's weights take {declared / 1e6:,.0f} MB; at most {most_bytes // 1_000_000} MB can be taken."
                    )
            else:
                _check_numbers(node, value, kind)
        if "data_format" in node.attr and node.attr["data_format"].s != b"NHWC":
            raise UserError(
                f"The graph keeps channels before rows and columns (NCHW, {_shown(node.name)}), which TensorFlow "
                "computes on GPUs only: export the model with channels last."
            )


def _declared_bytes(node: Any) -> int:
    """How many bytes a constant has; a few bytes in the file may declare a huge one."""
    tensor = node.attr["value"].tensor
    width = NUMBERS.get(type_name(tensor.dtype))
    sizes = [dim.size for dim in tensor.tensor_shape.dim]
    if width is None or tensor.tensor_shape.unknown_rank or len(sizes) > 8 or any(size < 0 for size in sizes):
        raise UserError(f"The graph is damaged: the constant {_shown(node.name)} is no array of numbers.")
    size = width * math.prod(sizes)
    if tensor.tensor_content and len(tensor.tensor_content) != size:
        raise UserError(f"The graph is damaged: the constant {_shown(node.name)} is not as long as its shape says.")
    return size


def _check_numbers(node: Any, value: Any, kind: str | None) -> None:
    numbers = [value.i, *value.list.i, *(dim.size for dim in value.shape.dim)]
    types = [value.type, *value.list.type] if kind in {"type", "list"} else []
    lists = [value.list.i, value.list.f, value.list.s, value.list.b, value.list.type, value.shape.dim]
    known = all(type_name(code) in NUMBERS for code in types if code)
    odd = value.list.func or value.list.tensor or value.list.shape
    if not known or odd or any(abs(n) > LARGEST_NUMBER for n in numbers) or max(map(len, lists)) > LONGEST_LIST:
        raise UserError(f"The graph is damaged: {_shown(node.name)} has an attribute that no network needs.")


def type_name(code: int) -> str:
    """What TensorFlow calls a type of numbers, ``float32`` say; empty where it knows none of this code."""
    try:
        return tensorflow().dtypes.as_dtype(code).name
    except TypeError:
        return ""


def _shown(text: str) -> str:
    """A name out of a foreign file, fit for a sentence."""
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= 80 else f"{text[:77]}…"
