"""The steps of a dream as a film: kept while it is rendered, shown frame by frame, encoded when somebody wants a file."""

import io
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

MOST_BYTES = 20_000_000
MOST_FRAMES = 300
HOLD_SECONDS = 1.5  # how long the finished picture stands at the end
FORMATS = {"mp4": "video/mp4", "gif": "image/gif", "webp": "image/webp"}


class FilmRecorder:
    """Collects frames within a budget: when it is used up, every second frame goes, and only every second one comes."""

    def __init__(self, every: int = 1, most_bytes: int = MOST_BYTES, most_frames: int = MOST_FRAMES) -> None:
        """Begins with a frame after every ``every`` steps."""
        self.frames: list[bytes] = []
        self._every = every
        self._most_bytes, self._most_frames = most_bytes, most_frames

    def wants(self, step: int) -> bool:
        """Whether the frame after this step (1 is the first) shall be added: others need not be encoded at all."""
        return step % self._every == 0

    def add(self, jpeg: bytes) -> None:
        """Takes a frame that it wants, or the very last one."""
        self.frames.append(jpeg)
        while len(self.frames) > self._most_frames or sum(map(len, self.frames)) > self._most_bytes:
            self.frames = self.frames[1::2]
            self._every *= 2


def pack(frames: list[bytes]) -> bytes:
    """Frames as one file: a ZIP archive of JPEGs."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number, frame in enumerate(frames):
            archive.writestr(f"{number:04d}.jpg", frame)
    return out.getvalue()


def unpack(content: bytes) -> list[bytes]:
    """The frames that :func:`pack` put together."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [archive.read(name) for name in sorted(archive.namelist())]


def encode_film(frames: list[bytes], kind: str, frames_per_second: float = 12) -> bytes:
    """A film file out of JPEG frames.

    Args:
        frames: at least one; smaller ones (earlier octaves) are scaled to the size of the last.
        kind: ``mp4`` (H.264, plays everywhere), ``gif`` or ``webp``, the latter two endless.
        frames_per_second: of the steps; the last frame is held for a while.
    """
    with Image.open(io.BytesIO(frames[-1])) as last:
        size = last.size
    images = [_scaled(frame, size) for frame in frames]
    if kind == "mp4":
        return _mp4(images, frames_per_second)
    durations = [1000 / frames_per_second] * (len(images) - 1) + [1000 * HOLD_SECONDS]
    out = io.BytesIO()
    options = {"quality": 80, "method": 2} if kind == "webp" else {"optimize": False}
    images[0].save(
        out,
        kind.upper(),
        save_all=True,
        append_images=images[1:],
        duration=[round(d) for d in durations],
        loop=0,
        **options,
    )
    return out.getvalue()


def _scaled(jpeg: bytes, size: tuple[int, int]) -> Image.Image:
    with Image.open(io.BytesIO(jpeg)) as image:
        return image.convert("RGB").resize(size, Image.Resampling.BILINEAR)


def _mp4(images: list[Image.Image], frames_per_second: float) -> bytes:
    import imageio_ffmpeg  # late: it looks for its program when it is imported

    width, height = (side - side % 2 for side in images[0].size)  # H.264 halves both sides for its colours
    pixels = [np.asarray(image.crop((0, 0, width, height))) for image in images]
    pixels += pixels[-1:] * round(frames_per_second * HOLD_SECONDS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "film.mp4")
        writer = imageio_ffmpeg.write_frames(
            str(path), (width, height), fps=frames_per_second, quality=8, macro_block_size=2
        )
        writer.send(None)
        for frame in pixels:
            writer.send(np.ascontiguousarray(frame))
        writer.close()
        return path.read_bytes()
