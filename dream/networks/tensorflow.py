"""TensorFlow, imported late (it takes seconds) and without its notes about missing GPUs in everybody's terminal."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any

from dream.private_apis import freeze_variables
from dream.settings import settings

_NOISE = (b"cudart_stub.cc", b"cuda_platform.cc", b"before absl::InitializeLog()", b"oneDNN custom operations")
_importing = Lock()


@contextlib.contextmanager
def _without_gpu_notes() -> Iterator[None]:
    """Takes TensorFlow's start-up notes out of standard error; whatever else is written meanwhile comes through."""
    sys.stderr.flush()
    real = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(real, 2)
            held.seek(0)
            for line in held:
                if not any(note in line for note in _NOISE):
                    os.write(2, line)
            os.close(real)


@cache
def _import() -> ModuleType:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # off on AMD otherwise: gradients take twice the time
    with _without_gpu_notes():
        import tensorflow

        tensorflow.config.list_physical_devices()
    if settings().bfloat16 and _has_bfloat16():
        tensorflow.config.optimizer.set_experimental_options({"auto_mixed_precision_onednn_bfloat16": True})
    return tensorflow


def _has_bfloat16() -> bool:
    """Whether the processor multiplies matrices of bfloat16: where it does not, they would take four times as long."""
    try:
        flags = Path("/proc/cpuinfo").read_text()
    except OSError:  # no Linux
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def tensorflow() -> ModuleType:
    """The tensorflow module; the first call in a process imports it, which takes seconds."""
    with _importing:
        return _import()


def with_constants(function: Any) -> Any:
    """The GraphDef of a concrete function, its variables made constants and the functions that it calls taken apart."""
    tensorflow()
    return freeze_variables(function).graph.as_graph_def()
