"""What the commands of ``python -m dream`` do, thin over the same names that the pages use."""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

from dream.ascent.objectives import default_objective
from dream.ascent.render import Frame, check, make_dream
from dream.errors import UserError
from dream.files import write_whole
from dream.networks import own
from dream.networks.graph import Network
from dream.networks.zoo import DEFAULT, fetch, load_network, named, networks
from dream.pictures.decode import decode
from dream.pictures.png import encode_png, recipe_in
from dream.pictures.shown import shown
from dream.pictures.start import pixels_sha256
from dream.recipe import Channel, Class, Dream, Layer, Naive, Noise, Objective, Photo, Recipe, parse_recipe, validated
from dream.studio.gallery import Gallery


def list_networks(options: argparse.Namespace) -> None:
    """A line a network."""
    for entry in networks().values():
        print(f"{entry.name:14} {'ready' if entry.ready() else 'not fetched':12} {entry.about}; {entry.source}")


def fetch_network(options: argparse.Namespace) -> None:
    """Brings a network here, with a progress bar."""
    fetch(options.network, _LateBar(unit="B", unit_scale=True).show)
    print(f"{options.network} is ready.", file=sys.stderr)


def list_layers(options: argparse.Namespace) -> None:
    """A line a layer, as the book lists them, or all of them as JSON."""
    layers = _network(options).layers
    if options.json:
        print(json.dumps([vars(layer) for layer in layers], indent=1))
        return
    for layer in layers:
        print(f"{layer.name} (?, ?, ?, {layer.channels})")


def render(options: argparse.Namespace) -> None:
    """Renders a recipe; prints the score of every step as the book does."""
    photo = decode(_read(options.photo)) if options.photo else None
    if options.recipe:
        recipe = _recipe_from_file(options, photo)
        network = load_network(recipe.network)
    else:
        network = _network(options)
        recipe = _recipe_from_options(options, network, photo)
    if isinstance(recipe.start, Photo) and photo is None:
        photo = Gallery().photo(recipe.start.sha256)
    check(network, recipe)
    out = Path(options.out) if options.out else _fresh_name()
    if not out.parent.is_dir():
        raise UserError(f"There is no folder {out.parent}: make it first or choose another place.")

    dream = make_dream(network, recipe, photo, _Watcher(recipe.steps).watch)
    write_whole(out, encode_png(shown(dream.picture, dream.recipe.stretched), dream.recipe))
    print(f"{recipe.title()} -> {out}", file=sys.stderr)


def show_recipe(options: argparse.Namespace) -> None:
    """The recipe inside a PNG, as JSON."""
    print(recipe_in(_read(options.png)).to_json())


def export(options: argparse.Namespace) -> None:
    """Writes a network as a frozen graph with its preprocessing inside."""
    _network(options).export(Path(options.file))


def rebuild_gallery(options: argparse.Namespace) -> None:
    """Makes the gallery's index anew."""
    print(f"{Gallery().rebuild()} dreams in the index.")


class _LateBar:
    """A progress bar on standard error that appears with the first progress, when nothing can be refused any more."""

    def __init__(self, **options: object) -> None:
        self._options = options
        self._bar: tqdm | None = None

    def show(self, done: int, total: int) -> None:
        if self._bar is None:
            self._bar = tqdm(total=total or None, file=sys.stderr, **self._options)
        self._bar.update(done - self._bar.n)
        if done == total:
            self._bar.close()


class _Watcher:
    """Prints every step's score, above a progress bar."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._bar = _LateBar(unit="step")

    def watch(self, frame: Frame) -> None:
        if frame.score is not None:
            tqdm.write(f"score(mean)={frame.score:f}", file=sys.stdout)
        self._bar.show(frame.step, self._steps)


# --- from words to values ------------------------------------------------------------------------------------------


def _network(options: argparse.Namespace) -> Network:
    """The network that is named, or whose path is given together with what its graph cannot know."""
    said = {name: getattr(options, name) for name in ("preset", "channel_order", "mean", "scale", "labels")}
    said = {name: value for name, value in said.items() if value is not None}
    if "labels" in said:
        said["labels"] = _read(said["labels"])
    return load_network(named(options.network, own.declare(**said) if said else None))


def _recipe_from_options(options: argparse.Namespace, network: Network, photo: np.ndarray | None) -> Recipe:
    if photo is None:
        width, height = options.size or (224, 224)
        start = validated(Noise, width=width, height=height)
    else:
        longest = {"longest_side": _fitting(photo.shape[1], photo.shape[0], *options.size)} if options.size else {}
        start = validated(Photo, sha256=pixels_sha256(photo), **longest)
    kinds = {"naive": Naive, "dream": Dream}
    kind = kinds[options.method or ("naive" if photo is None else "dream")]
    given = {name: getattr(options, name) for name in ("iterations", "step", "octaves", "octave_scale")}
    given = {name: value for name, value in given.items() if value is not None}
    for name in given:
        if name not in kind.model_fields:
            raise UserError(f"The {kind.model_fields['kind'].default} method has no {name.replace('_', ' ')}.")
    return validated(
        Recipe,
        network=network.name,
        start=start,
        objective=_objective(options, network),
        method=validated(kind, **given),
        seed=options.seed,
    )


def _objective(options: argparse.Namespace, network: Network) -> Objective:
    if options.class_ is not None:
        if options.layer or options.channel is not None:
            raise UserError("Give either --class or --layer, not both.")
        index = network.class_index(options.class_)
        return Class(index=index, name=network.class_names[index])
    if options.channel is not None:
        if not options.layer:
            raise UserError("--channel needs --layer: a channel belongs to a layer.")
        return validated(Channel, layer=options.layer, channel=options.channel)
    return validated(Layer, layer=options.layer) if options.layer else default_objective(network)


def _recipe_from_file(options: argparse.Namespace, photo: np.ndarray | None) -> Recipe:
    decided = (
        "layer",
        "channel",
        "class_",
        "method",
        "iterations",
        "step",
        "octaves",
        "octave_scale",
        "size",
        "preset",
    )
    if any(getattr(options, name) is not None for name in decided) or options.seed or options.network != DEFAULT:
        raise UserError("--recipe says everything already: leave the other settings away, or edit the file.")
    recipe = parse_recipe(_read(options.recipe))
    if photo is not None and not isinstance(recipe.start, Photo):
        raise UserError(
            f"This recipe starts from {recipe.start.title()}, not from a photo: leave {options.photo} away."
        )
    return recipe


def _fitting(width: int, height: int, box_width: int, box_height: int) -> int:
    """The longest side of a picture that is made to fit into a box, its shape kept."""
    factor = min(box_width / width, box_height / height)
    return round(max(width, height) * factor)


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror}.") from None


def _fresh_name() -> Path:
    names = ("dream.png", *(f"dream-{number}.png" for number in range(2, 100_000)))
    return next(path for name in names if not (path := Path(name)).exists())
