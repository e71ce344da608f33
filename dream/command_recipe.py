"""From the words of the command line to networks and recipes."""

import argparse
from pathlib import Path

import numpy as np

from dream.ascent.methods.enlarge import enlargement
from dream.ascent.objectives import class_objective, default_objective, is_local
from dream.errors import UserError
from dream.networks.graph import Network
from dream.networks.user import library
from dream.networks.zoo.catalog import DEFAULT, load_network, networks, resolve_network
from dream.pictures.photo_files import longest_side_in
from dream.pictures.start import pixels_sha256
from dream.recipe import (
    METHODS,
    Channel,
    Enlarge,
    Guide,
    Layer,
    Noise,
    Objective,
    Photo,
    Plan,
    Recipe,
    Start,
    Sum,
    Term,
    parse_objective,
    parse_plan,
    validated,
)
from dream.recipe.defaults import OVER_PHOTO, TOGETHER, default_method
from dream.recipe.looks import find_look

# What may be said of a network of one's own, and what a look and a recipe say already.
DECLARED = ("preset", "channel_order", "mean", "scale", "labels")
RESPONDS = ("layer", "channel", "class_", "objective")
DECIDED_BY_LOOK = (*RESPONDS, "method", "iterations", "step", "octaves", "octave_scale")
DECIDED = (*DECIDED_BY_LOOK, "look", "size")


def named_network(options: argparse.Namespace) -> Network:
    """The network that is named, or whose path is given together with what its graph cannot know."""
    return _named(options, options.network)


def _named(options: argparse.Namespace, network: str) -> Network:
    said = {name: getattr(options, name) for name in DECLARED}
    said = {name: value for name, value in said.items() if value is not None}
    if "labels" in said:
        said["labels"] = read_file(said["labels"])
    return load_network(resolve_network(network, library.declare(**said) if said else None))


def named_networks(options: argparse.Namespace) -> list[Network]:
    """The networks that are named, with commas between them; a path may have commas itself.

    Where none is named it is the default one; of a class out of noise those that draw it best.
    """
    if options.network is None:
        best = options.class_ is not None and options.photo is None and options.method in (None, "fourier")
        return [load_network(name) for name in (TOGETHER if best else (DEFAULT,))]
    names = [options.network] if Path(options.network).exists() else options.network.split(",")
    return [_named(options, name.strip()) for name in names]


def recipe_from_options(
    options: argparse.Namespace, asked: list[Network], photo: np.ndarray | None, guide: np.ndarray | None
) -> Recipe:
    """The recipe that the options describe.

    Args:
        options: of ``render``.
        asked: the networks that it looks into, at least one.
        photo, guide: uint8 [height, width, 3], where they were given.

    Raises:
        UserError: options that do not go together, or that one of the networks cannot follow.
    """
    start: Start
    if photo is None:
        width, height = options.size or (224, 224)
        start = validated(Noise, width=width, height=height)
    else:
        longest = {"longest_side": longest_side_in(photo, options.size)} if options.size else {}
        start = validated(Photo, sha256=pixels_sha256(photo), **longest)
    if options.look is not None:
        return _recipe_of_look(options, start)
    objective = _objective(options, asked, guide)
    usual = type(default_method(from_noise=photo is None, local=is_local(objective)))
    kind = METHODS[options.method] if options.method else usual
    given = {name: getattr(options, name) for name in ("iterations", "step", "octaves", "octave_scale")}
    given = {name: value for name, value in given.items() if value is not None}
    for name in given:
        if name not in kind.model_fields:
            raise UserError(f"The {kind.model_fields['kind'].default} method has no {name.replace('_', ' ')}.")
    return validated(
        Recipe,
        network=asked[0].name,
        start=start,
        objective=objective,
        method=validated(kind, **given),
        seed=options.seed,
    )


def _recipe_of_look(options: argparse.Namespace, start: Start) -> Recipe:
    if isinstance(start, Noise):
        raise UserError("A look is a way to dream a photo: name the photo too.")
    decided = (*DECIDED_BY_LOOK, "guide", *DECLARED)
    if any(getattr(options, name) is not None for name in decided) or options.network is not None:
        raise UserError("--look says what grows, and how: leave all other settings but --size and --seed away.")
    return find_look(options.look).recipe(start, options.seed)


def enlargement_from_options(
    options: argparse.Namespace, asked: list[Network], picture: np.ndarray, plan: Plan | None
) -> Recipe:
    """The recipe that enlarges a picture: by what grew in it, by what the options say, or by the default over photos.

    Args:
        options: of ``enlarge``.
        asked: the networks of the options, at least one.
        picture: uint8 [height, width, 3].
        plan: the recipe inside the picture, where there is one.

    Raises:
        UserError: options that do not go together, or a recipe whose picture cannot be enlarged.
    """
    said = any(getattr(options, name) is not None for name in ("network", *DECLARED, *RESPONDS))
    if plan is None or said:
        start = Photo(sha256=pixels_sha256(picture))
        objective = _objective(options, asked, guide=None)
        plan = validated(Recipe, network=asked[0].name, start=start, objective=objective, method=Enlarge())
    return enlargement(plan, picture.shape[:2], pixels_sha256(picture), options.times)


def _objective(options: argparse.Namespace, asked: list[Network], guide: np.ndarray | None) -> Objective:
    ways = {"--class": options.class_, "--layer": options.layer, "--objective": options.objective}
    given = [way for way, value in ways.items() if value is not None]
    if len(given) > 1:
        raise UserError(f"Give either {given[0]} or {given[1]}, not both.")
    if options.objective is not None:
        return parse_objective(options.objective)
    if options.class_ is not None:
        return class_objective(asked, options.class_)
    layers = options.layer or []
    if options.channel is not None:
        if len(layers) != 1:
            raise UserError("--channel needs one --layer: a channel belongs to a layer.")
        layers = [f"{layers[0]}:{options.channel}"]
    if guide is not None:
        if len(layers) > 1 or any(mark in layer for layer in layers for mark in ":*"):
            raise UserError("--guide goes with one whole --layer.")
        layer = layers[0] if layers else default_objective(asked[0]).layer
        return Guide(layer=layer, picture=Photo(sha256=pixels_sha256(guide)))
    terms = [_term(layer) for layer in layers]
    if len(terms) == 1 and terms[0].weight == 1:
        return terms[0].objective
    if terms:
        return validated(Sum, terms=tuple(terms))
    over_photo = (
        options.photo is not None and options.network in (None, DEFAULT) and options.method in (None, "spectral")
    )
    if over_photo:
        return OVER_PHOTO
    if len(asked) == 1:
        return default_objective(asked[0])
    defaults = [default_objective(network).model_copy(update={"network": network.name}) for network in asked]
    return Sum(terms=tuple(Term(objective=objective) for objective in defaults))


def _term(text: str) -> Term:
    """``L``, ``L:C``, ``L*W`` or ``L:C*W``, a network and ``/`` before it: a layer or channel, and how much it counts."""
    place, _, weight = text.partition("*")
    name, _, channel = place.partition(":")
    network, layer = _network_and_layer(name)
    try:
        factor = float(weight or 1)
        number = int(channel) if channel else None
    except ValueError:
        raise UserError(f"{text} is no layer with channel and weight: write LAYER:CHANNEL*WEIGHT.") from None
    given = {"layer": layer, "network": network}
    objective = validated(Layer, **given) if number is None else validated(Channel, **given, channel=number)
    return validated(Term, objective=objective, weight=factor)


def _network_and_layer(name: str) -> tuple[str | None, str]:
    """``NETWORK/LAYER`` where that is a network's name; layers of some networks have slashes themselves."""
    network, slash, layer = name.partition("/")
    return (network, layer) if slash and network in networks() else (None, name)


def plan_from_file(options: argparse.Namespace) -> Plan:
    """The recipe or comparison of ``--recipe``; raises UserError where other options contradict it."""
    if (
        any(getattr(options, name) is not None for name in DECIDED + DECLARED)
        or options.seed
        or options.network is not None
    ):
        raise UserError("--recipe says everything already: leave the other settings away, or edit the file.")
    plan = parse_plan(read_file(options.recipe))
    if options.photo is not None and not isinstance(plan.base.start, Photo):
        raise UserError(
            f"This recipe starts from {plan.base.start.title()}, not from a photo: leave {options.photo} away."
        )
    return plan


def read_file(path: str) -> bytes:
    """A file's content; raises UserError where it cannot be read."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror}.") from None
