"""Many people at once. ``python -m tests.bench.sessions [SESSIONS] [SECONDS]`` (20 600).

One Chromium with a context for each session, on this machine: each uploads a photo of its own, picks a feature by its
picture, dreams, looks around in the gallery and at other pages meanwhile, again and again. Told are errors, dreams
asked for and kept, the server's time for a run of a page's script, and its memory. The server is the real one, but for
a clock around each run.
"""

import asyncio
import io
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import numpy as np
import psutil
from PIL import Image
from playwright.async_api import Page, async_playwright

from dream.gallery.gallery import Gallery
from dream.jobs.files import JobFiles

ROOT = Path(__file__).parent.parent.parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
CLOCK = """
    import os, time
    import streamlit as st
    started = time.perf_counter()
    try:
        main()
    finally:
        with open(os.environ["BENCH_CLOCK"], "a") as file:
            page = (st.context.url or "").split("?")[0].rsplit("/", 1)[-1]
            file.write(f"{time.perf_counter() - started:.4f} {page or 'home'}\\n")
"""
SETTLED = 120  # seconds after which the server's memory is taken for the first time


def timed_app(folder: Path) -> None:
    """The app with a clock around its script."""
    for name in ("dream", "pages", ".streamlit"):
        shutil.copytree(ROOT / name, folder / name)
    source = (ROOT / "app.py").read_text()
    parts = source.split('if __name__ == "__main__":\n    main()\n')
    (folder / "app.py").write_text(f'{parts[0]}if __name__ == "__main__":{CLOCK}{parts[1]}')


def start(folder: Path, home: Path) -> tuple[subprocess.Popen, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "DREAM_HOME": str(home),
        "DREAM_CACHE": str(home / "cache"),
        "BENCH_CLOCK": str(home / "clock"),
        "PYTHONPATH": str(folder),
    }
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            [*command, "--server.port", str(port)], cwd=folder, env=environment, stdout=log, stderr=log
        )
    url = f"http://localhost:{port}"
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=2)
            return server, url
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("The server did not start")


def photo(number: int) -> bytes:
    rng = np.random.default_rng(number)
    small = Image.fromarray(rng.integers(0, 256, (12, 16, 3), dtype=np.uint8))
    out = io.BytesIO()
    small.resize((320, 240), Image.Resampling.BICUBIC).save(out, "JPEG")
    return out.getvalue()


class Session:
    """One person with a browser."""

    def __init__(self, number: int, page: Page) -> None:
        self.page, self.number = page, number
        self.rng = random.Random(number)
        self.asked = 0
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    async def live(self, until: float) -> None:
        await self.page.goto("/")
        while time.monotonic() < until:
            try:
                await self.dream_once()
                await self.look_around(until)
            except Exception as error:
                self.errors.append(" | ".join(str(error).splitlines()[:4]))
                await self.page.goto("/")
            if await self.page.get_by_test_id("stException").count():
                self.errors.append("an exception on the page")

    async def go(self, name: str) -> None:
        await self.page.get_by_test_id("stTopNavLink").filter(has_text=name).click()

    async def dream_once(self) -> None:
        page = self.page
        await self.go("Picture")
        await page.get_by_role("radio", name="Upload").click()
        name = f"photo-{self.number}-{self.asked}.jpg"
        content = photo(1000 * self.number + self.asked)
        await page.locator('input[type="file"]').set_input_files(
            {"name": name, "mimeType": "image/jpeg", "buffer": content}
        )
        await page.get_by_text("You start from your picture.").wait_for()
        await page.get_by_role("button", name="Next: what shall grow in it?").click()
        channel = self.rng.randrange(64)
        sheet = page.get_by_role("group", name="Pictures to choose from")
        await sheet.locator("button").nth(channel).click()
        await page.get_by_text(re.compile(r"→ feature \d+ of layer")).wait_for()
        await page.get_by_role("button", name="Dream it now").click()
        await page.get_by_text(re.compile(r"^(Step|Waiting|Getting)")).first.wait_for()
        self.asked += 1

    async def look_around(self, until: float) -> None:
        """Other pages, then back to the render until it is kept."""
        page = self.page
        for name in self.rng.sample(["Gallery", "Learn", "Home", "Layers"], 2):
            await self.go(name)
            await page.wait_for_timeout(self.rng.uniform(1000, 4000))
        await self.go("Render")
        while time.monotonic() < until and not await page.get_by_text("Kept in the gallery.").count():
            await page.wait_for_timeout(1000)


async def everybody(
    url: str, count: int, seconds: float, server: subprocess.Popen, clock: Path
) -> tuple[list[Session], list[int]]:
    memory = []

    async def watch() -> None:
        await asyncio.sleep(min(SETTLED, seconds / 2))
        while True:
            memory.append(psutil.Process(server.pid).memory_info().rss)
            await asyncio.sleep(5)

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for process in psutil.Process().children(recursive=True):
            if "chrom" in process.name():
                process.nice(19)
        first = Session(count, await browser.new_page(base_url=url))
        await first.page.goto("/")
        await first.dream_once()
        await first.look_around(time.monotonic() + 60)
        await first.page.close()
        clock.write_text("")
        sessions = []
        for number in range(count):
            context = await browser.new_context(viewport={"width": 1000, "height": 700}, base_url=url)
            context.set_default_timeout(90_000)
            sessions.append(Session(number, await context.new_page()))
        watching = asyncio.create_task(watch())
        until = time.monotonic() + seconds
        await asyncio.gather(*(session.live(until) for session in sessions))
        watching.cancel()
        await browser.close()
    return sessions, memory


def main(count: int, seconds: float) -> None:
    folder, home = (Path(tempfile.mkdtemp(prefix=f"dream-sessions-{name}-")) for name in ("app", "home"))
    timed_app(folder)
    server, url = start(folder, home)
    sessions, memory = asyncio.run(everybody(url, count, seconds, server, home / "clock"))
    files, ends = JobFiles(home), time.monotonic() + 1200
    while files.read() and time.monotonic() < ends:
        time.sleep(1)
    server.terminate()
    server.wait(60)
    log = (home / "log").read_text()
    ended = [json.loads(line.split("dream.jobs ", 1)[1]) for line in log.splitlines() if "dream.jobs {" in line]
    clock = [line.split() for line in (home / "clock").read_text().splitlines()]
    runs = np.array([float(seconds) for seconds, _ in clock])
    errors = [error for session in sessions for error in session.errors]
    print(
        f"{count} sessions, {seconds:.0f} s: {sum(session.asked for session in sessions)} dreams asked for after the first, ",
        end="",
    )
    print(
        f"{len(ended)} ended, {sum(job['ended'] == 'done' for job in ended)} done, {Gallery(home).count()} kept, ",
        end="",
    )
    print(f"{len(errors)} errors, {log.count('Traceback')} tracebacks")
    print(f"script runs: {len(runs)}, median {np.median(runs):.3f} s, p95 {np.percentile(runs, 95):.3f} s, ", end="")
    print(f"p99 {np.percentile(runs, 99):.3f} s, most {runs.max():.2f} s")
    for name in sorted({name for _, name in clock}):
        here = [float(seconds) for seconds, page in clock if page == name]
        print(f"  {name}: {len(here)} runs, median {np.median(here):.3f} s, p95 {np.percentile(here, 95):.3f} s")
    print(f"server memory: {memory[0] / 1e6:.0f} MB settled, {memory[-1] / 1e6:.0f} MB at the end, ", end="")
    print(f"{memory[-1] / memory[0] - 1:+.1%}; most {max(memory) / 1e6:.0f} MB")
    for error in errors[:10]:
        print(error)
    print(home)


if __name__ == "__main__":
    main(*(kind(text) for kind, text in zip((int, float), [*sys.argv[1:], *("20", "600")[len(sys.argv) - 1 :]])))
