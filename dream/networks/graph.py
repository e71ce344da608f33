"""A trained network: a frozen graph with its layers, its classes and gradients of anything in it by the picture.

Whatever a network is made of, it comes in by this one way: a ``GraphDef`` with its weights as constants, the name of
its input, and how pixels become that input.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from threading import Condition, RLock
from typing import Any

import numpy as np
from cachetools import LRUCache, cachedmethod

from dream.errors import UserError
from dream.files import write_atomically
from dream.networks.classes import find_class, names_of_classes
from dream.networks.ghosts import FACTORS, with_factors
from dream.networks.gradient import Scalar
from dream.networks.layers import Layer, find_layer, find_layers, find_logits
from dream.networks.preprocessing import Preprocessing
from dream.networks.statistics import Statistics
from dream.networks.subgraph import nodes_needed
from dream.networks.tensorflow import tensorflow
from dream.networks.units import Unit, UnitRange, find_unit_ranges, unit_of
from dream.private_apis import Cancellation

GRADIENTS_KEPT = 16
FEATURES_KEPT = 8
SIZES_KEPT = 256


class Network:
    """A frozen graph ready to dream with.

    Args:
        name: as recipes and the command line call it.
        graph_def: structure and weights; may be cut and imported many times, is never changed.
        input_name: its placeholder, [batch, height, width, 3].
        preprocessing: from RGB 0..255 to that placeholder.
        class_names: one a class, in the order of the class output; empty where they are not known.
        native_size: (height, width) that it was made for; None where any size is as good as another.
        class_size: (height, width) at which it learned to tell the classes of pictures, where it computes them at other
            sizes too, only worse; None where they are told as well at any size.
        statistics: what its tensors were like in training, by tensor name; empty where that is not known.
    """

    def __init__(
        self,
        name: str,
        graph_def: Any,
        input_name: str = "input",
        preprocessing: Preprocessing | None = None,
        class_names: tuple[str, ...] = (),
        native_size: tuple[int, int] | None = None,
        class_size: tuple[int, int] | None = None,
        statistics: Mapping[str, Statistics] | None = None,
    ) -> None:
        self.name = name
        self.native_size = native_size
        self.class_size = class_size
        self.statistics: Mapping[str, Statistics] = statistics or {}
        self.preprocessing = preprocessing or Preprocessing()
        self.input_name = input_name
        self._nodes = {node.name: node for node in graph_def.node if node.name != input_name}
        self._versions = graph_def.versions
        # Functions that take long to build. Whoever asks for one that is being built waits for it.
        self._gradients: LRUCache = LRUCache(GRADIENTS_KEPT)
        self._features: LRUCache = LRUCache(FEATURES_KEPT)
        self._classifiers: LRUCache = LRUCache(1)
        self._sizes: LRUCache = LRUCache(SIZES_KEPT)
        self._building = Condition(RLock())
        graph = self._whole_graph()
        self.all_layers: tuple[Layer, ...] = find_layers(graph)
        self.layers = tuple(layer for layer in self.all_layers if not layer.hidden)
        self.logits: str | None = find_logits(graph)
        classes = graph.get_tensor_by_name(f"{self.logits}:0").shape[-1] if self.logits else 0
        self.class_names = names_of_classes(name, classes, class_names)
        self.unit_ranges: dict[str, tuple[UnitRange, ...]] = find_unit_ranges(
            self._nodes, self.all_layers, self.logits, len(self.class_names)
        )

    # --- what is in it ---------------------------------------------------------------------------------------------

    def layer(self, name: str) -> Layer:
        """The layer of this name, listed or hidden; raises UserError with the nearest names where there is none."""
        return find_layer(self.name, self.all_layers, name)

    def layer_names(self, in_use: Iterable[str | None] = ()) -> list[str]:
        """The names of the listed layers, and of those hidden ones that are ``in_use``, from shallow to deep."""
        used = set(in_use)
        return [layer.name for layer in self.all_layers if not layer.hidden or layer.name in used]

    def unit(self, layer: str, channel: int) -> Unit:
        """What a layer's channel is: a channel of this layer, or the same thing elsewhere (:mod:`.units`)."""
        return unit_of(self.unit_ranges[layer], channel)

    @property
    def class_output(self) -> str:
        """The name of the class output; raises UserError where there is none."""
        if self.logits is None:
            raise UserError(f"{self.name} has no class output.")
        return self.logits

    def class_index(self, wanted: str | int) -> int:
        """The index of a class given by name (any case, one of its synonyms, or a part that no other has) or by index.

        Raises UserError where no class or more than one class is meant.
        """
        return find_class(self.name, self.class_names, wanted)

    def check_size(self, tensors: tuple[str, ...], height: int, width: int) -> bool:
        """True; raises UserError where a picture of this size leaves nothing of one of these tensors.

        Or where the graph is made for one size and cannot compute one of them at another: class outputs often.
        """
        tf = tensorflow()
        with tf.Graph().as_default():
            picture = tf.compat.v1.placeholder(tf.float32, [height, width, 3])
            try:
                shapes = [output.shape for output in self.imported(picture[None], tensors)]
            except ValueError:  # a window larger than what it slides over, or a reshape to a size that is not there
                shapes = None
        # A class output with more than one row classifies parts of the picture, each as if it were the whole.
        if shapes is not None and all(0 not in shape and shape[0] in (1, None) for shape in map(list, shapes)):
            return True
        if self.native_size and (shapes is None or self.logits in tensors):
            needed = "{1}x{0}".format(*self.native_size)
            raise UserError(
                f"{self.name} is made for pictures of {needed}, and {tensors[0]} cannot be computed at "
                f"{width}x{height}: choose {needed} without octaves, or another layer."
            )
        raise UserError(
            f"{width}x{height} is too small for {tensors[0]} of {self.name}: choose a larger size, fewer octaves "
            "or a shallower layer."
        )

    # --- what it computes ------------------------------------------------------------------------------------------

    def gradient(self, scalar: Scalar, ghosts: bool = False) -> Callable[..., tuple[float, np.ndarray]]:
        """A function from a picture to the scalar's value and its gradient by the picture.

        The function takes float32 [height, width, 3], RGB 0..255, of any size without retracing, and returns a float
        and a float32 array of the same shape. It holds only the part of the graph between input and scalar. Built once
        for a ``scalar.key``; the last few are kept.

        With ``ghosts`` it also takes factors, float32 [:meth:`ghost_channels`], one for each channel of those blocks.
        Given a ``cancellation``, it raises InterruptedError once that is cancelled.
        """
        tf, run = tensorflow(), self._gradient_function(scalar, ghosts)

        def evaluate(*values: np.ndarray, cancellation: Cancellation | None = None) -> tuple[float, np.ndarray]:
            call = run if cancellation is None else cancellation.of(run)
            try:
                score, gradient = call(*map(tf.constant, (*values, *map(np.int32, scalar.arguments))))
            except tf.errors.CancelledError:
                raise InterruptedError from None
            return float(score), gradient.numpy()

        return evaluate

    def ghost_channels(self, tensors: tuple[str, ...]) -> int:
        """How many channels have the concatenations on the way to these tensors, themselves not counted."""
        return sum(block.channels for block in self._blocks_before(tensors))

    def probabilities(self, picture: np.ndarray) -> np.ndarray:
        """Softmax of the class output for a picture [height, width, 3], RGB 0..255 -> [classes], sums to 1.

        A network with a ``native_size`` or a ``class_size`` sees the picture scaled to it.
        """
        size = self.native_size or self.class_size
        if size and picture.shape[:2] != size:
            picture = tensorflow().image.resize(picture, size, antialias=True).numpy()
        return self._classifier()(np.ascontiguousarray(picture, np.float32)).numpy()

    def features(self, layers: tuple[str, ...], pictures: np.ndarray) -> list[np.ndarray]:
        """What some layers make of pictures, [pictures, height, width, 3], RGB 0..255.

        Returns float32 [pictures, rows, columns, channels] for each layer. The functions for the last few choices of
        layers are kept.

        Raises:
            UserError: the layers cannot be computed of pictures of this size.
        """
        tf = tensorflow()
        height, width = pictures.shape[1:3]
        # Not left to TensorFlow: where nothing of the picture is left, a layer may end the whole process.
        self._check_size_once(layers, height, width)
        look = self._feature_function(layers)
        try:
            with tf.init_scope():  # out of the graph that is being built around a guide
                return [each.numpy() for each in look(tf.constant(pictures, tf.float32))]
        except tf.errors.OpError:
            raise UserError(
                f"TensorFlow cannot compute {layers[0]} of {self.name} for a picture of {width}x{height}: choose "
                "another layer or network."
            ) from None

    def graph_def(self) -> Any:
        """Structure and weights without the input, as a GraphDef."""
        graph_def = tensorflow().compat.v1.GraphDef(versions=self._versions)
        graph_def.node.extend(self._nodes.values())
        return graph_def

    def export(self, path: Path) -> None:
        """Writes the frozen graph with the preprocessing inside.

        Its placeholder ``input`` is float32 [?, ?, ?, 3], RGB 0..255; all other nodes keep their names.
        """
        write_atomically(path, self._whole_graph().as_graph_def().SerializeToString(), shared=True)

    # --- how -------------------------------------------------------------------------------------------------------

    @cachedmethod(
        lambda self: self._gradients,
        key=lambda _, scalar, ghosts: (scalar.key, ghosts),
        condition=lambda self: self._building,
    )
    def _gradient_function(self, scalar: Scalar, ghosts: bool) -> Callable[..., tuple[Any, Any]]:
        """From a picture, a ghost's factors where there are ``ghosts``, and the scalar's arguments to two tensors."""
        tf = tensorflow()
        signature = [tf.TensorSpec([None, None, 3], tf.float32)]
        if ghosts:
            signature.append(tf.TensorSpec([self.ghost_channels(scalar.tensors)], tf.float32))
        signature += [tf.TensorSpec([], tf.int32)] * len(scalar.arguments)

        @tf.function(input_signature=signature, autograph=False)
        def score_and_gradient(picture: Any, *others: Any) -> tuple[Any, Any]:
            factors, arguments = (others[0], others[1:]) if ghosts else (None, others)
            score = scalar.value(*self.imported(picture[None], scalar.tensors, factors), *arguments)
            return score, tf.gradients(score, picture)[0]

        return score_and_gradient.get_concrete_function()

    @cachedmethod(lambda self: self._sizes, condition=lambda self: self._building)
    def _check_size_once(self, layers: tuple[str, ...], height: int, width: int) -> None:
        self.check_size(layers, height, width)

    @cachedmethod(lambda self: self._features, condition=lambda self: self._building)
    def _feature_function(self, layers: tuple[str, ...]) -> Callable[..., list[Any]]:
        tf = tensorflow()

        @tf.function(input_signature=[tf.TensorSpec([None, None, None, 3], tf.float32)], autograph=False)
        def features(pictures: Any) -> list[Any]:
            return self.imported(pictures, layers)

        with tf.init_scope():
            return features.get_concrete_function()

    @cachedmethod(lambda self: self._classifiers, condition=lambda self: self._building)
    def _classifier(self) -> Callable[[np.ndarray], Any]:
        tf = tensorflow()

        @tf.function(input_signature=[tf.TensorSpec([None, None, 3], tf.float32)])
        def classify(picture: Any) -> Any:
            return tf.nn.softmax(tf.reshape(self.imported(picture[None], (self.class_output,))[0], [-1]))

        return classify.get_concrete_function()

    def imported(self, pictures: Any, tensors: tuple[str, ...], factors: Any = None) -> list[Any]:
        """Imports what these tensors need into the graph being built; ``pictures`` are [batch, height, width, 3] 0..255.

        ``factors``: of a ghost, [:meth:`ghost_channels`].
        """
        tf = tensorflow()
        cut = tf.compat.v1.GraphDef(versions=self._versions)
        nodes = nodes_needed(self._nodes, tensors)
        inputs = {f"{self.input_name}:0": self.preprocessing.apply(pictures)}
        if factors is not None:
            blocks = self._blocks_before(tensors)
            nodes = with_factors(nodes, [block.name for block in blocks])
            parts = tf.split(factors, [block.channels for block in blocks]) if blocks else []
            inputs |= {f"{FACTORS}/{block.name}:0": part for block, part in zip(blocks, parts)}
        cut.node.extend(nodes)
        return tf.graph_util.import_graph_def(
            cut, input_map=inputs, return_elements=[f"{tensor}:0" for tensor in tensors], name="network"
        )

    def _blocks_before(self, tensors: tuple[str, ...]) -> list[Layer]:
        """The concatenations that these tensors are computed from: their channels can be weighted each by itself.

        A block that adds is none: what follows it adds to it, and the factors of many would multiply.
        """
        needed = {node.name for node in nodes_needed(self._nodes, tensors)} - set(tensors)
        return [layer for layer in self.layers if layer.operation.startswith("Concat") and layer.name in needed]

    def _whole_graph(self) -> Any:
        """The whole network behind a placeholder ``input``, float32 [?, ?, ?, 3], RGB 0..255, as a TensorFlow graph."""
        tf = tensorflow()
        with tf.Graph().as_default() as graph:
            pictures = tf.compat.v1.placeholder(tf.float32, [None, None, None, 3], name="input")
            with tf.name_scope("preprocessing"):
                prepared = self.preprocessing.apply(pictures)
            tf.graph_util.import_graph_def(self.graph_def(), input_map={f"{self.input_name}:0": prepared}, name="")
        return graph
