"""The methods against independent copies of the published notebooks' functions, TensorFlow 1 style.

Both compute in the same process, so that convolutions round alike; the notebook's random shifts are replaced by ours.
"""

import numpy as np
import pytest

from dream.ascent.make import make
from dream.networks.tensorflow import tensorflow
from dream.pictures.start import pixels_sha256
from dream.recipe import Channel, Dream, Laplacian, Layer, Noise, Octaves, Photo, Recipe

LAYER, CHANNEL, SEED = "fire5_expand3x3_pre_relu", 17, 8
NOISE = Noise(width=80, height=64)


class Notebook:
    """A TensorFlow 1 session on the exported graph; ``rng`` draws the shifts that the recipe's generator would."""

    def __init__(self, path, score):
        self.tf = tensorflow()
        self.v1 = self.tf.compat.v1
        self.graph = self.tf.Graph()
        self.session = self.v1.Session(graph=self.graph)
        with self.graph.as_default():
            self.t_input = self.v1.placeholder(np.float32, name="input", shape=[None, None, None, 3])
            graph_def = self.v1.GraphDef()
            graph_def.ParseFromString(path.read_bytes())
            self.tf.import_graph_def(graph_def, {"input": self.t_input}, name="import")
            self.t_score = score(self.tf, lambda layer: self.graph.get_tensor_by_name(f"import/{layer}:0"))
            self.t_grad = self.tf.gradients(self.t_score, self.t_input)[0]
            self.t_image = self.v1.placeholder(np.float32)
            self.t_size = self.v1.placeholder(np.int32)
            self.t_resized = self.v1.image.resize_bilinear(self.t_image[None], self.t_size)[0]
            kernel = np.float32([1, 4, 6, 4, 1])
            kernel = np.outer(kernel, kernel)
            self.k5x5 = kernel[:, :, None, None] / kernel.sum() * np.eye(3, dtype=np.float32)

    def resize(self, image, size):
        return self.session.run(self.t_resized, {self.t_image: image, self.t_size: size})

    def calc_grad(self, image, shift):
        sx, sy = shift
        shifted = np.roll(np.roll(image, sx, 1), sy, 0)
        score, g = self.session.run([self.t_score, self.t_grad], {self.t_input: shifted[None]})
        return score, np.roll(np.roll(g[0], -sx, 1), -sy, 0)

    def lap_split(self, img):
        lo = self.tf.nn.conv2d(img, self.k5x5, [1, 2, 2, 1], "SAME")
        lo2 = self.tf.nn.conv2d_transpose(lo, self.k5x5 * 4, self.tf.shape(img), [1, 2, 2, 1])
        return lo, img - lo2

    def lap_normalize(self, scale_n):
        with self.graph.as_default():
            t_g = self.v1.placeholder(np.float32, [None, None, 3])
            img, levels = t_g[None], []
            for _ in range(scale_n):
                img, hi = self.lap_split(img)
                levels.append(hi)
            levels.append(img)
            levels = levels[::-1]
            levels = [b / self.tf.maximum(self.tf.sqrt(self.tf.reduce_mean(self.tf.square(b))), 1e-10) for b in levels]
            img = levels[0]
            for hi in levels[1:]:
                img = self.tf.nn.conv2d_transpose(img, self.k5x5 * 4, self.tf.shape(hi), [1, 2, 2, 1]) + hi
            out = img[0]
        return lambda g: self.session.run(out, {t_g: g})


@pytest.fixture(scope="module")
def exported(squeezenet, tmp_path_factory):
    path = tmp_path_factory.mktemp("graph") / "exported.pb"
    squeezenet.export(path)
    return path


def start_and_shifts(start):
    rng = np.random.default_rng(SEED)
    noise = (rng.uniform(size=(start.height, start.width, 3)) + 100).astype(np.float32)
    return noise, rng


def shifts(rng, jitter):
    return rng.integers(jitter, size=2) if jitter else (0, 0)


def channel_score(tf, tensor):
    return tf.reduce_mean(tensor(LAYER)[:, :, :, CHANNEL])


@pytest.mark.parametrize("jitter", [0, 16])
def test_octaves(squeezenet, exported, jitter):
    notebook = Notebook(exported, channel_score)
    image, rng = start_and_shifts(NOISE)
    for octave in range(3):
        if octave > 0:
            image = notebook.resize(image, np.int32(np.float32(image.shape[:2]) * np.float32(1.4)))
        for _ in range(4):
            _, g = notebook.calc_grad(image, shifts(rng, jitter))
            g /= g.std() + 1e-8
            image += g * 1.5
    method = Octaves(iterations=4, octaves=3, octave_scale=1.4, step=1.5, jitter=jitter)
    recipe = Recipe(start=NOISE, objective=Channel(layer=LAYER, channel=CHANNEL), method=method, seed=SEED)
    np.testing.assert_allclose(make(lambda _: squeezenet, recipe).picture, image, rtol=1e-3)


@pytest.mark.parametrize("jitter", [0, 16])
def test_laplacian(squeezenet, exported, jitter):
    notebook = Notebook(exported, channel_score)
    lap_norm = notebook.lap_normalize(3)
    image, rng = start_and_shifts(NOISE)
    for octave in range(3):
        if octave > 0:
            image = notebook.resize(image, np.int32(np.float32(image.shape[:2]) * np.float32(1.4)))
        for _ in range(4):
            _, g = notebook.calc_grad(image, shifts(rng, jitter))
            image += lap_norm(g) * 1.0
    method = Laplacian(iterations=4, octaves=3, octave_scale=1.4, laplacian_levels=3, jitter=jitter)
    recipe = Recipe(start=NOISE, objective=Channel(layer=LAYER, channel=CHANNEL), method=method, seed=SEED)
    np.testing.assert_allclose(make(lambda _: squeezenet, recipe).picture, image, rtol=1e-3)


@pytest.mark.parametrize("jitter", [0, 16])
def test_dream(squeezenet, exported, jitter):
    notebook = Notebook(exported, lambda tf, tensor: tf.reduce_mean(tf.square(tensor("fire6"))))
    photo = np.random.default_rng(5).integers(0, 256, (90, 121, 3), dtype=np.uint8)
    image, octaves = photo.astype(np.float32), []
    for _ in range(2):
        hw = image.shape[:2]
        lo = notebook.resize(image, np.int32(np.float32(hw) / np.float32(1.4)))
        octaves.append(image - notebook.resize(lo, hw))
        image = lo
    rng = np.random.default_rng(SEED)
    for octave in range(3):
        if octave > 0:
            hi = octaves[-octave]
            image = notebook.resize(image, hi.shape[:2]) + hi
        for _ in range(4):
            _, g = notebook.calc_grad(image, shifts(rng, jitter))
            image += g * (1.5 / (np.abs(g).mean() + 1e-7))
    recipe = Recipe(
        start=Photo(sha256=pixels_sha256(photo), longest_side=121),
        objective=Layer(layer="fire6"),
        method=Dream(iterations=4, octaves=3, jitter=jitter),
        seed=SEED,
    )
    picture = make(lambda _: squeezenet, recipe, {recipe.start.sha256: photo}).picture
    assert np.abs(picture - photo).mean() > 5
    np.testing.assert_allclose(picture, image, rtol=1e-3, atol=0.02)
