"""Nothing is lost when server and workers are killed. ``python -m tests.bench.kills [KILLS]`` (100).

A server in a process of its own is given jobs, some with a photo, some private, and killed with SIGKILL: at random
moments, in the middle of writing a file, before a commit to the index, its worker at random moments; then it is started
again on the same folder. At the end every job that was taken is one dream in the gallery, whole, with its photo; no
recipe is there twice, nothing private, and no file of any job is left.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from PIL import Image

from dream.gallery.gallery import Gallery
from dream.gallery.record import DreamRecord
from dream.pictures.png import recipe_in
from dream.pictures.start import pixels_sha256
from dream.recipe import Layer, Naive, Noise, Photo, Recipe
from tests.bench.kill_server import photo

MOMENTS = ("server", "server", "worker", "file", "index")
LONGEST = 20  # seconds until a server that does not come to its moment is killed anyway


def recipe(seed: int) -> Recipe:
    start = Noise(width=160, height=160)
    if seed % 3 == 0:
        start = Photo(sha256=pixels_sha256(photo(seed)), longest_side=160)
    return Recipe(start=start, objective=Layer(layer="fire7"), method=Naive(iterations=20), seed=seed)


def start(home: Path, moment: str = "") -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.bench.kill_server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "DREAM_HOME": str(home), "DREAM_MAX_WAITING": "1000", "KILLS_AT": moment},
    )


def give(server: subprocess.Popen, seed: int, private: bool) -> str | None:
    """Hands a job in; its dream's id, or None where the server was dead before it took it."""
    try:
        server.stdin.write(json.dumps({"recipe": recipe(seed).to_json(), "private": private}) + "\n")
        server.stdin.flush()
    except BrokenPipeError:
        return None
    answer = server.stdout.readline().split()
    return answer[1] if answer else None


def kill(server: subprocess.Popen) -> None:
    if server.poll() is None:
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def one_life(home: Path, rng: random.Random, moment: str, seeds: range) -> list[tuple[str | None, bool]]:
    """A server's life and its end at a moment; the jobs that were handed in, and whether they were private."""
    server = start(home, f"{moment}:{rng.randint(1, 8 if moment == 'file' else 2)}" * (moment in ("file", "index")))
    handed_in = []
    if ready := server.stdout.readline().split():
        for seed in seeds:
            private = rng.random() < 0.2
            handed_in.append((give(server, seed, private), private))
        if moment in ("file", "index"):
            end = time.monotonic() + LONGEST
            while server.poll() is None and time.monotonic() < end:
                time.sleep(0.1)
        else:
            time.sleep(rng.uniform(0, 3))
        if moment == "worker":
            os.kill(int(ready[1]), signal.SIGKILL)
            time.sleep(rng.uniform(0, 3))
    kill(server)
    return handed_in


def is_whole(gallery: Gallery, dream: DreamRecord) -> bool:
    with Image.open(gallery.png_path(dream.id)) as image:
        image.load()
    photos = gallery.photos(dream.plan)
    return recipe_in(gallery.png_path(dream.id).read_bytes()) == dream.plan and all(
        pixels_sha256(pixels) == sha256 for sha256, pixels in photos.items()
    )


def main(kills: int) -> None:
    home = Path(tempfile.mkdtemp(prefix="dream-kills-"))
    rng = random.Random(0)
    taken, private, next_seed, by = set(), set(), 0, Counter()
    started = time.monotonic()
    while by.total() < kills:
        moment = rng.choice(MOMENTS)
        seeds = range(next_seed, next_seed + rng.choice((0, 1, 1, 2)))
        next_seed = seeds.stop
        for dream_id, is_private in one_life(home, rng, moment, seeds):
            if dream_id:
                (private if is_private else taken).add(dream_id)
        by[moment] += 1
        print(f"\r{dict(by)}, {len(taken)} jobs taken, {len(private)} private ones", end="", flush=True)
    server = start(home)
    while any((home / "jobs").glob("*.json")):
        time.sleep(0.5)
    kill(server)
    gallery = Gallery(home)
    kept = gallery.page(0, 10_000)
    ids = {dream.id for dream in kept}
    whole = sum(is_whole(gallery, dream) for dream in kept)
    doubled = len(kept) - len({dream.plan.seed for dream in kept})
    left = list((home / "jobs").iterdir())
    print(f"\n{dict(by)}: {len(taken)} jobs taken, {len(kept)} dreams kept, {whole} of them whole, ", end="")
    print(
        f"{len(taken - ids)} lost, {doubled} doubled, {len(private & ids)} of {len(private)} private ones kept, ",
        end="",
    )
    print(f"{len(left)} files of jobs left, {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
