"""From a recipe's objective to the scalar whose gradient is followed. One function an objective."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dream.errors import UserError
from dream.networks.batch import BatchScores
from dream.networks.gradient import Scalar, single_channel
from dream.networks.graph import Network
from dream.networks.layers import CONVOLUTIONS
from dream.networks.tensorflow import tensorflow
from dream.pictures.start import Photos, start_picture
from dream.recipe import Channel, Class, Guide, Layer, Neuron, Objective, Sum, Term, singles

EVEN_LEAST = 0.1  # of the mean: the logarithm of a place where nothing is would have nearly all of the gradient
LEAK = 0.1  # slope of a ReLU for negative inputs in batches: else channels without any response would have no gradient


def scalar_of(objective: Objective, network: Network, photos: Photos | None = None) -> Scalar:
    """The scalar to maximise.

    Args:
        objective: from the recipe.
        network: the one to look into.
        photos: pixels, uint8 [height, width, 3], by their SHA-256, of the guides that are photos. They are looked at
            when the gradient is built: to check an objective they are not needed.

    Raises:
        UserError: the network has no such layer, channel or class; when it is built, a guide's photo is missing.
    """
    return _BUILDERS[type(objective)](objective, network, photos or {})


def default_objective(network: Network) -> Layer:
    """All channels of the block nearest to three quarters of the network's depth."""
    blocks = [layer for layer in network.layers if layer.operation not in CONVOLUTIONS] or network.layers
    wanted = max(layer.depth for layer in network.layers) * 3 / 4
    return Layer(layer=min(blocks, key=lambda layer: abs(layer.depth - wanted)).name)


def class_objective(networks: Sequence[Network], wanted: str | int) -> Objective:
    """The logit of a class, asked of one network or of several at once.

    Args:
        networks: the first one knows the class by ``wanted``; the others know it by its name.
        wanted: a name or an index, as of :meth:`Network.class_index`.

    Raises:
        UserError: one of them has no such class.
    """
    first = networks[0]
    index = first.class_index(wanted)
    if len(networks) == 1:
        return Class(index=index, name=first.class_names[index])
    terms = []
    for network in networks:
        own = class_elsewhere(first, index, network)
        terms.append(Term(objective=Class(index=own, name=network.class_names[own], network=network.name)))
    return Sum(terms=tuple(terms))


def class_elsewhere(network: Network, index: int, other: Network) -> int:
    """The index that one network's class has in another: the same where their names are, else found by its name.

    Raises:
        UserError: the other network has no class of this name.
    """
    if other.class_names == network.class_names:
        return index
    return other.class_index(network.class_names[index].split(",")[0])


def unit_scores(network: Network, tensor: str, logsumexp_weight: float) -> BatchScores:
    """The objectives channel and class for a batch of pictures, each with its own unit.

    Args:
        network: the one to look into.
        tensor: a layer of it, whose channels' means are followed, or its class output.
        logsumexp_weight: of a class (:class:`dream.recipe.Class`).
    """
    tf = tensorflow()

    def classes(logits: Any, indices: Any) -> Any:
        return _class_scores(tf.reshape(logits, [tf.shape(indices)[0], -1]), indices, logsumexp_weight)

    def channels(features: Any, indices: Any) -> Any:
        return tf.gather(tf.reduce_mean(_leaking(features), [1, 2]), indices, axis=1, batch_dims=1)

    return BatchScores((tensor,), classes if tensor == network.logits else channels)


def is_local(objective: Objective) -> bool:
    """Whether it depends on one place of the picture, and so cannot be used with tiles, shifts or views."""
    return any(isinstance(one, Neuron) for one in singles(objective))


def _channel(objective: Channel, network: Network, photos: Photos) -> Scalar:
    layer = _layer_with_channel(objective, network)
    return Scalar((layer,), lambda features: _mean_response(single_channel(features, objective.channel)), objective)


def _layer(objective: Layer, network: Network, photos: Photos) -> Scalar:
    layer = network.layer(objective.layer)
    tf = tensorflow()

    def value(features: Any) -> Any:
        if not objective.even:
            return tf.reduce_mean(tf.square(features))
        places = tf.reduce_mean(tf.square(features), axis=-1)
        least = EVEN_LEAST * tf.stop_gradient(tf.reduce_mean(places))
        return tf.reduce_mean(tf.math.log(places + least + 1e-12))

    return Scalar((layer.name,), value, objective)


def _class(objective: Class, network: Network, photos: Photos) -> Scalar:
    index = network.class_index(objective.index)
    weight = objective.logsumexp_weight
    if not weight:
        return Scalar((network.class_output,), lambda logits: single_channel(logits, index)[0, 0], ("class", index))

    def value(logits: Any, wanted: Any) -> Any:
        return _class_scores(logits, wanted[None], weight)[0]

    return Scalar((network.class_output,), value, ("class", "logsumexp", weight), (index,))


def _class_scores(logits: Any, indices: Any, logsumexp_weight: float) -> Any:
    """[pictures, classes] and a class for each picture -> [pictures]; see :class:`dream.recipe.Class`."""
    tf = tensorflow()
    return tf.gather(logits, indices, axis=1, batch_dims=1) - logsumexp_weight * tf.reduce_logsumexp(logits, axis=1)


def _neuron(objective: Neuron, network: Network, photos: Photos) -> Scalar:
    tf = tensorflow()

    def value(features: Any) -> Any:
        response = single_channel(features, objective.channel)[0, :, :, 0]
        size = tf.shape(response)
        row, column = (
            tf.minimum(tf.cast(share * tf.cast(count, tf.float32), tf.int32), count - 1)
            for share, count in ((objective.y, size[0]), (objective.x, size[1]))
        )
        return response[row, column]

    return Scalar((_layer_with_channel(objective, network),), value, objective)


def _guide(objective: Guide, network: Network, photos: Photos) -> Scalar:
    """As in Google's notebook: the gradient at each place is the guide's feature with the largest dot product."""
    tf = tensorflow()
    layer = network.layer(objective.layer)

    def value(features: Any) -> Any:
        start = objective.picture
        guide = start_picture(start, np.random.default_rng(0), photos)
        guide = network.features((layer.name,), guide[None])[0].reshape(-1, layer.channels)
        guide = tf.constant(guide)

        def nearest(row: Any) -> Any:
            return tf.argmax(tf.matmul(row, guide, transpose_b=True), axis=1)

        # Row by row: all places by all places of the guide would take gigabytes in a shallow layer.
        found = tf.map_fn(nearest, tf.stop_gradient(features[0]), parallel_iterations=2, fn_output_signature=tf.int64)
        return tf.reduce_mean(features[0] * tf.gather(guide, found))

    return Scalar((layer.name,), value, objective)


def _sum(objective: Sum, network: Network, photos: Photos) -> Scalar:
    scalars = [scalar_of(term.objective, network, photos) for term in objective.terms]
    tensors = tuple(dict.fromkeys(name for scalar in scalars for name in scalar.tensors))

    def value(*found: Any) -> Any:
        by_name = dict(zip(tensors, found))
        constants = [map(tensorflow().constant, scalar.arguments) for scalar in scalars]
        values = [
            scalar.value(*(by_name[name] for name in scalar.tensors), *own) for scalar, own in zip(scalars, constants)
        ]
        return tensorflow().add_n([term.weight * value for term, value in zip(objective.terms, values)])

    return Scalar(tensors, value, objective)


def _mean_response(response: Any) -> Any:
    """The mean of a channel; if it is zero after a ReLU, with the gradient of the ReLU's input instead.

    Otherwise a channel that does not respond to the start at all would have no gradient.
    """
    tf = tensorflow()
    mean = tf.reduce_mean(response)
    if response.op.type not in ("Relu", "Relu6"):
        return mean
    followed = tf.where(mean > 0, mean, tf.reduce_mean(response.op.inputs[0]))
    return followed + tf.stop_gradient(mean - followed)


def _leaking(tensor: Any) -> Any:
    """A layer with its ReLUs replaced by leaky ones: the counterpart of :func:`_mean_response` for batches."""
    tf = tensorflow()
    match tensor.op.type:
        case "Relu":
            return tf.nn.leaky_relu(tensor.op.inputs[0], LEAK)
        case "Relu6":
            return tf.minimum(tf.nn.leaky_relu(tensor.op.inputs[0], LEAK), 6)
        case "ConcatV2" if tf.get_static_value(tensor.op.inputs[-1]) in (-1, tensor.shape.rank - 1):
            return tf.concat([_leaking(each) for each in tensor.op.inputs[:-1]], -1)
    return tensor


def _layer_with_channel(objective: Channel | Neuron, network: Network) -> str:
    layer = network.layer(objective.layer)
    if objective.channel >= layer.channels:
        raise UserError(
            f"{layer.name} has channels 0 to {layer.channels - 1}: channel {objective.channel} is out of range."
        )
    return layer.name


_BUILDERS: dict[type, Callable[[Any, Network, Photos], Scalar]] = {
    Channel: _channel,
    Layer: _layer,
    Class: _class,
    Neuron: _neuron,
    Guide: _guide,
    Sum: _sum,
}
