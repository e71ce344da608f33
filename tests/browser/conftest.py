"""One server, one browser and one profile for all browser tests; each test is a visitor of its own."""

import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright
from serving import serving, zipped_standin

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
WIDE = (1280, 900)
# Streamlit asks for these below the page's own address first, where there are none.
NOT_THERE = re.compile(r"/(picture|layers|render|compare|gallery|learn|server)/_stcore/(health|host-config)")

expect.set_options(timeout=30_000)  # a busy machine is not a broken page


class Server:
    """``streamlit run app.py`` on a free port, with a home of its own that outlives a restart."""

    def __init__(self, home: Path, *arguments: str, base: str = "", **environment: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.home = home
        self.log = home / "server.log"
        self._base = base
        self._arguments = [*arguments, "--server.baseUrlPath", base]
        self._environment = {**os.environ, "DREAM_HOME": str(home), "DREAM_CACHE": str(home / "cache"), **environment}

    def start(self) -> None:
        command = [sys.executable, "-m", "streamlit", "run", "app.py"]
        command += ["--server.headless", "true", "--server.port", str(self.port), *self._arguments]
        with self.log.open("a") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=log, stderr=log)
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{self.url}{self._base}/_stcore/health", timeout=2)
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"The server did not start: {self.log.read_text()}")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)


@pytest.fixture(scope="session")
def server(tmp_path_factory, standin_path):
    archive = zipped_standin(standin_path)
    with serving(archive, pieces=30, pause=0.1) as (url, _):
        sha256 = hashlib.sha256(archive).hexdigest()
        server = Server(
            tmp_path_factory.mktemp("browser-home"), DREAM_INCEPTION5H_URL=url, DREAM_INCEPTION5H_SHA256=sha256
        )
        server.start()
        yield server
        server.stop()
    complaints = [line for line in server.log.read_text().splitlines() if "Traceback" in line or "WARN" in line.upper()]
    assert not complaints, server.log.read_text()


@pytest.fixture(scope="session")
def browser():
    if CHROMIUM is None:
        why = "There is no Chromium: install the package chromium to run the browser tests."
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def context(browser, server):
    """Its cache stays from test to test: Streamlit's scripts are fetched and compiled once."""
    context = browser.new_context(base_url=server.url)
    context.set_default_timeout(60_000)
    yield context
    context.close()


@pytest.fixture(params=[WIDE], ids=["wide"])
def page(context, server, request):
    context.clear_cookies()  # a new visitor: this is all that the app knows one by
    width, height = request.param
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": height})
    errors = []
    page.on("console", lambda message: errors.append(message) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(error))
    yield page
    page.close()
    assert [told(error) for error in errors if not harmless(error, server.url)] == []


def harmless(error, url):
    """Whether this is one of the addresses that are known not to be there."""
    place = getattr(error, "location", {}).get("url", "")
    return (
        "404 (Not Found)" in getattr(error, "text", "")
        and place.startswith(url)
        and NOT_THERE.fullmatch(place.removeprefix(url)) is not None
    )


def told(error):
    return f"{error.text} ({error.location['url']})" if hasattr(error, "location") else str(error)
