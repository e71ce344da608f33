"""Networks that people bring: a frozen graph, a ``.keras`` file or a SavedModel folder, without any metadata file.

What a graph cannot know is stated with it in a :class:`Declaration`: how pixels become its input, what its classes are
called. A network once accepted stands in ``DREAM_HOME/networks/<name>/``, its name ending in a hash of the file and the
declaration: the same name is always the same network, and so the same recipe gives the same picture.
"""

import hashlib
import re
import shutil
import tempfile
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from dream.errors import UserError
from dream.files import read_regular, write_atomically
from dream.networks.graph import Network
from dream.networks.preprocessing import Preprocessing
from dream.networks.tensorflow import tensorflow
from dream.networks.user import approval
from dream.networks.user.checks import check_bytes, check_fields, check_graph
from dream.networks.user.sandbox import FILE_MEGABYTES, GRAPH, Report, run_in_sandbox
from dream.settings import settings
from dream.trace import trace

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,40}-[0-9a-f]{8}")
DETAILS = "network.json"
# Parsed, a graph may take many times its size: larger ones are looked at only where memory is limited.
QUICK_BYTES = 8_000_000
Finite = Annotated[float, Field(allow_inf_nan=False)]
Three = tuple[Finite, Finite, Finite]


class Declaration(BaseModel):
    """What a graph cannot know.

    Attributes:
        channel_order: of the network's input.
        mean, scale: subtracted from RGB 0..255 and divided by; one number, or one a channel in the network's order.
        class_names: in the order of the class output; empty where they are not known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel_order: Literal["RGB", "BGR"] = "RGB"
    mean: Three = (0.0, 0.0, 0.0)
    scale: Three = (1.0, 1.0, 1.0)
    class_names: tuple[str, ...] = ()

    @field_validator("mean", "scale", mode="before")
    @classmethod
    def _three(cls, given: object) -> object:
        if isinstance(given, str):
            given = [part.strip() for part in given.split(",")]
        if isinstance(given, int | float):
            given = [given]
        return tuple(given) * 3 if isinstance(given, list | tuple) and len(given) == 1 else given

    @field_validator("scale")
    @classmethod
    def _divides(cls, scale: Three) -> Three:
        if 0 in scale:
            raise ValueError("pixels cannot be divided by 0")
        return scale


# Keras's modes: https://github.com/keras-team/keras/blob/master/keras/src/applications/imagenet_utils.py
PRESETS: dict[str, Declaration] = {
    "none": Declaration(),
    "0..1": Declaration(scale=255),
    "keras-tf": Declaration(mean=127.5, scale=127.5),
    "keras-torch": Declaration(mean=(123.675, 116.28, 103.53), scale=(58.395, 57.12, 57.375)),
    "caffe": Declaration(channel_order="BGR", mean=(103.939, 116.779, 123.68)),
    "inception": Declaration(mean=117),
}
PRESET_TITLES = {
    "none": "RGB 0 to 255, as it is",
    "0..1": "RGB 0 to 1",
    "keras-tf": "Keras “tf”: -1 to 1 (MobileNet, Inception V3, Xception)",
    "keras-torch": "Keras “torch”: ImageNet's mean and deviation (DenseNet)",
    "caffe": "Caffe: BGR minus ImageNet's mean (VGG, ResNet)",
    "inception": "Inception of 2015: RGB minus 117",
}


class Details(Declaration):
    """What is kept beside an accepted network's graph."""

    version: Literal[1] = 1
    source: str
    digest: str
    graph_sha256: str
    native_size: tuple[int, int] | None
    layers: int
    classes: int


def declare(
    channel_order: str | None = None,
    mean: str | float | Three | None = None,
    scale: str | float | Three | None = None,
    labels: bytes | None = None,
    preset: str = "none",
) -> Declaration:
    """A declaration out of what a person said, over a preset.

    Args:
        channel_order: ``RGB`` or ``BGR``.
        mean, scale: a number or three, also as text: ``117`` or ``104,117,123``.
        labels: a text file's content with a class name a line.
        preset: a key of ``PRESETS``.

    Raises:
        UserError: what is wrong with one of them.
    """
    if preset not in PRESETS:
        raise UserError(f"There is no preset named {preset}: choose {', '.join(PRESETS)}.")
    said: dict[str, object] = {"channel_order": channel_order and channel_order.upper(), "mean": mean, "scale": scale}
    said = {field: value for field, value in said.items() if value is not None}
    if labels is not None:
        said["class_names"] = read_labels(labels)
    try:
        return Declaration.model_validate(PRESETS[preset].model_dump() | said)
    except ValidationError as error:
        field = error.errors()[0]["loc"][0]
        wanted = {"channel_order": "RGB or BGR", "mean": "one number or three", "scale": "one number or three, not 0"}
        raise UserError(f"The {str(field).replace('_', ' ')} must be {wanted[str(field)]}.") from None


def read_labels(content: bytes) -> tuple[str, ...]:
    """A text file's class names, one a line; raises UserError where it is no such file."""
    try:
        text = content.decode("utf-8-sig") if len(content) <= 4_000_000 else None
    except UnicodeDecodeError:
        text = None
    if (
        text is None
        or not text.strip()
        or not text.replace("\r\n", "\n").replace("\n", "").replace("\t", "").isprintable()
    ):
        raise UserError("Class names must come as a text file (UTF-8) with one name a line.")
    return tuple(line.strip() for line in text.rstrip().split("\n"))


def add(source: Path | bytes, file_name: str, declaration: Declaration, uploader: str | None = None) -> str:
    """Checks, tries and keeps a network; returns the name that :func:`load` and recipes know it by.

    The first time takes 5 to 60 seconds; a network that is kept already is found at once. Nothing stays of a refused one.

    Args:
        source: an uploaded graph's content, or the path of a ``.pb`` or ``.keras`` file or a SavedModel folder.
        file_name: what its owner calls it.
        declaration: what the graph cannot know.
        uploader: who brought it, where it may need approval (:mod:`.approval`); None for the server's owner.

    Raises:
        UserError: it cannot be used, and why.
    """
    if isinstance(source, bytes):
        check_bytes(len(source), settings().network_megabytes)
        # What can be refused by looking is refused at once.
        check_graph(source) if len(source) <= QUICK_BYTES else check_fields(source)
    digest = _digest(source, declaration)
    name = f"{_cleaned(file_name)}-{digest[:8]}"
    if (details := find_details(name)) is not None and details.digest == digest:
        if uploader is not None and name in approval.waiting():
            approval.mark(_folder() / name, uploader)
        return name
    if details is not None:  # eight digits that somebody made alike
        raise UserError(f"Another network is named {name}: rename the file and give it again.")
    _folder().mkdir(parents=True, exist_ok=True)
    settings().cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings().cache, prefix="trial-") as trial:
        if isinstance(source, bytes):
            path = Path(trial, "uploaded.pb")
            path.write_bytes(source)
            found = run_in_sandbox(path, Path(trial), settings().network_megabytes)
        else:
            found = run_in_sandbox(source, Path(trial))
        if declaration.class_names and len(declaration.class_names) != found.classes:
            raise UserError(
                f"The network has {found.classes} classes, but {len(declaration.class_names)} class names were given."
            )
        _keep(name, Path(trial, GRAPH).read_bytes(), digest, Path(file_name).name[:200], declaration, found, uploader)
    return name


def load(name: str, kind: type[Network] = Network) -> Network:
    """An accepted network, of this class; raises UserError where there is none, or its files are damaged."""
    details = find_details(name)
    if details is None:
        raise UserError(f"There is no network named {name} here: give its file again.")
    content = (_folder() / name / GRAPH).read_bytes()
    if hashlib.sha256(content).hexdigest() != details.graph_sha256:
        raise UserError(f"The graph of {name} is damaged: remove {_folder() / name} and give its file again.")
    graph_def = tensorflow().compat.v1.GraphDef()
    graph_def.ParseFromString(content)
    preprocessing = Preprocessing(details.channel_order, details.mean, details.scale)
    return kind(name, graph_def, "input", preprocessing, details.class_names, details.native_size)


def accepted() -> dict[str, Details]:
    """All accepted networks by name, in the order of their names."""
    names = sorted(path.name for path in _folder().glob("*")) if _folder().is_dir() else []
    return {name: details for name in names if (details := find_details(name)) is not None}


def offered() -> list[Path]:
    """What the admin offers in ``DREAM_NETWORKS``: ``.pb`` and ``.keras`` files and SavedModel folders."""
    folder = settings().networks
    if folder is None or not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if is_model(path))


def is_model(path: Path) -> bool:
    """Whether something at this path looks like a model that :func:`add` takes."""
    if path.is_dir():
        return (path / "saved_model.pb").is_file()
    return path.is_file() and path.suffix in {".pb", ".keras"}


def _folder() -> Path:
    return settings().home / "networks"


def find_details(name: str) -> Details | None:
    """What is kept beside an accepted network's graph; None where there is none of this name, or it is damaged."""
    # A name may come out of a foreign recipe: only one that is a plain folder name is looked up.
    path = _folder() / name / DETAILS
    if not NAME.fullmatch(name) or not path.is_file():
        return None
    try:
        return Details.model_validate_json(read_regular(path))
    except (ValidationError, OSError):
        return None


def _keep(
    name: str, graph: bytes, digest: str, source: str, declaration: Declaration, found: Report, uploader: str | None
) -> None:
    details = Details(
        source=source,
        digest=digest,
        graph_sha256=hashlib.sha256(graph).hexdigest(),
        **found.model_dump(exclude={"problem"}),
        **declaration.model_dump(),
    )
    part = Path(tempfile.mkdtemp(dir=_folder(), prefix=".part-"))
    try:
        write_atomically(part / GRAPH, graph)
        write_atomically(part / DETAILS, details.model_dump_json(indent=1).encode())
        if uploader is not None and settings().approve_networks:
            approval.mark(part, uploader)
        if find_details(name) is None:  # somebody else may have been quicker with the same network
            shutil.rmtree(_folder() / name, ignore_errors=True)
            part.rename(_folder() / name)
            trace("accepted", uploader or "", network=name)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _digest(source: Path | bytes, declaration: Declaration) -> str:
    """SHA-256 over the declaration and every byte of the model."""
    hashed = hashlib.sha256(declaration.model_dump_json().encode())
    if isinstance(source, bytes):
        hashed.update(source)
        return hashed.hexdigest()
    if not is_model(source):
        raise UserError(f"There is no model at {source}: give a .pb or .keras file or a SavedModel folder.")
    for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
        if path.is_dir():
            continue
        if path.stat().st_size > FILE_MEGABYTES * 1_000_000:
            raise UserError(
                f"{path.name} has {path.stat().st_size / 1e6:.0f} MB; at most {FILE_MEGABYTES} can be taken."
            )
        if source.is_dir():
            hashed.update(str(path.relative_to(source)).encode())
        with path.open("rb") as file:
            while block := file.read(2**20):
                hashed.update(block)
    return hashed.hexdigest()


def _cleaned(file_name: str) -> str:
    stem = re.sub(r"\.(pb|keras)$", "", Path(file_name).name.lower())
    return re.sub(r"[^a-z0-9._-]+", "-", stem).strip("._-")[:40] or "network"
