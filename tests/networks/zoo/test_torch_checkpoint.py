"""Checkpoints in PyTorch's old format, honest and hostile ones."""

import os
import pickle
import struct
from collections import OrderedDict

import numpy as np
import pytest

from dream.networks.zoo.torch_checkpoint import MAGIC, PROTOCOL, CheckpointError, read_torch_checkpoint

HEAD = b"".join(pickle.dumps(fact, 2) for fact in (MAGIC, PROTOCOL, {"little_endian": True}))
NO_KEYS = pickle.dumps([], 2)
REBUILD = b"ctorch._utils\n_rebuild_tensor_v2\n"


def text(value):
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def number(value):
    return b"\x8a\x08" + struct.pack("<q", value)


def numbers(values):
    return b"(" + b"".join(map(number, values)) + b"t"


def tensor(shape, strides, offset=0, key="0", kind="FloatStorage", count=4):
    """As PyTorch pickles a tensor."""
    storage = b"(" + text("storage") + f"ctorch\n{kind}\n".encode() + text(key) + text("cpu") + number(count) + b"NtQ"
    hooks = b"ccollections\nOrderedDict\n)R"
    return REBUILD + b"(" + storage + number(offset) + numbers(shape) + numbers(strides) + b"\x89" + hooks + b"tR"


def storage(values, count=None):
    """A storage of four float32 as it stands at the end of a file."""
    return struct.pack("<q", len(values) if count is None else count) + np.array(values, "<f4").tobytes()


def checkpoint(tensors, storages, keys=("0",)):
    """A file of the pickled ``tensors`` by their names."""
    items = b"".join(text(name) + pickled for name, pickled in tensors.items())
    metadata = b"}" + text("_metadata") + b"}sb"
    pickled = b"\x80\x02ccollections\nOrderedDict\n)R(" + items + b"u" + metadata + b"."
    return HEAD + pickled + pickle.dumps(list(keys), 2) + storages


@pytest.fixture
def read(tmp_path):
    def read(content):
        path = tmp_path / "weights.pth"
        path.write_bytes(content)
        return read_torch_checkpoint(path)

    return read


def test_views_of_storages_become_arrays(read):
    found = read(
        checkpoint(
            {
                "whole": tensor((2, 2), (2, 1)),
                "transposed": tensor((2, 2), (1, 2)),
                "every second": tensor((2,), (2,), offset=1),
                "scalar": tensor((), (), key="1", kind="LongStorage", count=1),
            },
            struct.pack("<qq", 1, 77) + storage([1, 2, 3, 4]),
            keys=("1", "0"),
        )
    )
    assert {name: array.tolist() for name, array in found.items()} == {
        "whole": [[1, 2], [3, 4]],
        "transposed": [[1, 3], [2, 4]],
        "every second": [2, 4],
        "scalar": 77,
    }
    assert found["whole"].dtype == np.float32


class Evil:
    def __reduce__(self):
        return os.mkdir, ("this-must-never-be-made",)


HOSTILE = {
    "calls a function": HEAD + pickle.dumps(Evil(), 2) + NO_KEYS,
    "calls a function at once": pickle.dumps(Evil(), 2),
    "calls a function as a key": HEAD + pickle.dumps({}, 2) + pickle.dumps([Evil()], 2),
    "evaluates": HEAD + b"\x80\x02cbuiltins\neval\n" + text("1") + b"\x85R." + NO_KEYS,
    "asks for an attribute": HEAD + b"\x80\x04\x8c\x05torch\x8c\x16FloatStorage.__class__\x93." + NO_KEYS,
    "changes the function that makes tensors": HEAD + b"\x80\x02" + REBUILD + b"}" + text("a") + b"K\x01sb." + NO_KEYS,
    "changes a class": HEAD + b"\x80\x02ccollections\nOrderedDict\n}" + text("a") + b"K\x01sb." + NO_KEYS,
    "names a large memo": HEAD + b"\x80\x02}r\xff\xff\xff\x7f." + b"K\x00.",
    "is nested deeply": HEAD + b"\x80\x02" + b"(" * 200_000 + b"t" * 200_000 + b"." + NO_KEYS,
    "holds no tensors": HEAD + pickle.dumps({"a": 1}, 2) + NO_KEYS,
    "has another storage": HEAD + b"\x80\x02" + text("storage") + b"Q." + NO_KEYS,
    "is empty": b"",
    "is zipped": b"PK\x03\x04" + bytes(100),
    "is big-endian": HEAD[:-2] + b"\x89s." + NO_KEYS,
    "reaches beyond its storage": checkpoint({"a": tensor((3,), (1,), offset=2)}, storage([1, 2, 3, 4])),
    "reaches before its storage": checkpoint({"a": tensor((3,), (1,), offset=-1)}, storage([1, 2, 3, 4])),
    "repeats a number": checkpoint({"a": tensor((2**30,), (0,))}, storage([1, 2, 3, 4])),
    "is large and empty": checkpoint({"a": tensor((2**41, 0), (1, 1))}, storage([1, 2, 3, 4])),
    "has an axis without a stride": checkpoint({"a": tensor((2, 2), (1,))}, storage([1, 2, 3, 4])),
    "lies about its length": checkpoint({"a": tensor((4,), (1,))}, storage([1, 2, 3, 4], count=2**40)),
    "is cut off": checkpoint({"a": tensor((4,), (1,))}, storage([1, 2, 3, 4])[:-1]),
    "goes on": checkpoint({"a": tensor((4,), (1,))}, storage([1, 2, 3, 4]) + b"more"),
    "has a storage too few": checkpoint({"a": tensor((4,), (1,))}, storage([1, 2, 3, 4]), keys=()),
    "has storages of two kinds": checkpoint(
        {"a": tensor((4,), (1,)), "b": tensor((4,), (1,), kind="IntStorage")}, storage([1, 2, 3, 4])
    ),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_hostile_and_damaged_files_are_refused(content, read, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CheckpointError, match=r"^[A-Z].*\.$|^weights"):
        read(content)
    assert [path.name for path in tmp_path.iterdir()] == ["weights.pth"]


def test_what_is_refused_is_named(read):
    with pytest.raises(CheckpointError, match=r"mkdir has no place in a file of weights\.$"):
        read(HOSTILE["calls a function"])


def test_random_damage_raises_nothing_else(read):
    rng = np.random.default_rng(0)
    whole = checkpoint({"a": tensor((2, 2), (2, 1)), "b": tensor((2,), (2,), offset=1)}, storage([1, 2, 3, 4]))
    refused = 0
    for _ in range(500):
        damaged = bytearray(whole)
        for place in rng.integers(len(HEAD), len(whole) - 16, 2):
            damaged[place] = rng.integers(256)
        try:
            read(bytes(damaged))
        except CheckpointError:
            refused += 1
    assert refused > 300


def test_an_ordinary_dictionary_will_do(read):
    pickled = b"\x80\x02}" + text("a") + tensor((4,), (1,)) + b"s."
    found = read(HEAD + pickled + pickle.dumps(["0"], 2) + storage([1, 2, 3, 4]))
    assert found["a"].tolist() == [1, 2, 3, 4]
    assert not isinstance(found, OrderedDict)
