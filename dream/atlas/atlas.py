"""A network's atlas: a small picture of every channel and class, stored as sheets of 64.

Sheets are AVIF files in the cache, rendered one by one and shared by all visitors; those of the default network come
with the package. Existing sheets are not rendered again, so an interrupted run continues where it stopped.
"""

import io
import json
import math
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from threading import Lock
from typing import NamedTuple
from urllib.parse import quote

import numpy as np
from PIL import Image

from dream.atlas.renderer import UnitRenderer
from dream.atlas.renderer_settings import PICTURE_SIDE
from dream.atlas.similarity import nearest
from dream.errors import UserError
from dream.files import write_atomically
from dream.networks.graph import Network
from dream.networks.tensorflow import tensorflow
from dream.networks.units import Unit
from dream.settings import settings

VERSION = 1  # increase it when the pictures change: sheets of older versions are ignored
SHIPPED = Path(__file__).with_name("shipped")
PER_SHEET, ACROSS = 64, 8
QUALITY = 57  # of the AVIF files
NEIGHBOURS = 6  # stored for each channel
MOST_DECODED = 24  # sheets held in memory as pixels


class Sheet(NamedTuple):
    """Up to 64 consecutive channels of a tensor, starting at ``64 * number``."""

    tensor: str
    number: int


class Atlas:
    """The atlas of one network, or of the classes that several imagine together; complete or not.

    Safe to use from several threads.
    """

    def __init__(self, network: Network, *others: Network) -> None:
        """Opens it.

        Args:
            network: whose layers and classes the units are.
            others: networks with the same classes, which imagine them in turns with the first; then only they have
                pictures.

        Raises:
            UserError: the networks do not have the same classes.
        """
        if any(other.class_names != network.class_names for other in others):
            raise UserError(
                f"{network.name} and {others[0].name} do not know the same classes: give one of them alone."
            )
        self._network, self._others = network, others
        folder = f"{'+'.join(each.name for each in (network, *others))}-{VERSION}"
        self._folders = (SHIPPED / folder, settings().cache / "atlas" / folder)
        self._decoded: OrderedDict[Sheet, np.ndarray] = OrderedDict()
        self._decoding = Lock()
        self._seen: set[Sheet] = set()
        self._counts = {layer.name: layer.channels for layer in network.all_layers}  # of every tensor that has pictures
        if network.logits:
            self._counts[network.logits] = len(network.class_names)
        sources = dict.fromkeys(run.tensor for layer in network.layers for run in network.unit_ranges[layer.name])
        # Those of the finished atlas, from shallow to deep, classes last: a hidden layer's are made when it is looked at.
        self._tensors = [] if others else [tensor for tensor in sources if tensor != network.logits]
        self._tensors += [network.logits] if network.logits else []

    # --- read ------------------------------------------------------------------------------------------------------

    @property
    def pictures(self) -> int:
        """How many pictures the complete atlas has."""
        return sum(self._counts[tensor] for tensor in self._tensors)

    def sheets(self, layer: str | None = None) -> list[Sheet]:
        """All sheets from shallow to deep, classes last; or only those of a layer or of the class output."""
        tensors = self._tensors
        if layer is not None:
            ranges = self._network.unit_ranges.get(layer)  # the class output has none
            tensors = [run.tensor for run in ranges] if ranges else [layer]
        return [Sheet(tensor, n) for tensor in tensors for n in range(math.ceil(self._counts[tensor] / PER_SHEET))]

    def missing(self, layer: str | None = None) -> list[Sheet]:
        """The sheets that are not rendered yet."""
        return [sheet for sheet in self.sheets(layer) if self._path(sheet) is None]

    def place(self, unit: Unit) -> tuple[Sheet, int, int]:
        """Where a unit's picture is: its sheet, row and column."""
        number, place = divmod(unit.index, PER_SHEET)
        return Sheet(unit.tensor, number), *divmod(place, ACROSS)

    def rows(self, sheet: Sheet) -> int:
        """How many rows of pictures a sheet has."""
        return math.ceil(min(self._counts[sheet.tensor] - sheet.number * PER_SHEET, PER_SHEET) / ACROSS)

    def has(self, unit: Unit) -> bool:
        """Whether a unit's picture is rendered."""
        sheet = self.place(unit)[0]
        if sheet not in self._seen and self._path(sheet) is not None:
            self._seen.add(sheet)  # sheets are never removed; a page asks hundreds of times
        return sheet in self._seen

    def problem_with(self, tensor: str) -> str:
        """Why the last attempt to render pictures of a tensor failed, as a sentence; empty if it did not."""
        path = self._found(_problem_name(tensor))
        return path.read_text() if path else ""

    def pending(self, units: Iterable[Unit]) -> list[Unit]:
        """The units whose pictures are not rendered yet and whose tensor has no known problem."""
        missing = [unit for unit in units if not self.has(unit)]
        hopeless = {tensor for tensor in {unit.tensor for unit in missing} if self.problem_with(tensor)}
        return [unit for unit in missing if unit.tensor not in hopeless]

    def file(self, sheet: Sheet) -> bytes | None:
        """A sheet as AVIF, 768 pixels wide; None if it is not rendered yet."""
        path = self._path(sheet)
        return path.read_bytes() if path else None

    def picture(self, unit: Unit) -> np.ndarray | None:
        """A unit's picture, uint8 [96, 96, 3]; None if it is not rendered yet."""
        sheet, row, column = self.place(unit)
        pixels = self._pixels(sheet)
        if pixels is None:
            return None
        return pixels[
            row * PICTURE_SIDE : (row + 1) * PICTURE_SIDE, column * PICTURE_SIDE : (column + 1) * PICTURE_SIDE
        ]

    def made_picture(self, unit: Unit) -> np.ndarray:
        """A unit's picture, uint8 [96, 96, 3]; raises LookupError if it is not rendered yet."""
        picture = self.picture(unit)
        if picture is None:
            raise LookupError(f"there is no picture of {unit}")
        return picture

    def neighbours(self, layer: str) -> list[list[int]]:
        """For each channel of a layer the channels with the most similar pictures, most similar first.

        Empty if they have not been computed yet (:meth:`find_neighbours`).
        """
        path = self._found(f"{quote(layer, safe='')}.alike.json")
        return json.loads(path.read_text()) if path else []

    # --- render ----------------------------------------------------------------------------------------------------

    def make(self, wanted: Callable[[], list[Sheet]]) -> Iterator[Sheet]:
        """Renders sheets and yields each one after it is stored.

        Args:
            wanted: called before each sheet; the first sheet that it returns is rendered next. An empty list ends it.

        Raises:
            UserError: the cache cannot be written.
        """
        renderers: dict[str, UnitRenderer] = {}
        cannot: set[str] = set()
        while sheets := [sheet for sheet in wanted() if sheet.tensor not in cannot]:
            sheet = sheets[0]
            first = sheet.number * PER_SHEET
            last = min(first + PER_SHEET, self._counts[sheet.tensor])
            try:
                if sheet.tensor not in renderers:
                    renderers = {sheet.tensor: UnitRenderer((self._network, *self._others), sheet.tensor)}
                pictures = renderers[sheet.tensor].paint(list(range(first, last)))
            except (UserError, tensorflow().errors.OpError) as error:  # the tensor needs larger pictures, for example
                cannot.add(sheet.tensor)
                self._write(_problem_name(sheet.tensor), _sentence(sheet.tensor, error).encode())
                continue
            self._write(_file_name(sheet), _encoded(pictures))
            (self._folders[-1] / _problem_name(sheet.tensor)).unlink(missing_ok=True)
            yield sheet

    def find_neighbours(self) -> None:
        """Computes and stores :meth:`neighbours` for each layer whose pictures are all rendered.

        Raises:
            UserError: the cache cannot be written.
        """
        for layer in () if self._others else self._network.layers:
            name = f"{quote(layer.name, safe='')}.alike.json"
            if self._found(name) is None and not self.missing(layer.name):
                units = [self._network.unit(layer.name, channel) for channel in range(layer.channels)]
                try:
                    near = nearest(self._network, np.stack([self.made_picture(unit) for unit in units]), NEIGHBOURS)
                except UserError:  # the network cannot be run on pictures of this size
                    return
                self._write(name, json.dumps(near, separators=(",", ":")).encode())

    # --- files -----------------------------------------------------------------------------------------------------

    def _path(self, sheet: Sheet) -> Path | None:
        return self._found(_file_name(sheet))

    def _found(self, name: str) -> Path | None:
        return next((folder / name for folder in self._folders if (folder / name).exists()), None)

    def _write(self, name: str, content: bytes) -> None:
        folder = self._folders[-1]
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"Cannot keep an atlas in {folder}: {error.strerror}.") from None
        write_atomically(folder / name, content)

    def _pixels(self, sheet: Sheet) -> np.ndarray | None:
        with self._decoding:
            if sheet not in self._decoded:
                path = self._path(sheet)
                if path is None:
                    return None
                with Image.open(path) as image:
                    self._decoded[sheet] = np.asarray(image.convert("RGB"))
                if len(self._decoded) > MOST_DECODED:
                    self._decoded.popitem(last=False)
            self._decoded.move_to_end(sheet)
            return self._decoded[sheet]


def _file_name(sheet: Sheet) -> str:
    return f"{quote(sheet.tensor, safe='')}.{sheet.number}.avif"


def _problem_name(tensor: str) -> str:
    return f"{quote(tensor, safe='')}.problem.txt"


def _sentence(tensor: str, error: Exception) -> str:
    return str(error) if isinstance(error, UserError) else f"TensorFlow fails on pictures of {tensor}."


def _encoded(pictures: np.ndarray) -> bytes:
    rows = math.ceil(len(pictures) / ACROSS)
    pixels = np.zeros((rows * PICTURE_SIDE, ACROSS * PICTURE_SIDE, 3), np.uint8)
    for place, picture in enumerate(pictures):
        row, column = divmod(place, ACROSS)
        here = pixels[
            row * PICTURE_SIDE : (row + 1) * PICTURE_SIDE, column * PICTURE_SIDE : (column + 1) * PICTURE_SIDE
        ]
        here[:] = np.rint(np.clip(picture, 0, 255))
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "AVIF", quality=QUALITY, speed=4)
    return out.getvalue()
