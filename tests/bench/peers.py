"""What others use, on the same graph: the book's Session loop and the TensorFlow tutorial's tiled gradient."""

from collections.abc import Callable

import numpy as np

from dream.networks.graph import Network
from dream.networks.tensorflow import tensorflow

Gradient = Callable[[np.ndarray], np.ndarray]


def book(network: Network, layer: str, channel: int) -> Gradient:
    """TensorFlow 1: placeholder, ``tf.gradients`` of the channel's mean, ``session.run``."""
    tf = tensorflow()
    graph = tf.Graph()
    with graph.as_default():
        t_input = tf.compat.v1.placeholder(tf.float32, [None, None, None, 3])
        t_layer = imported(network, t_input, layer)
        t_score = tf.reduce_mean(t_layer[:, :, :, channel])
        t_grad = tf.gradients(t_score, t_input)[0]
    session = tf.compat.v1.Session(graph=graph)
    return lambda picture: session.run([t_grad, t_score], {t_input: picture[None]})[0][0]


def tutorial(network: Network, layer: str, channel: int, tile: int = 512) -> Gradient:
    """The DeepDream tutorial's ``TiledGradients``: rolled, tile after tile in one tf.function."""
    tf = tensorflow()
    pictures = tf.TensorSpec([1, None, None, 3], tf.float32)
    model = tf.compat.v1.wrap_function(lambda batch: imported(network, batch, layer), [pictures])

    @tf.function(input_signature=[tf.TensorSpec([None, None, 3], tf.float32)])
    def gradients(picture):
        shift = tf.random.uniform([2], -tile, tile, tf.int32)
        rolled = tf.roll(picture, shift, [0, 1])
        g = tf.zeros_like(rolled)
        xs = tf.range(0, tf.shape(rolled)[1], tile)
        ys = tf.range(0, tf.shape(rolled)[0], tile)
        for x in xs:
            for y in ys:
                with tf.GradientTape() as tape:
                    tape.watch(rolled)
                    part = rolled[y : y + tile, x : x + tile]
                    score = tf.reduce_mean(model(part[None])[..., channel])
                g += tape.gradient(score, rolled)
        return tf.roll(g, -shift, [0, 1])

    return lambda picture: gradients(tf.constant(picture)).numpy()


def imported(network: Network, pictures, layer: str):
    """A layer of the exported graph, whose input is RGB 0..255, in the graph that is being built."""
    tf = tensorflow()
    graph_def = network._whole_graph().as_graph_def()
    return tf.graph_util.import_graph_def(graph_def, {"input": pictures}, [f"{layer}:0"], name="peer")[0]
