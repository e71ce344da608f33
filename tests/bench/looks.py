"""A photo in all looks, small: seconds until the first picture, the first eight and all of them, and CPU seconds.

``python -m tests.bench.looks [PHOTO …]``; without a PHOTO the five samples. The process is warm: it has rendered another
photo in all looks before.
"""

import sys
import time
from pathlib import Path

import numpy as np
import psutil

from dream.looks.look_pictures import LookPictures
from dream.looks.process import RenderProcess
from dream.pictures.photo_files import load_photo
from dream.pictures.start import sample, scaled
from dream.recipe.looks import SMALL_SIDE, looks
from dream.recipe.starts import SAMPLES

LOOK_EVERY = 0.02  # seconds
EIGHT = 8


def measure(pictures: LookPictures, photo: np.ndarray) -> tuple[list[float], float]:
    """Seconds after which each picture was there, in order, and CPU seconds of the process that renders."""
    small = scaled(photo, SMALL_SIDE)
    started, worked, seconds = time.monotonic(), cpu_seconds(), []
    while True:
        made = pictures.wish(small, looks())
        seconds += [time.monotonic() - started] * (sum(jpeg is not None for jpeg in made.values()) - len(seconds))
        if None not in made.values():
            return seconds, cpu_seconds() - worked
        time.sleep(LOOK_EVERY)


def cpu_seconds() -> float:
    """User and system seconds of this process's children."""
    return sum(sum(child.cpu_times()[:2]) for child in psutil.Process().children())


def main(files: list[str]) -> None:
    photos = {file: load_photo(Path(file).read_bytes()) for file in files} or {name: sample(name) for name in SAMPLES}
    pictures = LookPictures(RenderProcess)
    seconds, worked = measure(pictures, 255 - sample("coffee"))
    print(
        f"cold: first {seconds[0]:.2f} s, eight {seconds[EIGHT - 1]:.1f} s, all {seconds[-1]:.1f} s, CPU {worked:.1f} s"
    )
    for name, photo in photos.items():
        seconds, worked = measure(pictures, photo)
        print(
            f"{name}: first {seconds[0]:.2f} s, eight {seconds[EIGHT - 1]:.1f} s, all {seconds[-1]:.1f} s, CPU {worked:.1f} s"
        )
    memory = sum(child.memory_info().rss for child in psutil.Process().children())
    print(f"{len(looks())} looks, memory of the process {memory / 1e9:.2f} GB")


if __name__ == "__main__":
    main(sys.argv[1:])
