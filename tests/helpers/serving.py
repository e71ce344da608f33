"""A web server on this machine that serves one file, well or badly."""

import http.server
import io
import threading
import time
import zipfile
from contextlib import contextmanager, suppress

from dream.networks.zoo.download import LABELS_FILE


@contextmanager
def serving(content, **behaviour):
    """A server with this content; yields its address and the list of requests that it had."""
    requests = []
    done = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            requests.append(self.path)
            if status := behaviour.get("status"):
                self.send_error(status)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            sent = content[: behaviour.get("cut", len(content))]
            pieces = behaviour.get("pieces", 1)
            for start in range(0, len(sent), -(-len(sent) // pieces)):
                self.wfile.write(sent[start : start + -(-len(sent) // pieces)])
                time.sleep(behaviour.get("pause", 0))
            if behaviour.get("hang"):
                done.wait()

        def log_message(self, *_):
            pass

        def handle(self):
            with suppress(OSError):  # whoever asked has gone
                super().handle()

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/inception5h.zip", requests
    finally:
        done.set()
        server.shutdown()
        server.server_close()


def zipped_standin(path):
    """The stand-in and its labels zipped as the released archive is, with a third file in it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:  # stored: random weights do not get smaller
        for file in (path, path.parent / LABELS_FILE):
            archive.write(file, file.name)
        archive.writestr("LICENSE", "Apache-2.0")
    return content.getvalue()
