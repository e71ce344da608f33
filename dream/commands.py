"""What the commands of ``python -m dream`` do, thin over the same names that the pages use."""

import argparse
import json
import sys
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from dream.ascent.make import check_plan, make
from dream.ascent.objectives import default_objective
from dream.ascent.render import Frame
from dream.atlas.atlas import Atlas
from dream.errors import UserError
from dream.files import write_atomically
from dream.gallery.gallery import Gallery
from dream.networks.graph import Network
from dream.networks.user import library
from dream.networks.zoo.catalog import DEFAULT, fetch, load_network, networks, resolve_network
from dream.pictures.display import preview, to_uint8
from dream.pictures.film import FORMATS, FilmRecorder, encode_film
from dream.pictures.photo_files import load_photo, load_photos, longest_side_in
from dream.pictures.png import encode_png, recipe_in
from dream.pictures.start import check_shortest_side, pixels_sha256
from dream.recipe import (
    METHODS,
    Channel,
    Class,
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
from dream.recipe.limits import check_limits
from dream.settings import settings

# What may be said of a network of one's own, and what a recipe says already.
DECLARED = ("preset", "channel_order", "mean", "scale", "labels")
DECIDED = ("layer", "channel", "class_", "objective", "method", "iterations", "step", "octaves", "octave_scale", "size")
FILM_SIDE, FILM_QUALITY = 1280, 85


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
    Image.MAX_IMAGE_PIXELS = None  # Pillow's own guard; decode() is told what may be taken
    photo_file, guide_file = (_read(path) if path else None for path in (options.photo, options.guide))
    plan: Plan
    if options.recipe:
        plan = _plan_from_file(options)
        photos = load_photos(plan, [file for file in (photo_file, guide_file) if file is not None])
        network = load_network(plan.base.network)
    else:
        photo = None if photo_file is None else load_photo(photo_file, options.size)
        guide = None if guide_file is None else load_photo(guide_file)
        photos = {pixels_sha256(pixels): pixels for pixels in (photo, guide) if pixels is not None}
        network = _network(options)
        plan = _recipe_from_options(options, network, photo, guide)
    if missing := plan.photos - photos.keys():
        photos |= {sha256: kept for sha256 in missing if (kept := Gallery().photo(sha256)) is not None}

    @cache
    def load(name: str) -> Network:
        return network if name == network.name else load_network(name)

    check_limits(plan.recipes, settings().largest_side)
    check_shortest_side(plan.base.pictures, photos)
    check_plan(load, plan)
    out = Path(options.out) if options.out else _fresh_name()
    for path in (out, Path(options.film or out)):
        if not path.parent.is_dir():
            raise UserError(f"There is no folder {path.parent}: make it first or choose another place.")
    kind = Path(options.film or "film.mp4").suffix.removeprefix(".")
    if kind not in FORMATS:
        raise UserError(f"A film's name ends in .{', .'.join(FORMATS)}, not as {options.film} does.")

    watcher = _Watcher(plan, film=options.film is not None)
    dream = make(load, plan, photos, watcher.watch)
    assert dream is not None  # nobody stops it
    write_atomically(out, encode_png(to_uint8(dream.picture, plan.stretched), dream.plan))
    if options.film:
        write_atomically(Path(options.film), encode_film(watcher.recorder.frames, kind))
    print(f"{plan.title()} -> {out}", file=sys.stderr)


def show_recipe(options: argparse.Namespace) -> None:
    """The recipe inside a PNG, as JSON."""
    print(recipe_in(_read(options.png)).to_json())


def export(options: argparse.Namespace) -> None:
    """Writes a network as a frozen graph with its preprocessing inside."""
    _network(options).export(Path(options.file))


def make_atlas(options: argparse.Namespace) -> None:
    """Makes what is missing of a network's atlas, with a progress bar in pictures."""
    network = _network(options)
    atlas = Atlas(network)
    if options.layer is not None:
        network.layer(options.layer)
    bar, total = _LateBar(unit="sheet"), len(atlas.missing(options.layer))
    for done, _ in enumerate(atlas.make(lambda: atlas.missing(options.layer)), 1):
        bar.show(done, total)
    atlas.find_neighbours()
    missing = len(atlas.missing(options.layer))
    note = f"; {missing} sheets cannot be computed at any size" if missing else ""
    print(f"{options.network}: {len(atlas.sheets(options.layer)) - missing} sheets are ready{note}.", file=sys.stderr)


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
    """Prints every step's score, above a progress bar; keeps the frames of a film where one is wanted."""

    def __init__(self, plan: Plan, film: bool) -> None:
        self.recorder = FilmRecorder(every=plan.film_every)
        self._stretched, self._steps, self._film = plan.stretched, plan.steps, film
        self._bar = _LateBar(unit="step")

    def watch(self, frame: Frame) -> None:
        if frame.score is not None:
            tqdm.write(f"score(mean)={frame.score:f}", file=sys.stdout)
        if self._film and (self.recorder.wants(frame.step) or frame.step == self._steps):
            self.recorder.add(preview(to_uint8(frame.picture, self._stretched), FILM_SIDE, FILM_QUALITY))
        self._bar.show(frame.step, self._steps)


# --- from words to values ------------------------------------------------------------------------------------------


def _network(options: argparse.Namespace) -> Network:
    """The network that is named, or whose path is given together with what its graph cannot know."""
    said = {name: getattr(options, name) for name in DECLARED}
    said = {name: value for name, value in said.items() if value is not None}
    if "labels" in said:
        said["labels"] = _read(said["labels"])
    return load_network(resolve_network(options.network, library.declare(**said) if said else None))


def _recipe_from_options(
    options: argparse.Namespace, network: Network, photo: np.ndarray | None, guide: np.ndarray | None
) -> Recipe:
    start: Start
    if photo is None:
        width, height = options.size or (224, 224)
        start = validated(Noise, width=width, height=height)
    else:
        longest = {"longest_side": longest_side_in(photo, options.size)} if options.size else {}
        start = validated(Photo, sha256=pixels_sha256(photo), **longest)
    kind = METHODS[options.method or ("naive" if photo is None else "dream")]
    given = {name: getattr(options, name) for name in ("iterations", "step", "octaves", "octave_scale")}
    given = {name: value for name, value in given.items() if value is not None}
    for name in given:
        if name not in kind.model_fields:
            raise UserError(f"The {kind.model_fields['kind'].default} method has no {name.replace('_', ' ')}.")
    return validated(
        Recipe,
        network=network.name,
        start=start,
        objective=_objective(options, network, guide),
        method=validated(kind, **given),
        seed=options.seed,
    )


def _objective(options: argparse.Namespace, network: Network, guide: np.ndarray | None) -> Objective:
    ways = {"--class": options.class_, "--layer": options.layer, "--objective": options.objective}
    given = [way for way, value in ways.items() if value is not None]
    if len(given) > 1:
        raise UserError(f"Give either {given[0]} or {given[1]}, not both.")
    if options.objective is not None:
        return parse_objective(options.objective)
    if options.class_ is not None:
        index = network.class_index(options.class_)
        return Class(index=index, name=network.class_names[index])
    layers = options.layer or []
    if options.channel is not None:
        if len(layers) != 1:
            raise UserError("--channel needs one --layer: a channel belongs to a layer.")
        layers = [f"{layers[0]}:{options.channel}"]
    if guide is not None:
        if len(layers) > 1 or any(mark in layer for layer in layers for mark in ":*"):
            raise UserError("--guide goes with one whole --layer.")
        layer = layers[0] if layers else default_objective(network).layer
        return Guide(layer=layer, picture=Photo(sha256=pixels_sha256(guide)))
    terms = [_term(layer) for layer in layers]
    if len(terms) == 1 and terms[0].weight == 1:
        return terms[0].objective
    return validated(Sum, terms=tuple(terms)) if terms else default_objective(network)


def _term(text: str) -> Term:
    """``L``, ``L:C``, ``L*W`` or ``L:C*W``: a layer, one of its channels, and how much it counts."""
    name, _, weight = text.partition("*")
    layer, _, channel = name.partition(":")
    try:
        factor = float(weight or 1)
        number = int(channel) if channel else None
    except ValueError:
        raise UserError(f"{text} is no layer with channel and weight: write LAYER:CHANNEL*WEIGHT.") from None
    whole = number is None
    objective = validated(Layer, layer=layer) if whole else validated(Channel, layer=layer, channel=number)
    return validated(Term, objective=objective, weight=factor)


def _plan_from_file(options: argparse.Namespace) -> Plan:
    if (
        any(getattr(options, name) is not None for name in DECIDED + DECLARED)
        or options.seed
        or options.network != DEFAULT
    ):
        raise UserError("--recipe says everything already: leave the other settings away, or edit the file.")
    plan = parse_plan(_read(options.recipe))
    if options.photo is not None and not isinstance(plan.base.start, Photo):
        raise UserError(
            f"This recipe starts from {plan.base.start.title()}, not from a photo: leave {options.photo} away."
        )
    return plan


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror}.") from None


def _fresh_name() -> Path:
    names = ("dream.png", *(f"dream-{number}.png" for number in range(2, 100_000)))
    return next(path for name in names if not (path := Path(name)).exists())
