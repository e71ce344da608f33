"""Networks of ``tf.keras.applications``: fixed from ``.keras`` files, free as SavedModel or frozen graph; dreamt with.

Each is built once, with random weights, and saved in its two forms: whole, and without its classes for pictures of any
size. All but one are made for small pictures instead of 224x224: VGG16's graph would have 553 MB.
"""

import numpy as np
import pytest

from dream.errors import UserError
from dream.networks.graph import Network
from dream.networks.tensorflow import tensorflow, with_constants
from dream.networks.user.checks import check_graph
from dream.networks.user.freezing import free, freeze

tf = tensorflow()

# name: side of the fixed input; its last layer before the classes; the free form's suffix ("" is a SavedModel); how many
# layers of which kind, from the papers and Keras's code
NETWORKS = {
    "MobileNetV2": (224, "out_relu", "", {"Conv2D": 35, "DepthwiseConv2dNative": 17, "AddV2": 10}),
    "ResNet50": (96, "conv5_block3_out", ".pb", {"Conv2D": 53, "AddV2": 16}),
    "VGG16": (32, "block5_pool", "", {"Conv2D": 13}),
    "InceptionV3": (96, "mixed10", ".pb", {"Conv2D": 94, "ConcatV2": 15}),
    "DenseNet121": (96, "relu", ".pb", {"Conv2D": 120, "ConcatV2": 58}),
    "EfficientNetV2B0": (96, "top_activation", ".pb", {"Conv2D": 75, "DepthwiseConv2dNative": 16, "AddV2": 15}),
}


@pytest.fixture(scope="module", params=NETWORKS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def model(name):
    side = NETWORKS[name][0]
    yield getattr(tf.keras.applications, name)(weights=None, input_shape=(side, side, 3))
    tf.keras.backend.clear_session()


def counted(network):
    kinds = [layer.operation for layer in network.all_layers]
    return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}


def network_of(content):
    graph_def, native = free(check_graph(content))
    return Network("mine", graph_def, native_size=native)


def free_form(model, last, path):
    """The model up to one of its layers, for pictures of any size, as a frozen graph's content."""
    trunk = tf.keras.Model(model.input, model.get_layer(last).output)
    taken = [tf.TensorSpec([None, None, None, 3], tf.float32)]

    def call(pictures):
        return trunk.call(pictures, training=False)  # trunk(pictures) would insist on its size

    if path.suffix == ".pb":
        return with_constants(tf.function(call).get_concrete_function(*taken)).SerializeToString()
    archive = tf.keras.export.ExportArchive()
    archive.track(trunk)
    archive.add_endpoint("serve", call, input_signature=taken)
    archive.write_out(str(path), verbose=False)
    return freeze(path)


def gradients(network, tensors, height, width):
    """The gradient of each tensor's mean by the picture, all in one graph: building it is what takes long."""

    @tf.function
    def compute(picture):
        return [tf.gradients(tf.reduce_mean(found), picture)[0] for found in network.imported(picture[None], tensors)]

    picture = np.random.default_rng(0).uniform(0, 255, (height, width, 3)).astype(np.float32)
    return [gradient.numpy() for gradient in compute(picture)]


def early_middle_late(network):
    names = [layer.name for layer in sorted(network.layers, key=lambda layer: layer.depth)]
    return names[0], names[len(names) // 2], names[-1]


def assert_dreams(network, tensors, height, width):
    found = gradients(network, tensors, height, width)
    for name, gradient in zip(tensors, found):
        assert gradient.shape == (height, width, 3), name
        assert np.isfinite(gradient).all(), name
        assert gradient.any(), name


@pytest.fixture(autouse=True)
def quick_graphs():
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    yield
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})


def test_fixed_keras_file(name, model, tmp_path):
    side, _, _, layers = NETWORKS[name]
    model.save(tmp_path / "whole.keras")
    network = network_of(freeze(tmp_path / "whole.keras"))
    assert network.native_size == (side, side)
    assert counted(network) == layers
    assert len(network.class_names) == 1000
    early, middle, late = early_middle_late(network)
    assert_dreams(network, (early, middle, network.logits), side, side)
    network.check_size((early, middle, late), 2 * side, side + 33)  # freed: layers take any size
    if name == "VGG16":  # its dense layers are made for one size
        with pytest.raises(UserError, match=f"made for pictures of {side}x{side}"):
            network.check_size((network.logits,), side + 64, side)


def test_free_saved_model_or_frozen_graph(name, model, tmp_path):
    _, last, suffix, layers = NETWORKS[name]
    network = network_of(free_form(model, last, tmp_path / f"free{suffix}"))
    assert network.native_size is None
    assert counted(network) == layers
    assert network.logits is None
    assert_dreams(network, early_middle_late(network)[2:], 80, 96)
