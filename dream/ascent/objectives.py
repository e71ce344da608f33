"""From a recipe's objective to the scalar whose gradient is followed. One function an objective."""

from dream.errors import UserError
from dream.networks.graph import Network, Scalar
from dream.networks.layers import CONVOLUTIONS
from dream.networks.tensorflow import tensorflow
from dream.recipe import Channel, Class, Layer, Objective


def scalar_of(objective: Objective, network: Network) -> Scalar:
    """The scalar to maximise; raises UserError where the network has no such layer, channel or class."""
    return _BUILDERS[type(objective)](objective, network)


def default_objective(network: Network) -> Objective:
    """All channels of the layer nearest to three quarters of the depth: eyes and animals, no matter which network."""
    blocks = [layer for layer in network.layers if layer.operation not in CONVOLUTIONS] or network.layers
    wanted = max(layer.depth for layer in network.layers) * 3 / 4
    return Layer(layer=min(blocks, key=lambda layer: abs(layer.depth - wanted)).name)


def _channel(objective: Channel, network: Network) -> Scalar:
    layer = network.layer(objective.layer)
    if objective.channel >= layer.channels:
        raise UserError(
            f"{layer.name} has channels 0 to {layer.channels - 1}: channel {objective.channel} is out of range."
        )
    tf = tensorflow()
    return Scalar((layer.name,), lambda features: tf.reduce_mean(features[..., objective.channel]), objective)


def _layer(objective: Layer, network: Network) -> Scalar:
    layer = network.layer(objective.layer)
    tf = tensorflow()
    return Scalar((layer.name,), lambda features: tf.reduce_mean(tf.square(features)), objective)


def _class(objective: Class, network: Network) -> Scalar:
    index = network.class_index(objective.index)
    return Scalar((network.logits,), lambda logits: logits[0, index], ("class", index))


_BUILDERS = {Channel: _channel, Layer: _layer, Class: _class}
