"""Nothing is lost when server and workers are killed. ``python -m tests.bench.kills [KILLS]`` (100).

A server in a process of its own (the real one without its pages) is given jobs and killed with SIGKILL at random
moments, its worker likewise; then it is started again on the same folder. At the end every job that was taken is one
dream in the gallery, whole, and no dream is there twice.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

from dream.pictures.png import recipe_in
from dream.recipe import Layer, Naive, Noise, Recipe
from dream.studio.gallery import Gallery
from dream.studio.job_files import JobFiles

SERVER = """
import sys, threading, time
from dream.recipe import parse_recipe
from dream.studio.gallery import Gallery
from dream.studio.jobs import Jobs

if __name__ == "__main__":
    jobs = Jobs(Gallery())
    jobs.wait_until_warm()
    (worker,) = jobs._client.run(__import__("os").getpid).values()
    print("ready", worker, flush=True)
    for line in sys.stdin:
        job = jobs.submit(parse_recipe(line), {}, "owner")
        print("taken", job.keep_as, flush=True)
"""


def recipe(seed: int) -> Recipe:
    noise, method = Noise(width=160, height=160), Naive(iterations=20)
    return Recipe(start=noise, objective=Layer(layer="fire7"), method=method, seed=seed)


def start(home: Path) -> tuple[subprocess.Popen, int]:
    script = home / "server.py"
    script.write_text(SERVER)
    server = subprocess.Popen(
        [sys.executable, str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "DREAM_HOME": str(home), "PYTHONPATH": str(Path.cwd()), "DREAM_MAX_WAITING": "1000"},
    )
    _, worker = server.stdout.readline().split()
    return server, int(worker)


def main(kills: int) -> None:
    home = Path(tempfile.mkdtemp(prefix="dream-kills-"))
    rng = random.Random(0)
    taken, by = [], {"server": 0, "worker": 0}
    started = time.monotonic()
    while sum(by.values()) < kills:
        server, worker = start(home)
        for _ in range(rng.choice((0, 1, 1, 2))):
            server.stdin.write(recipe(len(taken)).model_dump_json() + "\n")
            server.stdin.flush()
            taken.append(server.stdout.readline().split()[1])
        time.sleep(rng.uniform(0, 3))
        if rng.random() < 0.5:
            os.kill(worker, signal.SIGKILL)
            by["worker"] += 1
            time.sleep(rng.uniform(0, 3))
        os.killpg(server.pid, signal.SIGKILL)
        by["server"] += 1
        server.wait()
        print(f"\r{by}, {len(taken)} jobs taken", end="", flush=True)
    server, _ = start(home)
    files = JobFiles(home)
    while files.read():
        time.sleep(0.5)
    gallery = Gallery(home)
    kept = [dream.id for dream in gallery.page(0, 10_000)]
    whole = 0
    for name in kept:
        with Image.open(gallery.png_path(name)) as image:
            image.load()
        whole += recipe_in(gallery.png_path(name).read_bytes()) == gallery.find(name).recipe
    stray = [path for path in (home / "dreams").iterdir() if path.suffix == ".part"]
    lost = set(taken) - set(kept)
    os.killpg(server.pid, signal.SIGKILL)
    print(
        f"\n{by}: {len(taken)} jobs taken, {len(kept)} dreams kept, {whole} of them whole, {len(lost)} lost, ", end=""
    )
    print(f"{len(kept) - len(set(kept))} doubled, {len(stray)} stray files, {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
