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
from dream.ascent.render import Frame
from dream.atlas.atlas import Atlas
from dream.command_recipe import (
    enlargement_from_options,
    named_network,
    named_networks,
    plan_from_file,
    read_file,
    recipe_from_options,
)
from dream.errors import UserError
from dream.files import write_atomically
from dream.gallery.backup import backup, restore
from dream.gallery.check import check
from dream.gallery.gallery import Gallery
from dream.jobs.home_lock import lock_home
from dream.networks.graph import Network
from dream.networks.zoo.catalog import DEFAULT, fetch, load_network, networks
from dream.pictures.display import preview, to_uint8
from dream.pictures.film import FORMATS, FilmRecorder, encode_film
from dream.pictures.photo_files import load_photo, load_photos, load_whole_photo
from dream.pictures.png import encode_png, recipe_in, recipe_in_any
from dream.pictures.start import check_shortest_side, pixels_sha256
from dream.recipe import (
    Plan,
    singles,
)
from dream.recipe.limits import check_limits
from dream.recipe.looks import looks
from dream.settings import settings

FILM_SIDE, FILM_QUALITY = 1280, 85


def list_networks(options: argparse.Namespace) -> None:
    """A line a network."""
    for entry in networks().values():
        print(f"{entry.name:20} {'ready' if entry.ready() else 'not fetched':12} {entry.about}; {entry.source}")


def fetch_network(options: argparse.Namespace) -> None:
    """Brings a network here, with a progress bar."""
    fetch(options.network, _LateBar(unit="B", unit_scale=True).show)
    print(f"{options.network} is ready.", file=sys.stderr)


def list_looks(options: argparse.Namespace) -> None:
    """A line a look."""
    for look in looks():
        networks_asked = {one.network or DEFAULT: None for one in singles(look.objective)}
        print(f"{look.name:20} {look.objective.title()}; {', '.join(networks_asked)}")


def list_layers(options: argparse.Namespace) -> None:
    """A line a layer, as the book lists them, or all of them as JSON."""
    layers = named_network(options).layers
    if options.json:
        print(json.dumps([vars(layer) for layer in layers], indent=1))
        return
    for layer in layers:
        print(f"{layer.name} (?, ?, ?, {layer.channels})")


def render(options: argparse.Namespace) -> None:
    """Renders a recipe; prints the score of every step as the book does."""
    Image.MAX_IMAGE_PIXELS = None  # Pillow's own guard; decode() is told what may be taken
    photo_file, guide_file = (read_file(path) if path else None for path in (options.photo, options.guide))
    plan: Plan
    if options.recipe:
        plan = plan_from_file(options)
        photos = load_photos(plan, [file for file in (photo_file, guide_file) if file is not None])
        asked = [load_network(plan.base.network)]
    else:
        photo = None if photo_file is None else load_photo(photo_file, options.size)
        guide = None if guide_file is None else load_photo(guide_file)
        photos = {pixels_sha256(pixels): pixels for pixels in (photo, guide) if pixels is not None}
        asked = named_networks(options)
        plan = recipe_from_options(options, asked, photo, guide)
    _make(options, plan, photos, asked)


def enlarge(options: argparse.Namespace) -> None:
    """Enlarges a picture by what the recipe inside it says, or the options."""
    Image.MAX_IMAGE_PIXELS = None  # as above
    content = read_file(options.photo)
    picture = load_whole_photo(content)
    asked = named_networks(options)
    plan = enlargement_from_options(options, asked, picture, recipe_in_any(content))
    _make(options, plan, {pixels_sha256(picture): picture}, asked)


def _make(options: argparse.Namespace, plan: Plan, photos: dict[str, np.ndarray], asked: list[Network]) -> None:
    """Follows a plan with photos that were given, else the gallery's, and networks that are loaded already."""
    if missing := plan.photos - photos.keys():
        photos |= {sha256: kept for sha256 in missing if (kept := Gallery().photo(sha256)) is not None}

    @cache
    def load(name: str) -> Network:
        return next((network for network in asked if network.name == name), None) or load_network(name)

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
    write_atomically(out, encode_png(to_uint8(dream.picture, plan.stretched), dream.plan), shared=True)
    if options.film:
        write_atomically(Path(options.film), encode_film(watcher.recorder.frames, kind), shared=True)
    print(f"{plan.title()} -> {out}", file=sys.stderr)


def show_recipe(options: argparse.Namespace) -> None:
    """The recipe inside a PNG, as JSON."""
    print(recipe_in(read_file(options.png)).to_json())


def export(options: argparse.Namespace) -> None:
    """Writes a network as a frozen graph with its preprocessing inside."""
    named_network(options).export(Path(options.file))


def make_atlas(options: argparse.Namespace) -> None:
    """Makes what is missing of a network's atlas, with a progress bar in pictures."""
    networks = named_networks(options)
    atlas = Atlas(*networks)
    if options.layer is not None and len(networks) > 1:
        raise UserError("Several networks have pictures of their classes only: leave --layer away.")
    if options.layer is not None:
        networks[0].layer(options.layer)
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


def check_gallery(options: argparse.Namespace) -> None:
    """Lists what is damaged and what is orphaned; raises UserError if anything is."""
    home, count = settings().home, 0
    for finding in check(home):
        count += 1
        kind = "damaged" if finding.damaged else "orphaned"
        print(f"{kind} {finding.path.relative_to(home)}: {finding.what}")
    if count:
        raise UserError(f"{count} files of {home} are damaged or orphaned; nothing was changed.")
    print(f"All is well in {home}.")


def back_up_gallery(options: argparse.Namespace) -> None:
    """Writes a backup."""
    print(f"{backup(settings().home, Path(options.tar))} dreams -> {options.tar}")


def restore_gallery(options: argparse.Namespace) -> None:
    """Brings back what a backup has, and makes the index anew."""
    gallery = Gallery()
    lock = lock_home(gallery.home)
    try:
        restored = restore(gallery.home, Path(options.tar))
        print(f"{restored} dreams restored; {gallery.rebuild()} in the index.")
    finally:
        lock.release()


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


def _fresh_name() -> Path:
    names = ("dream.png", *(f"dream-{number}.png" for number in range(2, 100_000)))
    return next(path for name in names if not (path := Path(name)).exists())
