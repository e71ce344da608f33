"""Small graphs for tests."""

import numpy as np

from dream.networks.tensorflow import tensorflow

tf = tensorflow()


def small_graph(shape=(None, 32, 32, 3), dtype="float32", data_format="NHWC"):
    """A network with all that own networks have: convolutions, a residual add, a concat, a dense class output."""
    rng = np.random.default_rng(0)

    def kernel(*shape):
        return tf.constant(rng.normal(0, 0.3, shape), tf.float32)

    with tf.Graph().as_default() as graph:
        x = tf.compat.v1.placeholder(dtype, shape, name="pictures")
        x = tf.nn.conv2d(tf.cast(x, tf.float32), kernel(3, 3, 3, 8), 2, "SAME", name="first")
        x = tf.nn.relu(tf.nn.bias_add(x, kernel(8), name="first_bias"))
        y = tf.nn.depthwise_conv2d(x, kernel(3, 3, 8, 1), [1, 1, 1, 1], "SAME", name="deep")
        y = tf.nn.relu(y * kernel(8) + kernel(8))
        x = tf.add(x, y, name="residual")
        x = tf.concat([x, y], -1, name="joined")
        x = tf.nn.max_pool2d(x, 2, 2, "SAME")
        x = tf.reshape(tf.reduce_mean(x, [1, 2]), [-1, 16])
        tf.nn.softmax(tf.matmul(x, kernel(16, 5), name="classes"))
    return graph.as_graph_def()


def relu6_graph():
    """``joined``: two ReLU6 layers of 6 channels; the first of ``low`` is always 0, the first of ``high`` always 6."""
    rng = np.random.default_rng(0)
    with tf.Graph().as_default() as graph:
        x = tf.compat.v1.placeholder(tf.float32, [None, None, None, 3], name="input")
        parts = []
        for name, first in (("low", -1e4), ("high", 1e4)):
            kernel = tf.constant(rng.normal(0, 0.01, (3, 3, 3, 6)), tf.float32)
            bias = tf.constant([first, *rng.normal(2, 1, 5)], tf.float32)
            y = tf.nn.bias_add(tf.nn.conv2d(x, kernel, 1, "SAME"), bias, name=f"{name}_pre_relu")
            parts.append(tf.nn.relu6(y, name=name))
        tf.concat(parts, -1, name="joined")
    return graph.as_graph_def()


def bottleneck_graph():
    """An inverted bottleneck over the picture itself: ``wide`` (12), ``deep`` (12), ``narrow`` (3), ``block`` the sum."""
    rng = np.random.default_rng(0)
    with tf.Graph().as_default() as graph:
        x = tf.compat.v1.placeholder(tf.float32, [None, None, None, 3], name="input")
        kernels = [tf.constant(rng.normal(0, 0.1, shape), tf.float32) for shape in ((1, 1, 3, 12), (3, 3, 12, 1))]
        y = tf.nn.relu6(tf.nn.conv2d(x, kernels[0], 1, "SAME", name="wide"))
        y = tf.nn.relu6(tf.nn.depthwise_conv2d(y, kernels[1], [1, 1, 1, 1], "SAME", name="deep"))
        y = tf.nn.conv2d(y, tf.constant(rng.normal(0, 0.1, (1, 1, 12, 3)), tf.float32), 1, "SAME", name="narrow")
        tf.nn.relu(tf.add(y, x, name="block"))
    return graph.as_graph_def()


def node(graph_def, name):
    return next(node for node in graph_def.node if node.name == name)


def add_node(graph_def, op, name, *inputs, **types):
    """Adds a node; ``types`` are its type attributes."""
    added = graph_def.node.add(op=op, name=name, input=inputs)
    for key, dtype in types.items():
        added.attr[key].type = tf.as_dtype(dtype).as_datatype_enum
    return added


def add_function(graph_def, name, *operations):
    function = graph_def.library.function.add()
    function.signature.name = name
    for number, op in enumerate(operations):
        function.node_def.add(op=op, name=f"n{number}")
