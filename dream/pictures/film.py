"""Films of a render: recording of frames, storage, and encoding as MP4, GIF or WebP."""

import io
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

MOST_BYTES = 20_000_000
MOST_FRAMES = 300
HOLD_SECONDS = 1.5  # how long the last frame is shown
FORMATS = {"mp4": "video/mp4", "gif": "image/gif", "webp": "image/webp"}


class FilmRecorder:
    """Records frames within a budget of bytes and frames.

    Whenever it is exceeded, every second frame is dropped, and from then on half as many are recorded.
    """

    def __init__(self, every: int = 1, most_bytes: int = MOST_BYTES, most_frames: int = MOST_FRAMES) -> None:
        """``every``: steps from one frame to the next, at first."""
        self.frames: list[bytes] = []
        self._every = every
        self._most_bytes, self._most_frames = most_bytes, most_frames

    def wants(self, step: int) -> bool:
        """Whether the frame after this step (1 is the first) is to be added: others need not be encoded."""
        return step % self._every == 0

    def add(self, jpeg: bytes) -> None:
        """Adds a frame as JPEG: one that it :meth:`wants`, or the last one."""
        self.frames.append(jpeg)
        while len(self.frames) > self._most_frames or sum(map(len, self.frames)) > self._most_bytes:
            self.frames = self.frames[1::2]
            self._every *= 2


def pack(frames: list[bytes]) -> bytes:
    """JPEG frames as one ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number, frame in enumerate(frames):
            archive.writestr(f"{number:04d}.jpg", frame)
    return out.getvalue()


def unpack(content: bytes) -> list[bytes]:
    """The JPEG frames in an archive of :func:`pack`; raises BadZipFile if it is none."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [archive.read(name) for name in sorted(archive.namelist())]


def encode_film(frames: list[bytes], kind: str, frames_per_second: float = 12) -> bytes:
    """Encodes JPEG frames as a film file.

    Args:
        frames: at least one; smaller ones (earlier octaves) are scaled to the size of the last.
        kind: ``mp4`` (H.264, plays everywhere), ``gif`` or ``webp``; the latter two loop.
        frames_per_second: the last frame is shown for 1.5 seconds more.
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
    import imageio_ffmpeg  # late: the import searches for the ffmpeg program

    width, height = (
        side - side % 2 for side in images[0].size
    )  # H.264 needs even sides: chroma has half the resolution
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
