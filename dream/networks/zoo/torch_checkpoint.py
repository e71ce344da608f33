"""Reads PyTorch checkpoints of the format before 1.6 (not zipped) without PyTorch: dictionaries of tensors, nothing else.

Such a file is five pickles one after the other: a magic number, the protocol's version, facts about the machine that
wrote it, the dictionary of tensors, and the list of their storages' keys. Behind them stands each storage: how many
numbers it has, as int64, then the numbers. (``_legacy_load`` in PyTorch's torch/serialization.py)

A pickle may call any function. The unpickler here only knows dictionaries and tensors, and refuses everything else
before it can run.
"""

import collections
import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from dream.errors import UserError
from dream.private_apis import PythonUnpickler

MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001
COUNT = np.dtype("<i8")  # before each storage: how many numbers it has
STORAGE_TYPES: dict[str, np.dtype[Any]] = {
    "FloatStorage": np.dtype("<f4"),
    "DoubleStorage": np.dtype("<f8"),
    "HalfStorage": np.dtype("<f2"),
    "LongStorage": np.dtype("<i8"),
    "IntStorage": np.dtype("<i4"),
    "ShortStorage": np.dtype("<i2"),
    "CharStorage": np.dtype("i1"),
    "ByteStorage": np.dtype("u1"),
}
MOST_AXES = 8
LARGEST = 2**40  # length, stride or offset


class CheckpointError(UserError):
    """The file is not a checkpoint of this format, is damaged, or holds something else than tensors."""


class _Storage(NamedTuple):
    """The numbers of one or more tensors, at the end of the file."""

    key: str
    dtype: np.dtype[Any]
    length: int


class _Tensor(NamedTuple):
    """A view of a storage; offset and strides count numbers, not bytes."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def read_torch_checkpoint(path: Path) -> dict[str, np.ndarray]:
    """The tensors of a checkpoint by their names.

    Raises CheckpointError where the file has another format, is damaged, or holds something else than tensors.
    """
    content = path.read_bytes()
    stream = io.BytesIO(content)
    try:
        if (_plain(stream), _plain(stream)) != (MAGIC, PROTOCOL):
            raise CheckpointError(f"{path.name} is not a PyTorch checkpoint of the format before 1.6.")
        machine = _plain(stream)
        if not isinstance(machine, dict) or machine.get("little_endian") is not True:
            raise CheckpointError(f"{path.name} was not written by a little-endian machine.")
        tensors, keys = _TensorUnpickler(stream).load(), _plain(stream)
        return _arrays(tensors, _storages(content, stream.tell(), tensors, keys))
    except CheckpointError:
        raise
    except Exception as error:  # a damaged pickle raises nearly anything: IndexError, MemoryError, UnicodeDecodeError …
        raise CheckpointError(f"{path.name} is damaged and cannot be read ({type(error).__name__}).") from error


def _storages(content: bytes, place: int, tensors: Any, keys: Any) -> dict[str, np.ndarray]:
    """The storages by their keys; ``place`` is where the first begins, and they stand in the order of ``keys``."""
    if not isinstance(tensors, Mapping) or not all(isinstance(tensor, _Tensor) for tensor in tensors.values()):
        raise CheckpointError("The checkpoint holds something else than a dictionary of tensors.")
    wanted: dict[str, _Storage] = {}
    for tensor in tensors.values():
        if wanted.setdefault(tensor.storage.key, tensor.storage) != tensor.storage:
            raise CheckpointError(f"Two tensors of the checkpoint disagree about storage {tensor.storage.key[:80]}.")
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys) or sorted(keys) != sorted(wanted):
        raise CheckpointError("The checkpoint's storages are not those of its tensors.")
    found = {}
    for key in keys:
        storage = wanted[key]
        if len(content) < place + COUNT.itemsize or np.frombuffer(content, COUNT, 1, place)[0] != storage.length:
            raise CheckpointError(f"Storage {key[:80]} of the checkpoint has not the length that its tensors name.")
        place += COUNT.itemsize
        found[key] = np.frombuffer(content, storage.dtype, storage.length, place)
        place += found[key].nbytes
    if place != len(content):
        raise CheckpointError("The checkpoint goes on behind its last storage.")
    return found


def _arrays(tensors: Mapping[Any, _Tensor], storages: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Each tensor as an array of its own; one that would reach beyond its storage is refused."""
    arrays = {}
    for name, (storage, offset, shape, strides) in tensors.items():
        count = math.prod(shape)
        last = offset + sum((length - 1) * stride for length, stride in zip(shape, strides))
        if not isinstance(name, str) or (count and last >= storage.length) or count > storage.length:
            raise CheckpointError(f"Tensor {str(name)[:80]} of the checkpoint reaches beyond its storage.")
        steps = tuple(stride * storage.dtype.itemsize for stride in strides)
        values = np.lib.stride_tricks.as_strided(storages[storage.key][offset:], shape, steps, writeable=False)
        arrays[name] = values.copy()
    return arrays


def _plain(stream: io.BytesIO) -> Any:
    return _PlainUnpickler(stream).load()


class _PlainUnpickler(PythonUnpickler):
    """Numbers, text, lists and dictionaries."""

    def find_class(self, module: str, name: str) -> Any:
        raise _refusal(module, name)


class _TensorUnpickler(PythonUnpickler):
    """Dictionaries of tensors: the three names that PyTorch writes stand for classes of this module."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return _Dictionary
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _Rebuild()
        if module == "torch" and name in STORAGE_TYPES:
            return _StorageType(name)
        raise _refusal(module, name)

    def persistent_load(self, pid: Any) -> _Storage:
        """PyTorch names a storage as ("storage", its type, its key, its device, how many numbers, None)."""
        match pid:
            case ("storage", _StorageType() as kind, str() as key, str(), int() as length, None) if length >= 0:
                return _Storage(key, STORAGE_TYPES[str(kind)], length)
        raise CheckpointError("The checkpoint names a storage in a way that PyTorch does not.")


def _refusal(module: str, name: str) -> CheckpointError:
    return CheckpointError(f"The checkpoint was refused: {module[:80]}.{name[:80]} has no place in a file of weights.")


class _StorageType(str):
    """A storage's type by its name; a str, so that a pickle can neither call it nor set anything on it."""

    __slots__ = ()


class _Dictionary(collections.OrderedDict):
    """A dictionary that drops the attributes which PyTorch sets on it (``_metadata``)."""

    def __init__(self) -> None:
        super().__init__()

    def __setstate__(self, state: Any) -> None:
        pass


class _Rebuild:
    """In place of the function ``torch._utils._rebuild_tensor_v2``; without attributes that a pickle could set."""

    __slots__ = ()

    def __setstate__(self, state: Any) -> None:
        raise CheckpointError("The checkpoint changes the function that makes its tensors.")

    def __call__(self, storage: Any, offset: Any, shape: Any, strides: Any, *rest: Any) -> _Tensor:
        axes = shape, strides
        lengths = [length for axis in axes if isinstance(axis, tuple) for length in axis]
        if (
            not isinstance(storage, _Storage)
            or not all(isinstance(axis, tuple) and len(axis) <= MOST_AXES for axis in axes)
            or len(shape) != len(strides)
            or not all(type(number) is int and 0 <= number < LARGEST for number in [offset, *lengths])
        ):
            raise CheckpointError("The checkpoint describes a tensor in a way that PyTorch does not.")
        return _Tensor(storage, offset, shape, strides)
