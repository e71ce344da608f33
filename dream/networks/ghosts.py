"""Ghost networks: a graph with a factor for each channel of its blocks."""

from typing import Any

from dream.networks.tensorflow import tensorflow

FACTORS = "ghost-factors"  # the placeholders' names begin like this


def with_factors(nodes: list[Any], blocks: list[str]) -> list[Any]:
    """The nodes of a graph with the output of each block multiplied by a placeholder ``ghost-factors/BLOCK``.

    The product gets the block's name, so all consumers of the block's output use the product.
    """
    tf = tensorflow()
    changed = []
    for node in nodes:
        if node.name not in blocks:
            changed.append(node)
            continue
        kind = tf.float32.as_datatype_enum
        original, factors, product = (tf.compat.v1.NodeDef() for _ in range(3))
        original.CopyFrom(node)
        original.name = f"{node.name}/without-factors"
        factors.name, factors.op = f"{FACTORS}/{node.name}", "Placeholder"
        factors.attr["dtype"].type = kind
        product.name, product.op = node.name, "Mul"
        product.input.extend([original.name, factors.name])
        product.attr["T"].type = kind
        changed += [original, factors, product]
    return changed
