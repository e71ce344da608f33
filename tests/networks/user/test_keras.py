"""Networks of ``tf.keras.applications``: fixed from ``.keras`` files, free as SavedModel or frozen graph; dreamt with.

The weights are random. VGG16 with its classes is made for 64x64 instead of 224x224: its graph would have 553 MB.
"""

import numpy as np
import pytest
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from dream.errors import UserError
from dream.networks.graph import Network
from dream.networks.tensorflow import tensorflow
from dream.networks.user.checks import check_graph
from dream.networks.user.freezing import free, freeze

tf = tensorflow()

# name: side of the fixed input; how many layers of which kind, from the papers and Keras's code
NETWORKS = {
    "MobileNetV2": (224, {"Conv2D": 35, "DepthwiseConv2dNative": 17, "AddV2": 10}),
    "ResNet50": (224, {"Conv2D": 53, "AddV2": 16}),
    "VGG16": (64, {"Conv2D": 13}),
    "InceptionV3": (224, {"Conv2D": 94, "ConcatV2": 15}),
    "DenseNet121": (224, {"Conv2D": 120, "ConcatV2": 58}),
    "EfficientNetV2B0": (224, {"Conv2D": 75, "DepthwiseConv2dNative": 16, "AddV2": 15}),
}


def counted(network):
    kinds = [layer.operation for layer in network.layers]
    return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}


def frozen(model, path):
    """The network of a Keras model that was saved in the form that the path's name says."""
    if path.suffix == ".pb":
        call = tf.function(lambda pictures: model(pictures, training=False))
        function = call.get_concrete_function(tf.TensorSpec(model.input_shape, tf.float32))
        content = convert_variables_to_constants_v2(function).graph.as_graph_def().SerializeToString()
    elif path.suffix == ".keras":
        model.save(path)
        content = freeze(path)
    else:
        model.export(path, verbose=False)
        content = freeze(path)
    graph_def, native = free(check_graph(content))
    return Network(path.name, graph_def, native_size=native)


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
    tf.keras.backend.clear_session()


@pytest.mark.parametrize("name", NETWORKS)
def test_fixed_keras_file(name, tmp_path):
    side, layers = NETWORKS[name]
    model = getattr(tf.keras.applications, name)(weights=None, input_shape=(side, side, 3))
    network = frozen(model, tmp_path / f"{name}.keras")
    assert network.native_size == (side, side)
    assert counted(network) == layers
    assert len(network.class_names) == 1000
    early, middle, late = early_middle_late(network)
    assert_dreams(network, (early, middle, network.logits), side, side)
    network.check_size((early, middle, late), 2 * side, side + 33)  # freed: layers take any size
    if name == "VGG16":  # its dense layers are made for one size
        with pytest.raises(UserError, match=f"made for pictures of {side}x{side}"):
            network.check_size((network.logits,), side + 64, side)


@pytest.mark.parametrize(
    "form", ["MobileNetV2/", "VGG16/", "ResNet50.pb", "InceptionV3.pb", "DenseNet121.pb", "EfficientNetV2B0.pb"]
)
def test_free_saved_model_or_frozen_graph(form, tmp_path):
    path = tmp_path / form
    model = getattr(tf.keras.applications, path.stem)(weights=None, include_top=False, input_shape=(None, None, 3))
    network = frozen(model, path)
    assert network.native_size is None
    _, layers = NETWORKS[path.stem]
    assert counted(network) == layers
    assert network.logits is None
    assert_dreams(network, early_middle_late(network)[2:], 80, 96)
