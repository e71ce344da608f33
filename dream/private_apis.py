"""Everything that is used of Dask, Pillow, TensorFlow and Python itself though it is not public.

None of this is promised by the libraries, so a new release may take it away: ``tests/test_private_apis.py`` then fails
and says what. Each function says why no public name does the same. Streamlit's are in :mod:`dream.ui.private_apis`.
"""

import io
import pickle
from typing import Any

# Python's unpickler written in Python. The public pickle.Unpickler is the one written in C, which allocates a memo as
# long as the largest index that a pickle names: six bytes of a hostile file make it ask for gigabytes.
PythonUnpickler: Any = pickle._Unpickler


class NoWebServer:
    """Comes before Dask's ``Scheduler`` or ``Worker`` among the bases of a class, whose objects then have no web server.

    Without a dashboard too, these listen for HTTP requests that they answer to everybody on the machine, and no option
    turns that off: ``dashboard_address=None`` means port 8787.
    """

    def start_http_server(self, *_: Any, **__: Any) -> None:
        """Called by Dask to open the port."""


def scheduler_connection(client: Any) -> object:
    """The connection of a Dask client to its scheduler: another object after every reconnect.

    A client whose connection breaks connects again by itself and is "running" as before, but the scheduler has
    forgotten its futures, its plugin and its subscriptions. Public names do not show that: ``status`` is the same again,
    and so is ``scheduler_info()["id"]`` if the scheduler did not restart, which is a round trip besides.
    """
    return client.scheduler_comm


def closed_client_error() -> type[Exception]:
    """The error that a Dask client raises for work that is given to it after it was closed.

    ``distributed`` itself exports its other errors, not this one.
    """
    from distributed.client import ClosedClientError

    return ClosedClientError


def text_in_png(content: bytes, key: str, most_bytes: int, most_chunks: int) -> str | None:
    """The text under a key in a PNG, which may stand before or behind the pixels; None where there is none.

    ``Image.text`` is the public name, but it decodes all pixels first, of which a small file may hold very many.
    Here chunks other than texts are skipped unread.

    Args:
        content: the file, which begins with a PNG's signature of 8 bytes.
        key: the keyword of the text.
        most_bytes: longer texts are skipped.
        most_chunks: how many chunks are looked at.

    Raises:
        Exception: whatever a broken file leads Pillow to.
    """
    from PIL.PngImagePlugin import PngStream

    file = io.BytesIO(content)
    file.seek(8)
    chunks = PngStream(file)
    for _ in range(most_chunks):
        kind, start, length = chunks.read()
        if kind == b"IEND":
            break
        if kind in (b"iTXt", b"tEXt", b"zTXt") and length <= most_bytes:  # other programs may change the kind
            chunks.crc(kind, chunks.call(kind, start, length))
            if key in chunks.im_text:
                return str(chunks.im_text[key])
        else:
            file.seek(start + length + 4)  # 4: its checksum
    return None


def freeze_variables(function: Any) -> Any:
    """A TensorFlow concrete function with its variables made constants and the functions that it calls inlined.

    The public ``tf.compat.v1.graph_util.convert_variables_to_constants`` needs a session of TensorFlow 1 and does not
    know the variables of TensorFlow 2.
    """
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    return convert_variables_to_constants_v2(function)


class Cancellation:
    """Ends calls of TensorFlow functions from another thread, between two of their operations.

    The manager that TensorFlow itself uses for this has no public name, and there is no other way to end a call.
    """

    def __init__(self) -> None:
        from tensorflow.python.eager.cancellation import CancellationManager

        self._manager = CancellationManager()

    def cancel(self) -> None:
        """Makes calls through :meth:`of`, running ones and later ones, raise ``tf.errors.CancelledError``."""
        self._manager.start_cancel()

    def of(self, function: Any) -> Any:
        """A concrete function that can be cancelled; it computes the same."""
        return self._manager.get_cancelable_function(function)
