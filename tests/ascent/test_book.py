"""The naive method against an independent copy of the book's loop, TensorFlow 1 style, on the exported graph.

Twenty steps out of nearly flat noise are chaotic: a start changed by 1e-7 ends with scores 5 to 30 % apart, because
max pooling's ties fall otherwise. So the two can only agree while they round alike at every step, and they do.
"""

import numpy as np
import pytest

from dream.ascent.make import make
from dream.networks.tensorflow import tensorflow
from dream.recipe import Channel, Naive, Noise, Recipe

LAYER, CHANNEL = "fire7_expand3x3_pre_relu", 42


def the_books_loop(path, noise, iterations, step):
    tf = tensorflow()
    graph = tf.Graph()
    with graph.as_default(), tf.compat.v1.Session(graph=graph) as session:
        t_input = tf.compat.v1.placeholder(np.float32, [None, None, None, 3], name="input")
        graph_def = tf.compat.v1.GraphDef()
        graph_def.ParseFromString(path.read_bytes())
        tf.import_graph_def(graph_def, {"input": t_input}, name="import")
        t_score = tf.reduce_mean(graph.get_tensor_by_name(f"import/{LAYER}:0")[:, :, :, CHANNEL])
        t_gradient = tf.gradients(t_score, t_input)[0]
        image = noise.copy()
        scores = []
        for _ in range(iterations):
            g, score = session.run([t_gradient, t_score], {t_input: image[None]})
            g = g[0]
            g /= g.std() + 1e-8
            image += g * step
            scores.append(score)
    return scores, image


@pytest.mark.parametrize("step", [1.0, 2.5])
def test_scores_and_picture_are_the_books(squeezenet, tmp_path, step):
    squeezenet.export(tmp_path / "exported.pb")
    noise = np.random.default_rng(11).uniform(size=(224, 224, 3)) + 100
    scores, image = the_books_loop(tmp_path / "exported.pb", noise.astype(np.float32), 20, step)

    recipe = Recipe(
        start=Noise(), objective=Channel(layer=LAYER, channel=CHANNEL), method=Naive(iterations=20, step=step), seed=11
    )
    dream = make(lambda _: squeezenet, recipe)

    assert len(dream.scores) == 20
    assert dream.scores[-1] > dream.scores[0] + 10
    np.testing.assert_allclose(dream.scores, scores, rtol=1e-3)
    np.testing.assert_allclose(dream.picture, image, rtol=1e-3)
