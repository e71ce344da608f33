"""The server that ``kills`` kills: the real one without its pages, told by lines which jobs to take.

``KILLS_AT=file:3`` in its environment makes it kill itself and its worker with half of its third file on the disk,
``KILLS_AT=index:1`` before its first commit to the gallery's index.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from stat import S_ISREG

import numpy as np

from dream.pictures.start import pixels_sha256
from dream.recipe import Recipe, parse_plan


def photo(seed: int) -> np.ndarray:
    """A photo that both sides can make."""
    return np.random.default_rng(seed).integers(0, 256, (160, 160, 3), dtype=np.uint8)


def _photos(recipe: Recipe) -> dict[str, np.ndarray]:
    pixels = photo(recipe.seed)
    return {pixels_sha256(pixels): pixels} if recipe.photos else {}


def _kill_at(moment: str) -> None:
    what, number = moment.split(":")
    left = count(int(number), -1)
    if what == "file":
        os.fsync = _half_a_file(left, os.fsync)
    else:
        from sqlalchemy import Engine, event

        event.listen(Engine, "commit", lambda _: _die() if next(left) == 1 else None)


def _half_a_file(left: count, fsync: Callable) -> Callable:
    def half(handle: int) -> None:
        file = os.fstat(handle)
        if S_ISREG(file.st_mode) and next(left) == 1:
            os.ftruncate(handle, file.st_size // 2)
            _die()
        fsync(handle)

    return half


def _die() -> None:
    os.killpg(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Takes jobs from standard input until it is killed."""
    from dream.gallery.gallery import Gallery
    from dream.jobs.jobs import Jobs

    if moment := os.environ.get("KILLS_AT"):
        _kill_at(moment)
    jobs = Jobs(Gallery())
    jobs.wait_until_warm()
    (worker,) = jobs._workers.client.run(os.getpid).values()
    print("ready", worker, flush=True)
    for line in sys.stdin:
        wanted = json.loads(line)
        recipe = parse_plan(wanted["recipe"])
        job = jobs.submit(recipe, _photos(recipe), "owner", wanted["private"])
        print("taken", job.request.reserved_id, flush=True)


if __name__ == "__main__":
    main()
