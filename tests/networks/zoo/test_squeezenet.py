import importlib.resources
import pickle

import numpy as np
import pytest
import skimage.data

from dream.networks.zoo.catalog import squeezenet as built


def first_five(network, pixels):
    probabilities = network.probabilities(pixels.astype(np.float32))
    assert probabilities.sum() == pytest.approx(1, abs=1e-5)
    return list(probabilities.argsort()[::-1][:5])


def test_it_sees_an_espresso_and_a_cat(squeezenet):
    assert first_five(squeezenet, skimage.data.coffee())[0] == 967
    assert first_five(squeezenet, skimage.data.chelsea())[0] in range(281, 286)  # the five cats of ImageNet


def test_its_layers_follow_the_naming_rule(squeezenet):
    layers = {layer.name: layer for layer in squeezenet.layers}
    convolutions = [layer for layer in squeezenet.layers if layer.operation == "Conv2D"]
    assert len(convolutions) == 26
    assert all(layer.name.endswith("_pre_relu") for layer in convolutions)
    assert {"conv1_pre_relu", "fire7_expand3x3_pre_relu", "fire7", "conv10_pre_relu"} <= layers.keys()
    assert (layers["fire7"].channels, layers["conv10_pre_relu"].channels) == (384, 1000)
    depths = [layer.depth for layer in squeezenet.layers]
    assert depths == sorted(depths)
    assert depths[-1] == 18


def test_classes_are_found_by_name_and_number(squeezenet):
    assert [squeezenet.class_index(name) for name in ("banana", "Espresso", "zebra", "340")] == [954, 967, 340, 340]


def test_the_graph_is_cached_and_built_again_when_it_is_gone():
    first = built.load()
    path = built.graph_path()
    before = path.read_bytes()
    path.unlink()
    assert built.load().layers == first.layers
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", [b"", b"not a graph", None])
def test_a_damaged_cache_is_made_anew(damage):
    path = built.graph_path()
    whole = path.read_bytes() if path.exists() else built.load() and path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    assert len(built.load().layers) == 34
    assert path.read_bytes() == whole


class Evil:
    def __reduce__(self):
        return print, ("this must never be printed",)


def test_a_pickle_that_wants_more_than_arrays_is_refused(capsys, monkeypatch, tmp_path):
    weights = tmp_path / "example_models/weights/squeezenet_weights.pkl"
    weights.parent.mkdir(parents=True)
    weights.write_bytes(pickle.dumps(Evil()))
    monkeypatch.setattr(importlib.resources, "files", lambda package: tmp_path)
    with pytest.raises(pickle.UnpicklingError, match="builtins"):
        built.read_weights()
    assert capsys.readouterr().out == ""
