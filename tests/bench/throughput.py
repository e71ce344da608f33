"""24 equal jobs with one and with two single-threaded workers. ``python -m tests.bench.throughput``."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

JOBS = 24
SCRIPT = """
import os, sys, time
from dream.recipe import Class, Fourier, Noise, Recipe
from dream.gallery.gallery import Gallery
from dream.jobs.jobs import Jobs

if __name__ == "__main__":
    count = int(os.environ["DREAM_WORKERS"])
    jobs = Jobs(Gallery())
    jobs.wait_until_warm()
    recipe = Recipe(start=Noise(), objective=Class(index=340), method=Fourier(iterations=64))

    def render(number):
        taken = [jobs.submit(recipe.model_copy(update={"seed": seed}), {}, f"owner {seed}") for seed in range(number)]
        while not all(job.finished for job in taken):
            time.sleep(0.02)
        return [job.dream_id for job in taken]

    render(2 * count)  # every worker has built its gradient
    started = time.monotonic()
    kept = render(int(sys.argv[1]))
    print(f"{time.monotonic() - started:.2f} {len(set(kept))}")
    jobs.close()
"""


def seconds(workers: int) -> float:
    home = tempfile.mkdtemp(prefix="dream-throughput-")
    script = Path(home, "jobs.py")
    script.write_text(SCRIPT)
    environment = {
        **os.environ,
        "DREAM_HOME": home,
        "DREAM_WORKERS": str(workers),
        "PYTHONPATH": str(Path.cwd()),
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
    }
    out = subprocess.run(
        [sys.executable, str(script), str(JOBS)], env=environment, capture_output=True, text=True, check=True
    )
    took, kept = out.stdout.split()[-2:]
    assert int(kept) == JOBS
    return float(took)


def main() -> None:
    one, two = seconds(1), seconds(2)
    print(f"{JOBS} jobs: {one:.1f} s with one worker, {two:.1f} s with two: {one / two:.2f} times as fast")


if __name__ == "__main__":
    main()
