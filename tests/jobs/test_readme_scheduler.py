"""The README's commands for workers on other machines, as they stand there."""

import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest
from distributed import Client, Security

README = (Path(__file__).parents[2] / "README.md").read_text()
ADDRESS, PORT = "10.0.0.5", "8786"


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@pytest.fixture
def certificates(tmp_path):
    """The files that the commands name, and what a client of theirs brings."""
    made = Security.temporary()
    for name, content in {
        "ca.pem": made.tls_ca_file,
        "me.pem": made.tls_client_cert,
        "me.key": made.tls_client_key,
    }.items():
        (tmp_path / name).write_text(content)
    return made


def commands(port):
    """The exports and the scheduler's command, for this machine."""
    lines = [line.strip() for line in README.splitlines()]
    first = next(number for number, line in enumerate(lines) if "export PYTHONPATH=. TLS=" in line)
    last = next(number for number, line in enumerate(lines) if "dask scheduler --host" in line)
    text = "\n".join(lines[first : last + 1]).replace(".venv/bin/dask", f"exec {sys.executable} -m dask")
    return re.sub(rf"\b{PORT}\b", str(port), text.replace(ADDRESS, "127.0.0.1"))


def test_its_scheduler_listens_at_its_address_to_whoever_has_a_certificate_and_shows_no_pages(
    tmp_path, port, certificates
):
    process = subprocess.Popen(["bash", "-c", commands(port)], cwd=tmp_path, stderr=subprocess.DEVNULL)
    try:
        with Client(f"tls://127.0.0.1:{port}", security=certificates, timeout=60, set_as_default=False):
            listening = {
                connection.laddr
                for connection in psutil.Process(process.pid).net_connections("inet")
                if connection.status == psutil.CONN_LISTEN
            }
        assert {ip for ip, _ in listening} == {"127.0.0.1"}
        for _, other in listening:
            for path in (
                ("", "status", "info/main/workers.html", "json/identity.json", "metrics") if other != port else ()
            ):
                with pytest.raises(urllib.error.HTTPError, match="404"):
                    urllib.request.urlopen(f"http://127.0.0.1:{other}/{path}", timeout=20)
        with pytest.raises(OSError):
            Client(f"tcp://127.0.0.1:{port}", timeout=0.5, set_as_default=False)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
