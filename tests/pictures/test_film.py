import io
import subprocess

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from dream.pictures.display import preview
from dream.pictures.film import FilmRecorder, encode_film, pack, unpack


def frame(level, height=48, width=65):
    return preview(np.full((height, width, 3), level, np.uint8), max(height, width))


FRAMES = [frame(40, 24, 32), frame(120), frame(240)]


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_animated_pictures_hold_every_frame(kind):
    with Image.open(io.BytesIO(encode_film(FRAMES, kind))) as film:
        assert film.n_frames == 3
        assert film.size == (65, 48)
        levels = []
        for number in range(3):
            film.seek(number)
            levels.append(np.asarray(film.convert("RGB")).mean())
            film.load()
        assert film.info["duration"] >= 1500
    np.testing.assert_allclose(levels, [40, 120, 240], atol=6)


def test_mp4_plays(tmp_path):
    (tmp_path / "film.mp4").write_bytes(encode_film(FRAMES, "mp4", frames_per_second=10))
    frames, seconds = imageio_ffmpeg.count_frames_and_secs(str(tmp_path / "film.mp4"))
    assert (frames, round(seconds, 1)) == (18, 1.8)
    shown = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-i", tmp_path / "film.mp4"], capture_output=True, text=True
    ).stderr
    assert "h264" in shown
    assert "64x48" in shown


def test_a_reel_keeps_within_its_budget():
    recorder = FilmRecorder(most_bytes=10_000, most_frames=8)
    for step in range(1, 101):
        if recorder.wants(step):
            recorder.add(bytes([step]) * 100)
    kept = [jpeg[0] for jpeg in recorder.frames]
    assert kept == [16, 32, 48, 64, 80, 96]

    small = FilmRecorder(most_bytes=250)
    for step in range(1, 5):
        if small.wants(step):
            small.add(bytes([step]) * 100)
    assert [jpeg[0] for jpeg in small.frames] == [2, 4]


def test_frames_are_packed_into_one_file():
    assert unpack(pack(FRAMES)) == FRAMES
