"""The names of a network's classes, and finding a class by what a person calls it."""

import difflib

from dream.errors import UserError

DIGITS = 9  # of a class's index at most


def names_of_classes(network: str, classes: int, given: tuple[str, ...]) -> tuple[str, ...]:
    """The given names, or numbers where none are given; raises UserError where they are not as many as the classes."""
    if given and classes and len(given) != classes:
        raise UserError(f"{network} has {classes} classes, but {len(given)} class names were given.")
    return given if given and classes else tuple(str(index) for index in range(classes))


def find_class(network: str, class_names: tuple[str, ...], wanted: str | int) -> int:
    """The index of a class given by name (any case, one of its synonyms, or a part that no other has) or by index.

    Raises UserError, which calls the network by its name, where no class or more than one class is meant.
    """
    if not class_names:
        raise UserError(f"{network} has no class output: choose a layer instead.")
    text = str(wanted).strip().casefold()
    if text.isdecimal():
        if len(text) <= DIGITS and int(text) < len(class_names):
            return int(text)
        raise UserError(f"{network} has classes 0 to {len(class_names) - 1}: {text[:20]} is out of range.")
    names = [name.casefold() for name in class_names]
    found = [i for i, name in enumerate(names) if text in (name, *name.split(", "))]
    found = found or [i for i, name in enumerate(names) if text in name]
    if len(found) == 1:
        return found[0]
    if found:
        some = ", ".join(f"{class_names[i]} ({i})" for i in found[:6])
        raise UserError(f"“{wanted}” means more than one class of {network}: {some}. Give the number.")
    near = difflib.get_close_matches(text, names, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else "search it on the Layers page or give its number."
    raise UserError(f"{network} has no class named {wanted}: {hint}")
