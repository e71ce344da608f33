"""A server of its own for the browser tests, and Debian's Chromium."""

import hashlib
import os
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
# Streamlit asks for these below the page's own address first, where there are none.
HARMLESS = ("404 (Not Found)",)

expect.set_options(timeout=30_000)  # a busy machine is not a broken page


class Server:
    """``streamlit run app.py`` on a free port, with a home of its own that outlives a restart."""

    def __init__(self, home: Path, **environment: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.log = home / "server.log"
        self._environment = {**os.environ, "DREAM_HOME": str(home), "DREAM_CACHE": str(home / "cache"), **environment}

    def start(self) -> None:
        command = [sys.executable, "-m", "streamlit", "run", "app.py"]
        command += ["--server.headless", "true", "--server.port", str(self.port)]
        with self.log.open("a") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=log, stderr=log)
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2)
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


@pytest.fixture(params=[(1280, 900)], ids=["wide"])
def page(browser, server, request):
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, base_url=server.url)
    context.set_default_timeout(60_000)
    page = context.new_page()
    errors = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert [error for error in errors if not any(harmless in error for harmless in HARMLESS)] == []
