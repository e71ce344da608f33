"""The command line: ``python -m dream``, thin over the same names that the pages use."""

import argparse
import json
import sys
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

from dream.ascent.objectives import default_objective
from dream.ascent.render import Frame, check, make_dream
from dream.errors import UserError
from dream.files import write_whole
from dream.networks.graph import Network
from dream.networks.zoo import DEFAULT, ZOO, load_network
from dream.pictures.decode import decode
from dream.pictures.png import encode_png, recipe_in
from dream.pictures.shown import shown
from dream.pictures.start import pixels_sha256
from dream.recipe import Channel, Class, Dream, Layer, Naive, Noise, Objective, Photo, Recipe, parse_recipe, validated
from dream.studio.gallery import Gallery


class Parser(argparse.ArgumentParser):
    """An argument parser that answers a mistake with one sentence instead of the whole usage."""

    def error(self, message: str) -> NoReturn:
        """Exit code 2, one line."""
        self.exit(2, f"{self.prog}: {message}. See {self.prog} --help.\n")


def main(arguments: list[str] | None = None) -> int:
    """Runs a command; returns the exit code: 0, or 2 with one sentence on standard error."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped; nothing was written.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader (head, say) has seen enough
        sys.stderr.close()
        return 0
    return 0


# --- commands ------------------------------------------------------------------------------------------------------


def list_networks(options: argparse.Namespace) -> None:
    """A line a network."""
    for entry in ZOO.values():
        print(f"{entry.name:14} {'ready' if entry.ready() else 'not fetched':12} {entry.about}; {entry.source}")


def list_layers(options: argparse.Namespace) -> None:
    """A line a layer, as the book lists them, or all of them as JSON."""
    layers = load_network(options.network).layers
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
        network = load_network(options.network)
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
    load_network(options.network).export(Path(options.file))


def rebuild_gallery(options: argparse.Namespace) -> None:
    """Makes the gallery's index anew."""
    print(f"{Gallery().rebuild()} dreams in the index.")


class _Watcher:
    """Prints every step's score; its progress bar appears with the first step, when nothing can be refused any more."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._bar: tqdm | None = None

    def watch(self, frame: Frame) -> None:
        if self._bar is None:
            self._bar = tqdm(total=self._steps, unit="step", file=sys.stderr)
        if frame.score is not None:
            self._bar.write(f"score(mean)={frame.score:f}", file=sys.stdout)
            self._bar.update()
        if frame.step == self._steps:
            self._bar.close()


# --- from words to values ------------------------------------------------------------------------------------------


def _recipe_from_options(options: argparse.Namespace, network: Network, photo: object) -> Recipe:
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


def _recipe_from_file(options: argparse.Namespace, photo: object) -> Recipe:
    decided = ("layer", "channel", "class_", "method", "iterations", "step", "octaves", "octave_scale", "size")
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


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"a size is WIDTHxHEIGHT, such as 640x480, not {text}")
    return int(width), int(height)


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror}.") from None


def _fresh_name() -> Path:
    names = ("dream.png", *(f"dream-{number}.png" for number in range(2, 100_000)))
    return next(path for name in names if not (path := Path(name)).exists())


def _parser() -> Parser:
    parser = Parser(prog="python -m dream", description="What has a layer of a trained image network learned?")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    networks = commands.add_parser("networks", help="which networks there are")
    networks.set_defaults(run=list_networks)

    layers = commands.add_parser("layers", help="the layers of a network, shallow to deep")
    layers.add_argument("network", metavar="NETWORK")
    layers.add_argument("--json", action="store_true", help="with operation and depth, as JSON")
    layers.set_defaults(run=list_layers)

    ask = commands.add_parser("render", help="make a dream, over a photo or out of noise")
    ask.add_argument("photo", metavar="PHOTO", nargs="?", help="JPEG, PNG or WebP; without it the start is noise")
    ask.add_argument("--network", default=DEFAULT)
    ask.add_argument("--layer", help="alone: all its channels at once")
    ask.add_argument("--channel", type=int, help="one channel of --layer")
    ask.add_argument("--class", dest="class_", metavar="NAME-or-INDEX", help="a class's logit")
    ask.add_argument("--method", choices=["naive", "dream"], help="default: dream over a photo, naive from noise")
    ask.add_argument("--iterations", type=int, help="gradient steps (an octave)")
    ask.add_argument("--step", type=float, help="step size")
    ask.add_argument("--octaves", type=int)
    ask.add_argument("--octave-scale", type=float)
    ask.add_argument("--size", type=_size, metavar="WxH", help="of the noise, or the box that the photo is fitted into")
    ask.add_argument("--seed", type=int, default=0)
    ask.add_argument("--recipe", metavar="FILE.json", help="follow this recipe instead of the settings above")
    ask.add_argument("-o", dest="out", metavar="OUT.png", help="default: dream.png, or the next free name")
    ask.set_defaults(run=render)

    recipe = commands.add_parser("recipe", help="the recipe inside a PNG, as JSON for render --recipe")
    recipe.add_argument("png", metavar="PNG")
    recipe.set_defaults(run=show_recipe)

    frozen = commands.add_parser("export", help="write a network as a frozen graph, preprocessing inside")
    frozen.add_argument("network", metavar="NETWORK")
    frozen.add_argument("file", metavar="FILE.pb")
    frozen.set_defaults(run=export)

    gallery = commands.add_parser("gallery", help="the dreams that were kept").add_subparsers(required=True)
    rebuild = gallery.add_parser("rebuild", help="make the gallery's index anew from its files")
    rebuild.set_defaults(run=rebuild_gallery)
    return parser


if __name__ == "__main__":
    sys.exit(main())
