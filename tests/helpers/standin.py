"""A stand-in for inception5h: the published structure with random weights, for tests and measurements.

Every node's name, operation, shape and place in the graph is as in the released ``tensorflow_inception_graph.pb``
(GoogLeNet, Szegedy et al. 2014, arXiv:1409.4842, as trained by Google for its release of 2015); only the weights
differ. They are scaled as He et al. 2015 do (arXiv:1502.01852), so that neither activations nor gradients vanish.

``python -m tests.helpers.standin`` writes it to the cache and prints where; ``DREAM_INCEPTION5H`` takes that path.
"""

from pathlib import Path
from typing import Any

import numpy as np

from dream.files import write_atomically
from dream.networks.tensorflow import tensorflow
from dream.networks.zoo.download import GRAPH_FILE, LABELS_FILE
from dream.networks.zoo.imagenet import class_names
from dream.networks.zoo.inception5h import CLASSES
from dream.settings import settings

VERSION = 1  # raise it when the graph changes: the cached folder's name carries it

# name: channels of 1x1, 3x3 bottleneck, 3x3, 5x5 bottleneck, 5x5, pool_reduce
MIXED = {
    "mixed3a": (64, 96, 128, 16, 32, 32),
    "mixed3b": (128, 128, 192, 32, 96, 64),
    "mixed4a": (192, 96, 204, 16, 48, 64),
    "mixed4b": (160, 112, 224, 24, 64, 64),
    "mixed4c": (128, 128, 256, 24, 64, 64),
    "mixed4d": (112, 144, 288, 32, 64, 64),
    "mixed4e": (256, 160, 320, 32, 128, 128),
    "mixed5a": (256, 160, 320, 48, 128, 128),
    "mixed5b": (384, 192, 384, 48, 128, 128),
}
POOL_BEFORE = {"mixed4a": "maxpool4", "mixed5a": "maxpool10"}


def write(folder: Path | None = None) -> Path:
    """The stand-in's graph file with its labels beside it, made on the first call; 54 MB, takes a second or two.

    Args:
        folder: where it shall stand; a folder of its own in the cache where nothing is said.
    """
    folder = folder or settings().cache / f"standin-{VERSION}"
    graph = folder / GRAPH_FILE
    if not graph.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / LABELS_FILE, "".join(f"{name}\n" for name in labels()).encode())
        write_atomically(graph, build_graph().SerializeToString(deterministic=True))
    return graph


def labels() -> list[str]:
    """1008 names as the released file has them: the 1000 classes between fillers named "dummy"."""
    names = [name.split(", ")[0] for name in class_names()]
    return ["dummy", *names, *["dummy"] * (CLASSES - 1 - len(names))]


def build_graph(seed: int = 0) -> Any:
    """The GraphDef: placeholder ``input``, then all constants, then the operations, as in the released file."""
    graph = _Graph(np.random.default_rng(seed))
    x = graph.convolution("conv2d0", "input", 7, 3, 64, stride=2)
    x = graph.max_pool("maxpool0", x, stride=2)
    x = graph.normalise("localresponsenorm0", x)
    x = graph.convolution("conv2d1", x, 1, 64, 64)
    x = graph.convolution("conv2d2", x, 3, 64, 192)
    x = graph.normalise("localresponsenorm1", x)
    x = graph.max_pool("maxpool1", x, stride=2)
    channels, made = 192, {}
    for name, sizes in MIXED.items():
        if name in POOL_BEFORE:
            x = graph.max_pool(POOL_BEFORE[name], x, stride=2)
        x = graph.mixed(name, x, channels, *sizes)
        channels = sizes[0] + sizes[2] + sizes[4] + sizes[5]
        made[name] = x, channels
    graph.side_head(0, *made["mixed4a"])
    graph.side_head(1, *made["mixed4d"])
    x = graph.node("avgpool0", "AvgPool", [x], ksize=[1, 7, 7, 1], strides=[1, 1, 1, 1], padding=b"VALID")
    x = graph.reshape("avgpool0/reshape", x, 1024)
    graph.classify(2, x)
    for number, name in enumerate(("output", "output1", "output2")):
        graph.node(name, "Identity", [f"softmax{number}"])
    return graph.graph_def()


class _Graph:
    """Collects nodes. Each method adds one part of the network and returns the name of its output."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.tf = tensorflow()
        self.rng = rng
        self.constants: list[Any] = []
        self.operations: list[Any] = []

    def graph_def(self) -> Any:
        graph_def = self.tf.compat.v1.GraphDef()
        node = graph_def.node.add(name="input", op="Placeholder")
        node.attr["dtype"].type = self.tf.float32.as_datatype_enum
        graph_def.node.extend(self.constants + self.operations)
        return graph_def

    def constant(self, name: str, value: Any) -> str:
        value = np.asarray(value)
        node = self.tf.compat.v1.NodeDef(name=name, op="Const")
        node.attr["dtype"].type = self.tf.as_dtype(value.dtype).as_datatype_enum
        node.attr["value"].tensor.CopyFrom(self.tf.make_tensor_proto(value))
        self.constants.append(node)
        return name

    def node(self, name: str, operation: str, inputs: list[str], dtype: str = "T", **attributes: Any) -> str:
        node = self.tf.compat.v1.NodeDef(name=name, op=operation, input=inputs)
        node.attr[dtype].type = self.tf.float32.as_datatype_enum
        for key, value in attributes.items():
            match value:
                case list():
                    node.attr[key].list.i.extend(value)
                case bytes():
                    node.attr[key].s = value
                case float():
                    node.attr[key].f = value
                case int():
                    node.attr[key].i = value
        self.operations.append(node)
        return name

    def weights(self, name: str, *shape: int) -> list[str]:
        """``name``_w, normal with variance 2 / inputs, and ``name``_b, small."""
        deviation = np.sqrt(2 / np.prod(shape[:-1]))
        kernel = self.rng.standard_normal(shape, np.float32) * np.float32(deviation)
        bias = self.rng.standard_normal(shape[-1], np.float32) * np.float32(0.1)
        return [self.constant(f"{name}_w", kernel), self.constant(f"{name}_b", bias)]

    def convolution(self, name: str, x: str, size: int, channels: int, filters: int, stride: int = 1) -> str:
        kernel, bias = self.weights(name, size, size, channels, filters)
        x = self.node(f"{name}_pre_relu/conv", "Conv2D", [x, kernel], strides=[1, stride, stride, 1], padding=b"SAME")
        x = self.node(f"{name}_pre_relu", "BiasAdd", [x, bias])
        return self.node(name, "Relu", [x])

    def max_pool(self, name: str, x: str, stride: int) -> str:
        return self.node(name, "MaxPool", [x], ksize=[1, 3, 3, 1], strides=[1, stride, stride, 1], padding=b"SAME")

    def normalise(self, name: str, x: str) -> str:
        return self.node(name, "LRN", [x], depth_radius=5, bias=1.0, alpha=0.0001, beta=0.5)

    def mixed(self, name: str, x: str, channels: int, *sizes: int) -> str:
        one, reduce3, three, reduce5, five, pooled = sizes
        branches = [
            self.convolution(f"{name}_1x1", x, 1, channels, one),
            self.convolution(
                f"{name}_3x3", self.convolution(f"{name}_3x3_bottleneck", x, 1, channels, reduce3), 3, reduce3, three
            ),
            self.convolution(
                f"{name}_5x5", self.convolution(f"{name}_5x5_bottleneck", x, 1, channels, reduce5), 5, reduce5, five
            ),
            self.convolution(f"{name}_pool_reduce", self.max_pool(f"{name}_pool", x, stride=1), 1, channels, pooled),
        ]
        axis = self.constant(f"{name}/concat_dim", np.int32(3))
        return self.node(name, "Concat", [axis, *branches], N=len(branches))

    def side_head(self, number: int, x: str, channels: int) -> None:
        """One of the two extra classifiers that GoogLeNet was trained with."""
        x = self.node(f"head{number}_pool", "AvgPool", [x], ksize=[1, 5, 5, 1], strides=[1, 3, 3, 1], padding=b"VALID")
        x = self.convolution(f"head{number}_bottleneck", x, 1, channels, 128)
        x = self.reshape(f"head{number}_bottleneck/reshape", x, 2048)
        x = self.dense(f"nn{number}", "pre_relu", x, 2048, 1024)
        x = self.node(f"nn{number}", "Relu", [x])
        self.classify(number, self.reshape(f"nn{number}/reshape", x, 1024))

    def classify(self, number: int, x: str) -> None:
        x = self.dense(f"softmax{number}", "pre_activation", x, 1024, CLASSES)
        self.node(f"softmax{number}", "Softmax", [x])

    def dense(self, name: str, suffix: str, x: str, inputs: int, outputs: int) -> str:
        kernel, bias = self.weights(name, inputs, outputs)
        x = self.node(f"{name}_{suffix}/matmul", "MatMul", [x, kernel])
        return self.node(f"{name}_{suffix}", "BiasAdd", [x, bias])

    def reshape(self, name: str, x: str, size: int) -> str:
        return self.node(name, "Reshape", [x, self.constant(f"{name}/shape", np.int32([-1, size]))])


if __name__ == "__main__":
    print(write())
