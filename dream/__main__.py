"""The command line: ``dream`` or ``python -m dream``. Here is what may be said; :mod:`dream.commands` does it."""

import argparse
import sys
from pathlib import Path
from typing import NoReturn

from dream import commands
from dream.errors import UserError
from dream.networks.user.library import PRESETS
from dream.networks.zoo.catalog import DEFAULT
from dream.recipe import OFFERED


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


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"a size is WIDTHxHEIGHT, such as 640x480, not {text}")
    return int(width), int(height)


def _declaration_options() -> Parser:
    """What a graph of one's own cannot know about itself."""
    options = Parser(add_help=False)
    own = options.add_argument_group("for a network of your own, given by its path")
    own.add_argument("--preset", choices=list(PRESETS), help="how pixels become its input")
    own.add_argument("--channel-order", choices=["RGB", "BGR"])
    own.add_argument("--mean", help="subtracted from 0..255: one number, or three in the network's order")
    own.add_argument("--scale", help="divided by after that: one number or three")
    own.add_argument("--labels", metavar="FILE.txt", help="class names, one a line")
    return options


def _objective_options() -> Parser:
    """What shall respond."""
    options = Parser(add_help=False)
    options.add_argument(
        "--network",
        help=f"a name, several with commas between them, or the path of a model of your own; else {DEFAULT}, for a class "
        "out of noise with efficientnet-lite0",
    )
    options.add_argument(
        "--layer",
        action="append",
        metavar="[NETWORK/]L[:C][*W]",
        help="alone: all its channels at once; repeated, with channels and weights: a weighted sum",
    )
    options.add_argument("--objective", metavar="JSON", help="the objective as in a recipe: neurons, sums of anything")
    options.add_argument("--channel", type=int, help="one channel of --layer")
    options.add_argument("--class", dest="class_", metavar="NAME-or-INDEX", help="a class's logit")
    return options


def _program() -> str:
    """How this process was started, as the usage and the errors name it."""
    return "python -m dream" if Path(sys.argv[0]).name == "__main__.py" else "dream"


def _parser() -> Parser:
    parser = Parser(prog=_program(), description="What has a layer of a trained image network learned?")
    words = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    networks = words.add_parser("networks", help="which networks there are")
    networks.set_defaults(run=commands.list_networks)

    fetch = words.add_parser("fetch", help="bring a network here that is not ready")
    fetch.add_argument("network", metavar="NETWORK")
    fetch.set_defaults(run=commands.fetch_network)

    looks = words.add_parser("looks", help="ways to dream a photo, for render --look")
    looks.set_defaults(run=commands.list_looks)

    declared, responds = _declaration_options(), _objective_options()
    layers = words.add_parser("layers", parents=[declared], help="the layers of a network, shallow to deep")
    layers.add_argument("network", metavar="NETWORK", help="a name, or the path of a .pb, .keras or SavedModel")
    layers.add_argument("--json", action="store_true", help="with operation and depth, as JSON")
    layers.set_defaults(run=commands.list_layers)

    ask = words.add_parser("render", parents=[responds, declared], help="make a dream, over a photo or out of noise")
    ask.add_argument("photo", metavar="PHOTO", nargs="?", help="JPEG, PNG or WebP; without it the start is noise")
    ask.add_argument("--guide", metavar="PICTURE", help="a second picture that steers what --layer grows into")
    ask.add_argument("--look", metavar="NAME", help="dream a photo in a look, which says all of that: see looks")
    ask.add_argument("--method", choices=list(OFFERED), help="default: spectral over a photo, fourier from noise")
    ask.add_argument("--iterations", type=int, help="gradient steps (an octave)")
    ask.add_argument("--step", type=float, help="step size")
    ask.add_argument("--octaves", type=int)
    ask.add_argument("--octave-scale", type=float)
    ask.add_argument("--size", type=_size, metavar="WxH", help="of the noise, or the box that the photo is fitted into")
    ask.add_argument("--seed", type=int, default=0)
    ask.add_argument("--recipe", metavar="FILE.json", help="follow this recipe instead of the settings above")
    ask.add_argument("--film", metavar="FILE", help="how it grew: .mp4, .gif or .webp")
    ask.add_argument("-o", dest="out", metavar="OUT.png", help="default: dream.png, or the next free name")
    ask.set_defaults(run=commands.render)

    larger = words.add_parser(
        "enlarge", parents=[responds, declared], help="make a dream larger, with new detail grown in it"
    )
    larger.add_argument(
        "photo",
        metavar="PICTURE",
        help="a dream's PNG, to grow more of the same in it; any other picture, to grow what is said below",
    )
    larger.add_argument("--times", type=int, choices=[2, 4], default=2, help="how much longer a side gets; default: 2")
    larger.add_argument("-o", dest="out", metavar="OUT.png", help="default: dream.png, or the next free name")
    larger.set_defaults(run=commands.enlarge, method=None, film=None)

    recipe = words.add_parser("recipe", help="the recipe inside a PNG, as JSON for render --recipe")
    recipe.add_argument("png", metavar="PNG")
    recipe.set_defaults(run=commands.show_recipe)

    frozen = words.add_parser(
        "export", parents=[declared], help="write a network as a frozen graph, preprocessing inside"
    )
    frozen.add_argument("network", metavar="NETWORK")
    frozen.add_argument("file", metavar="FILE.pb")
    frozen.set_defaults(run=commands.export)

    atlas = words.add_parser("atlas", parents=[declared], help="make a picture of every channel and class")
    atlas.add_argument(
        "network", metavar="NETWORK", help="several with commas between them: what they imagine together"
    )
    atlas.add_argument("--layer", metavar="L", help="of this layer only")
    atlas.set_defaults(run=commands.make_atlas)

    gallery = words.add_parser("gallery", help="the dreams that were kept").add_subparsers(required=True)
    rebuild = gallery.add_parser("rebuild", help="make the gallery's index anew from its files")
    rebuild.set_defaults(run=commands.rebuild_gallery)
    check = gallery.add_parser("check", help="say what is damaged and what is orphaned; nothing is changed")
    check.set_defaults(run=commands.check_gallery)
    backup = gallery.add_parser("backup", help="write dreams, bin, photos and networks to a tar; a server may run")
    backup.add_argument("tar", metavar="FILE.tar")
    backup.set_defaults(run=commands.back_up_gallery)
    restore = gallery.add_parser("restore", help="bring back what a backup has and the gallery has not")
    restore.add_argument("tar", metavar="FILE.tar")
    restore.set_defaults(run=commands.restore_gallery)
    return parser


if __name__ == "__main__":
    sys.exit(main())
