"""A full disk and a read-only folder. ``python -m tests.bench.disk``; as root, on Linux: it mounts small file systems."""

import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

import numpy as np

from dream.errors import UserError
from dream.gallery.gallery import Gallery
from dream.jobs.files import JobFiles
from dream.jobs.job import Job
from dream.jobs.request import JobRequest
from dream.pictures.png import encode_png, recipe_in
from dream.recipe import Layer, Naive, Noise, Recipe

RECIPE = Recipe(start=Noise(), objective=Layer(layer="fire7"), method=Naive())


def attempt(what: str, run) -> bool:
    """Whether it worked; a sentence is told, anything else comes through."""
    try:
        run()
    except UserError as error:
        print(f"{what}: {error}")
        return False
    return True


def check(home: Path, expected: int) -> None:
    gallery = Gallery(home)
    dreams = gallery.page(0, 10_000)
    whole = sum(recipe_in(gallery.png_path(dream.id).read_bytes()) == dream.plan for dream in dreams)
    parts = list(home.rglob("*.part"))
    gallery._index._engine.dispose()
    print(f"  {len(dreams)} dreams of {expected} kept, {whole} whole, {len(parts)} half files")


def main() -> None:
    home = Path(tempfile.mkdtemp(prefix="dream-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(home)], check=True)
    try:
        gallery = Gallery(home)
        png = encode_png(np.random.default_rng(0).integers(0, 256, (300, 300, 3), dtype=np.uint8), RECIPE)

        def keep() -> None:
            gallery.keep(png, RECIPE, (1.0,), size=(300, 300), seconds=1.0)

        kept = 0
        while attempt("keep, disk full", keep):
            kept += 1
        check(home, kept)
        first, second, third, fourth = gallery.page(0, 4)
        filler = home / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(b"\0" * 1024)
        attempt("star, disk full", lambda: gallery.change(second.id, star=True))
        attempt("thumbnail, disk full", lambda: gallery.thumbnail(first.id))
        attempt("delete, disk full", lambda: gallery.delete(second.id))
        attempt("restore, disk full", lambda: gallery.restore(second.id))
        attempt("open, disk full", lambda: Gallery(home)._index._engine.dispose())
        gallery._index._engine.dispose()  # the last one open: SQLite's own files beside the index go
        attempt("open when nothing else is, disk full", lambda: Gallery(home)._index._engine.dispose())
        attempt("delete when the index cannot be opened, disk full", lambda: gallery.delete(third.id))
        attempt("restore when the index cannot be opened, disk full", lambda: gallery.restore(third.id))
        attempt("delete once more, disk full", lambda: gallery.delete(fourth.id))
        filler.unlink()
        check(home, kept - 1)
        gallery._index._engine.dispose()  # nothing may be open for writing
        subprocess.run(["mount", "-o", "remount,ro", str(home)], check=True)
        attempt("keep, read-only", keep)
        attempt("star, read-only", lambda: gallery.change(first.id, star=True))
        attempt("delete, read-only", lambda: gallery.delete(first.id))
        attempt("restore, read-only", lambda: gallery.restore(fourth.id))
        attempt("thumbnail, read-only", lambda: gallery.thumbnail(first.id))
        attempt("open, read-only", lambda: Gallery(home))
        job = Job(JobRequest(owner="anna", recipe=RECIPE))
        attempt("job, read-only", lambda: JobFiles(home).write(job))
        subprocess.run(["mount", "-o", "remount,rw", str(home)], check=True)
        check(home, kept - 1)
    finally:
        subprocess.run(["umount", "-l", str(home)], check=True)


if __name__ == "__main__":
    main()
