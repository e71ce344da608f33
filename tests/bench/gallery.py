"""A gallery of many dreams. ``python -m tests.bench.gallery [DREAMS]`` (10000)."""

import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import psutil

from dream.gallery.gallery import Gallery
from dream.gallery.index import DreamFilter
from dream.gallery.record import DreamRecord
from dream.pictures.png import encode_png
from dream.recipe import Channel, Dream, Recipe, Sample


def fill(home: Path, count: int) -> None:
    """Writes the files as :meth:`Gallery.keep` would, without waiting for the disk each time."""
    Gallery(home)
    pixels = np.random.default_rng(0).integers(0, 256, (480, 640, 3), dtype=np.uint8)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    recipe = Recipe(start=Sample(name="coffee"), objective=Channel(layer="fire7", channel=0), method=Dream())
    png = home / "one.png"
    png.write_bytes(encode_png(pixels, recipe))
    for number in range(count):
        objective = Channel(layer=f"fire{2 + number % 8}", channel=number % 100)
        created = start + timedelta(minutes=number)
        dream = DreamRecord(
            id=f"{created:%Y%m%d-%H%M%S-%f}-{number:06x}",
            title=objective.title(),
            recipe=recipe.model_copy(update={"objective": objective}),
            scores=tuple(np.linspace(0, 100, 40).tolist()),
            width=640,
            height=480,
            seconds=8.0,
            created=created,
            star=number % 50 == 0,
        )
        (home / "dreams" / f"{dream.id}.json").write_text(dream.model_dump_json(indent=1))
        os.link(png, home / "dreams" / f"{dream.id}.png")


def timed(what: str, run) -> object:
    started = time.perf_counter()
    result = run()
    print(f"{what}: {time.perf_counter() - started:.3f} s")
    return result


def main(count: int) -> None:
    home = Path(tempfile.mkdtemp(prefix="dream-gallery-"))
    os.environ["DREAM_HOME"] = str(home)
    fill(home, count)
    before = psutil.Process().memory_info().rss
    gallery = timed(f"opened with an index to make of {count} dreams", lambda: Gallery(home))
    gallery = timed("opened with its index", lambda: Gallery(home))
    timed("index made anew", gallery.rebuild)
    page = timed("first page", lambda: gallery.page(0, 12))
    timed("its thumbnails, made", lambda: [gallery.thumbnail(dream.id) for dream in page])
    timed("its thumbnails, again", lambda: [gallery.thumbnail(dream.id) for dream in page])
    timed("last page", lambda: gallery.page(count // 12 - 1, 12))
    wanted = DreamFilter(text="fire7 channel 5", starred=False)
    found = timed("a search", lambda: (gallery.count(wanted), gallery.page(0, 12, wanted)))
    print(f"found {found[0]}; memory grown by {(psutil.Process().memory_info().rss - before) / 1e6:.0f} MB")
    from streamlit.testing.v1 import AppTest

    test = AppTest.from_file(str(Path(__file__).parent.parent.parent / "app.py"), default_timeout=120).run()
    test.switch_page("pages/gallery.py").run()
    started = time.perf_counter()
    test.run()
    print(f"the gallery's page: {time.perf_counter() - started:.3f} s of the script")
    assert not test.exception
    os._exit(0)  # the workers that the app has started


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
