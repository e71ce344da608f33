"""Fetching inception5h: once however many ask, whole or not at all, and nothing but what its hash promises."""

import hashlib
import shutil
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from dream.errors import UserError
from dream.settings import Settings, settings

Progress = Callable[[int, int], None]

ARCHIVE_FILE = "inception5h.zip"
GRAPH_FILE = "tensorflow_inception_graph.pb"
LABELS_FILE = "imagenet_comp_graph_label_strings.txt"
PUBLISHED = Settings.model_fields["inception5h_sha256"].default
# What the published archive holds. Another archive (DREAM_INCEPTION5H_SHA256) vouches for its content by its own hash.
HASHES = {
    GRAPH_FILE: "a39b08b826c9d5a5532ff424c03a3a11a202967544e389aca4b06c2bd8aef63f",
    LABELS_FILE: "da2a31ecfe9f212ae8dd07379b11a74cb2d7a110eba12c5fc8c862a65b8e6606",
}
LARGEST_ARCHIVE = 200_000_000  # bytes, four times the real one
LARGEST_FILE = 300_000_000
CHUNK = 2**16
PART = ".part-"  # how the names of unfinished things start
_here = Lock()  # between threads; between processes a lock on a file


def fetch(progress: Progress = lambda done, total: None) -> None:
    """Brings inception5h into the cache; returns at once where it is there.

    Who calls while another thread or process is fetching waits for that one.

    Args:
        progress: is told the bytes that are there and how many there will be (0 where the server does not say).

    Raises:
        UserError: no connection, a silent server, a changed or broken archive, a full disk: what to do instead.
    """
    unpack_laid_down()
    with _alone():
        if all((folder() / name).is_file() for name in HASHES):
            return
        with tempfile.TemporaryDirectory(dir=folder(), prefix=PART) as part:
            _download(Path(part), progress)
            _unpack(Path(part, ARCHIVE_FILE))


def unpack_laid_down() -> None:
    """Unpacks an archive that somebody put into the folder by hand; removes it and raises UserError where it is wrong."""
    archive = folder() / ARCHIVE_FILE
    if not archive.is_file():
        return
    with _alone():
        if not archive.is_file():
            return
        import pooch

        if pooch.file_hash(str(archive)) != settings().inception5h_sha256:
            archive.unlink()
            raise UserError(f"{archive} is not the published archive, or broken, and was removed: {by_hand()}")
        try:
            _unpack(archive)
        finally:
            archive.unlink()


def folder() -> Path:
    """Where it is kept: a folder of its own for each archive that may stand for it."""
    expected = settings().inception5h_sha256
    return settings().cache / ("inception5h" if expected == PUBLISHED else f"inception5h-{expected[:12]}")


def by_hand() -> str:
    """What to do without a connection, as the end of a sentence."""
    return (
        f"without a connection, download {settings().inception5h_url} elsewhere and put {ARCHIVE_FILE} into {folder()}; "
        "SqueezeNet works meanwhile."
    )


def check_hashes(place: Path) -> None:
    """Removes what is not as published, and raises UserError then."""
    if settings().inception5h_sha256 != PUBLISHED:
        return
    for name, expected in HASHES.items():
        path = place / name
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            path.unlink()
            raise UserError(
                f"{name} was damaged or is not the published one, and was removed: fetch inception5h again."
            )


@contextmanager
def _alone() -> Iterator[None]:
    """Only one in this block at a time, in this process and all others; leftovers of a killed one are cleared away."""
    place = folder()
    try:
        place.mkdir(parents=True, exist_ok=True)
        lock = (place / ".lock").open("w")
    except OSError as error:
        raise UserError(f"Cannot write {place}: {error.strerror}. Set DREAM_CACHE to a folder that can.") from None
    with _here, lock:
        _lock(lock.fileno())
        for left in place.glob(f"{PART}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)


def _download(part: Path, progress: Progress) -> None:
    import pooch  # late, like all that only a download needs

    pooch.get_logger().setLevel("WARNING")  # the progress tells what its notes would
    import requests

    limits = settings()
    downloader = pooch.HTTPDownloader(
        progressbar=_Watch(progress),
        chunk_size=CHUNK,
        timeout=(min(10, limits.download_seconds), limits.download_seconds),
    )
    try:
        fetcher = pooch.Pooch(
            path=part,
            base_url="",
            registry={ARCHIVE_FILE: f"sha256:{limits.inception5h_sha256}"},
            urls={ARCHIVE_FILE: limits.inception5h_url},
            retry_if_failed=1,
        )
        fetcher.fetch(ARCHIVE_FILE, downloader=downloader)
    except UserError:
        raise
    except requests.HTTPError as error:
        raise UserError(
            f"The server has no inception5h for us (HTTP {'error' if error.response is None else error.response.status_code}): {by_hand()}"
        ) from None
    except requests.RequestException:
        raise UserError(f"inception5h could not be fetched: check the connection and try again; {by_hand()}") from None
    except ValueError:  # pooch's word for a hash that does not match, and for an address that is none
        raise UserError(
            f"What came from {limits.inception5h_url} is not the published inception5h, or was broken on the way, and "
            f"was removed: try again; {by_hand()}"
        ) from None
    except OSError as error:
        raise UserError(f"Cannot write {folder()}: {error.strerror}.") from None


class _Watch:
    """The progress bar that pooch wants, handing on to a :data:`Progress` and stopping endless answers."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.total = 0

    @property
    def total(self) -> int:
        return self._total

    @total.setter
    def total(self, total: int) -> None:  # pooch says it as each attempt begins
        self._total, self.done = total, 0

    def update(self, count: int) -> None:
        self.done += count
        if max(self.done, self.total) > LARGEST_ARCHIVE:
            raise UserError(f"The server sends far more than inception5h has, and was cut off: {by_hand()}")
        self.progress(min(self.done, self.total or self.done), self.total)

    def reset(self) -> None:
        self.done = 0

    def close(self) -> None:
        pass


def _unpack(archive: Path) -> None:
    """Takes the two wanted files out of an archive, checks them, and puts them into the folder, the graph last."""
    with tempfile.TemporaryDirectory(dir=folder(), prefix=PART) as part:
        try:
            with zipfile.ZipFile(archive) as opened:
                for name in HASHES:
                    if opened.getinfo(name).file_size > LARGEST_FILE:
                        raise UserError(f"{name} in the archive is far larger than the published one: {by_hand()}")
                    # Written under our own name: whatever paths the archive holds, none is followed.
                    with opened.open(name) as packed, Path(part, name).open("wb") as file:
                        shutil.copyfileobj(packed, file)
        except OSError as error:
            raise UserError(f"Cannot write {folder()}: {error.strerror}.") from None
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            raise UserError(f"The archive is broken or holds no inception5h, and was removed: {by_hand()}") from None
        check_hashes(Path(part))
        for name in sorted(HASHES, key=GRAPH_FILE.__eq__):
            Path(part, name).replace(folder() / name)
