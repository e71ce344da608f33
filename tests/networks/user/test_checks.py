"""Handed-in graphs: what is let through, and the sentence for what is not."""

import random
from itertools import pairwise

import pytest
from graphs import add_function, add_node, node, small_graph, tf

from dream.errors import UserError
from dream.networks.user import checks
from dream.networks.user.checks import ALLOWED, check_graph
from dream.networks.user.freezing import free


def refused(graph_def, told):
    with pytest.raises(UserError, match=told) as error:
        free(check_graph(graph_def.SerializeToString()))
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 400


def test_a_sound_graph_passes_without_its_internals():
    graph_def = small_graph()
    node(graph_def, "first").device = "/device:GPU:0"
    node(graph_def, "first").attr["_gradient_op_type"].s = b"Something"
    add_function(graph_def, "unused", "Relu")
    checked = check_graph(graph_def.SerializeToString())
    assert [each.name for each in checked.node] == [each.name for each in graph_def.node]
    assert node(checked, "first").device == ""
    assert not any(key.startswith("_") for each in checked.node for key in each.attr)
    assert not checked.library.function


def test_no_allowed_operation_is_stateful():
    from tensorflow.python.framework import op_def_registry

    definitions = {name: op_def_registry.get(name) for name in ALLOWED}
    assert [name for name, definition in definitions.items() if definition is None] == []
    assert [name for name, definition in definitions.items() if definition.is_stateful] == []


@pytest.mark.parametrize(
    "operation",
    [
        "ReadFile",
        "WriteFile",
        "PyFunc",
        "EagerPyFunc",
        "Print",
        "LoadDataset",
        "RestoreV2",
        "LoadLibrary",
        "MyCustomOp",
        "While",
    ],
)
@pytest.mark.parametrize("inside", [False, True], ids=["graph", "function"])
def test_other_operations_are_refused_by_name(operation, inside):
    graph_def = small_graph()
    if inside:
        add_function(graph_def, "helper", "Relu", operation)
    else:
        add_node(graph_def, operation, "bad", "pictures")
    refused(graph_def, rf"operation {operation} \(.*not allowed")


@pytest.mark.parametrize("operation", ["VarHandleOp", "ReadVariableOp", "VariableV2"])
def test_graphs_with_variables_say_freeze(operation):
    graph_def = small_graph()
    add_node(graph_def, operation, "weight")
    refused(graph_def, "has variables.*convert_variables_to_constants_v2")


def test_function_calls_say_freeze():
    graph_def = small_graph()
    add_function(graph_def, "helper", "Relu")
    add_node(graph_def, "helper", "call", "pictures")
    refused(graph_def, "calls functions.*convert_variables_to_constants_v2")


@pytest.mark.parametrize("circle", [("a", "a"), ("a", "b", "a")])
def test_recursion_in_the_function_library(circle):
    graph_def = small_graph()
    for name, called in pairwise(circle):
        add_function(graph_def, name, called)
    refused(graph_def, "call each other in a circle")


def test_recursion_by_attribute():
    graph_def = small_graph()
    add_function(graph_def, "a", "PartitionedCall")
    graph_def.library.function[0].node_def[0].attr["f"].func.name = "a"
    refused(graph_def, "call each other in a circle")


def test_an_input_of_no_known_type():
    graph_def = small_graph()
    node(graph_def, "pictures").attr["dtype"].type = 0
    refused(graph_def, "takes no pictures")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_truncated_files(share):
    content = small_graph().SerializeToString()
    with pytest.raises(UserError, match=r"cut short|damaged|not there|no input|no graph"):
        free(check_graph(content[: int(len(content) * share)]))


@pytest.mark.parametrize("seed", range(20))
def test_random_bytes(seed):
    with pytest.raises(UserError, match=r"not a frozen TensorFlow graph|no graph|damaged"):
        check_graph(random.Random(seed).randbytes(2000))


@pytest.mark.parametrize("content", [b'node {\n  name: "input"\n}\n', b"PK\x03\x04", b"\x89HDF\r\n", b"<html></html>"])
def test_other_files(content):
    with pytest.raises(UserError, match=r"not a frozen TensorFlow graph|no graph"):
        check_graph(content)


def test_a_saved_model_s_own_file():
    from tensorflow.core.protobuf import saved_model_pb2

    saved = saved_model_pb2.SavedModel(saved_model_schema_version=1)
    saved.meta_graphs.add().graph_def.CopyFrom(small_graph())
    with pytest.raises(UserError, match="SavedModel folder"):
        check_graph(saved.SerializeToString())


def test_empty_file():
    with pytest.raises(UserError, match="empty"):
        check_graph(b"")


def test_size_limit(dream_env):
    dream_env(network_megabytes=1)
    with pytest.raises(UserError, match=r"has 2 MB; at most 1 MB"):
        check_graph(bytes(1_500_001))


@pytest.mark.parametrize("content", [b"\n\0", b"\n\x06\n\x01a\x12\x01C", b"\x18\0"], ids=["empty", "small", "versions"])
def test_millions_of_nodes_are_refused_without_parsing_them(content, monkeypatch):
    monkeypatch.setattr(checks, "tensorflow", lambda: pytest.fail("parsed"))
    with pytest.raises(UserError, match=r"20,001 nodes or more; at most 20,000"):
        check_graph(content * 1_000_000)


def test_node_limit_counts_functions(dream_env):
    graph_def = small_graph()
    add_function(graph_def, "helper", *["Relu"] * 10)
    dream_env(network_nodes=len(graph_def.node) + 10)
    check_graph(graph_def.SerializeToString())
    dream_env(network_nodes=len(graph_def.node) + 9)
    refused(graph_def, "nodes or more; at most")


def test_a_constant_of_a_few_bytes_that_declares_a_huge_array():
    graph_def = small_graph()
    constant = add_node(graph_def, "Const", "huge", dtype="float32")
    constant.attr["value"].tensor.dtype = 1
    constant.attr["value"].tensor.float_val.append(1)
    for _ in range(2):
        constant.attr["value"].tensor.tensor_shape.dim.add(size=100_000)
    refused(graph_def, "weights take 40,000 MB; at most 300 MB")


@pytest.mark.parametrize("sizes", [[-1], [2**62, 4], [1] * 9])
def test_a_constant_with_an_impossible_shape(sizes):
    graph_def = small_graph()
    constant = next(each for each in graph_def.node if each.op == "Const")
    del constant.attr["value"].tensor.tensor_shape.dim[:]
    for size in sizes:
        constant.attr["value"].tensor.tensor_shape.dim.add(size=size)
    refused(graph_def, "no array of numbers|not as long as its shape says")


def test_a_constant_of_strings():
    graph_def = small_graph()
    constant = add_node(graph_def, "Const", "words", dtype="string")
    constant.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(["word"]))
    refused(graph_def, "no array of numbers|no network needs")


def test_a_billion_outputs():
    graph_def = small_graph()
    add_node(graph_def, "Split", "split", "pictures", "pictures", T="float32").attr["num_split"].i = 10**9
    refused(graph_def, "split has an attribute that no network needs")


def test_functions_as_attributes():
    graph_def = small_graph()
    node(graph_def, "first").attr["f"].func.name = "anything"
    refused(graph_def, "no use for its f")


def test_duplicate_names():
    graph_def = small_graph()
    add_node(graph_def, "Relu", "first", "pictures", T="float32")
    refused(graph_def, "two of its nodes are named first")


@pytest.mark.parametrize("missing", ["nowhere", "^nowhere", "first:x", ""])
def test_dangling_inputs(missing):
    graph_def = small_graph()
    add_node(graph_def, "Relu", "lost", missing, T="float32")
    refused(graph_def, "lost needs .*which is not there")


def test_circles():
    graph_def = small_graph()
    node(graph_def, "first_bias").input[0] = "residual"
    refused(graph_def, "circle.*straight networks")


def test_unprintable_names_do_not_reach_the_sentence():
    graph_def = small_graph()
    add_node(graph_def, "Relu", "a\nb\x1b[31m" + "c" * 500, "pictures", T="float32")
    refused(graph_def, r"a name that cannot be: a\?b\?\[31mccc")


def test_channels_first_is_refused_with_a_reason():
    graph_def = small_graph()
    node(graph_def, "first").attr["data_format"].s = b"NCHW"
    refused(graph_def, "NCHW.*channels last")


@pytest.mark.parametrize(
    "shape, dtype, told",
    [
        ((None, 3, 32, 32), "float32", "NCHW"),
        ((8, 32, 32, 3), "float32", "8 pictures at once"),
        ((None, 32, 32, 1), "float32", r"takes no pictures"),
        ((None, 32, 32, 3), "uint8", r"uint8 \[\?, 32, 32, 3\], takes no pictures"),
        ((None, 128), "int32", r"int32 \[\?, 128\], takes no pictures"),
        ((None, 9000, 9000, 3), "float32", "9000x9000; at most 2048"),
    ],
    ids=["channels first", "batch of eight", "grey", "bytes", "text model", "huge"],
)
def test_inputs_that_take_no_pictures(shape, dtype, told):
    graph_def = small_graph()
    placeholder = node(graph_def, "pictures")
    placeholder.attr["shape"].shape.CopyFrom(tf.TensorShape(shape).as_proto())
    placeholder.attr["dtype"].type = tf.as_dtype(dtype).as_datatype_enum
    refused(graph_def, told)


def test_no_input_at_all():
    graph_def = small_graph()
    placeholder = node(graph_def, "pictures")
    placeholder.CopyFrom(next(each for each in graph_def.node if each.op == "Const"))
    placeholder.name = "pictures"
    refused(graph_def, "has no input")


def test_a_second_input():
    graph_def = small_graph()
    add_node(graph_def, "Placeholder", "keep_probability", dtype="float32").attr["shape"].shape.SetInParent()
    refused(graph_def, r"more than a picture \(keep_probability\)")


@pytest.mark.parametrize("shape", [(None, 32, 32, 3), (1, 32, 32, 3)])
def test_a_fixed_input_is_freed(shape):
    graph_def, native = free(check_graph(small_graph(shape).SerializeToString()))
    assert native == (32, 32)
    assert [dim.size for dim in node(graph_def, "input").attr["shape"].shape.dim] == [-1, -1, -1, 3]


def test_a_free_input_has_no_native_size():
    assert free(check_graph(small_graph((None, None, None, 3)).SerializeToString()))[1] is None


def test_names_that_a_network_needs_are_made_free():
    graph_def = small_graph()
    add_node(graph_def, "Relu", "input", "pictures", T="float32")
    add_node(graph_def, "Relu", "preprocessing/sub", "input:0", "^first", T="float32")
    freed, _ = free(check_graph(graph_def.SerializeToString()))
    assert list(node(freed, "original_1/input").input) == ["input"]
    assert list(node(freed, "original_1/preprocessing/sub").input) == ["original_1/input:0", "^first"]


def test_is_training_becomes_its_default():
    graph_def = small_graph()
    add_node(graph_def, "PlaceholderWithDefault", "training", "first", dtype="float32").attr[
        "shape"
    ].shape.SetInParent()
    freed, _ = free(check_graph(graph_def.SerializeToString()))
    assert node(freed, "training").op == "Identity"


def test_the_allow_list_is_what_refuses(monkeypatch):
    monkeypatch.setattr(checks, "ALLOWED", ALLOWED - {"Conv2D"})
    refused(small_graph(), r"operation Conv2D \(first\)")
