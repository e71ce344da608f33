"""What is used of other libraries though it is not public is still there, and still does what it is used for."""

import inspect
import io
import sys
import time
import tracemalloc
from contextlib import contextmanager
from threading import Timer
from types import SimpleNamespace

import numpy as np
import pytest
import streamlit as st
from distributed import Client, LocalCluster, Scheduler, Worker
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import script_runner

from dream import private_apis
from dream.networks.tensorflow import tensorflow
from dream.ui import private_apis as private_apis_of_streamlit


@contextmanager
def expecting(sentence):
    """Lets the test fail with a sentence that says what the library took away, and what was used it for."""
    try:
        yield
    except (ImportError, AttributeError, AssertionError, TypeError) as error:
        pytest.fail(f"{sentence} ({error!r})", pytrace=False)


# --- Streamlit -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("directly", [True, False])
def test_streamlit_runs_pages_directly_unless_it_is_told_otherwise(directly, monkeypatch):
    with expecting(
        "Streamlit decides in another way than by PagesManager.uses_pages_directory which script runs first at a page's "
        "address: stop_running_pages_directly() must find another way to have app.py run, or is not needed any more."
    ):
        assert "uses_pages_directory" in inspect.getsource(script_runner)
        monkeypatch.setattr(PagesManager, "uses_pages_directory", directly)
        assert private_apis_of_streamlit.stop_running_pages_directly() is directly
        assert PagesManager.uses_pages_directory is False


def test_streamlit_clears_keras_session_after_a_run(monkeypatch):
    cleared = []
    keras = SimpleNamespace(backend=SimpleNamespace(clear_session=lambda: cleared.append("cleared")))
    monkeypatch.setitem(sys.modules, "keras", keras)
    with expecting(
        "Streamlit does not call keras.backend.clear_session() after a script run any more: "
        "keep_keras_session() is not needed any more."
    ):
        script_runner._clean_problem_modules()
        assert cleared == ["cleared"]
    with expecting("Streamlit clears Keras's session in another way than keep_keras_session() prevents."):
        private_apis_of_streamlit.keep_keras_session()
        script_runner._clean_problem_modules()
        assert cleared == ["cleared"]


def test_without_keras_there_is_nothing_to_keep(monkeypatch):
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    private_apis_of_streamlit.keep_keras_session()
    assert "keras" not in sys.modules


def test_streamlit_collects_no_garbage_after_a_run():
    with expecting("Streamlit has no option runner.postScriptGC any more: see dream/ui/quick_reruns.py."):
        try:
            assert st.get_option("runner.postScriptGC") is False
        except RuntimeError as error:  # what Streamlit raises for an option that it does not know
            raise AssertionError(error) from None


# --- Dask ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def client():
    with (
        LocalCluster(n_workers=0, processes=False, dashboard_address=None) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


def test_dask_shows_a_reconnect_by_another_connection(client):
    with expecting(
        "A Dask client's scheduler_comm does not tell one connection from the next any more: "
        "scheduler_connection() must find another way to notice that the scheduler has forgotten the server's work."
    ):
        first = private_apis.scheduler_connection(client)
        assert first is not None
        assert private_apis.scheduler_connection(client) is first
        client.loop.add_callback(first.comm.abort)
        until = time.monotonic() + 20
        while private_apis.scheduler_connection(client) in (first, None) and time.monotonic() < until:
            time.sleep(0.05)
        assert private_apis.scheduler_connection(client) not in (first, None)


def test_dask_has_an_error_of_its_own_for_a_closed_client(client):
    client.close()
    with expecting("Dask has no ClosedClientError any more: closed_client_error() must name what it raises instead."):
        with pytest.raises(Exception) as raised:
            client.submit(print)
        assert raised.type is private_apis.closed_client_error()


def test_dask_opens_its_web_servers_by_start_http_server():
    with expecting(
        "Dask's scheduler and worker do not open their web servers by start_http_server() any more: "
        "NoWebServer must find another way to keep them shut, or is not needed any more."
    ):
        for node in (Scheduler, Worker):
            assert "self.start_http_server(" in inspect.getsource(node)
            assert callable(node.start_http_server)


# --- Pillow --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["iTXt", "zTXt", "tEXt"])
def test_pillow_reads_the_texts_of_a_png_without_its_pixels(kind):
    info = PngInfo()
    if kind == "iTXt":
        info.add_itxt("key", "words")
    else:
        info.add_text("key", "words", zip=kind == "zTXt")
    out = io.BytesIO()
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(out, "PNG", pnginfo=info)
    assert kind.encode() in out.getvalue()
    with expecting(
        "Pillow's PngStream does not read a PNG chunk by chunk any more (read, call, crc, im_text): "
        "text_in_png() must read the chunks iTXt, zTXt and tEXt in another way."
    ):
        assert private_apis.text_in_png(out.getvalue(), "key", 1000, 100) == "words"
        assert private_apis.text_in_png(out.getvalue(), "another", 1000, 100) is None


# --- TensorFlow ----------------------------------------------------------------------------------------------------


def test_tensorflow_makes_the_variables_of_a_function_constants():
    tf = tensorflow()
    variable = tf.Variable(3.0)
    function = tf.function(lambda x: x * variable).get_concrete_function(tf.TensorSpec([], tf.float32))
    with expecting(
        "TensorFlow has no convert_variables_to_constants_v2 any more: "
        "freeze_variables() must find another way to freeze .keras files and SavedModels."
    ):
        frozen = private_apis.freeze_variables(function)
        operations = {node.op for node in frozen.graph.as_graph_def().node}
        assert "Const" in operations
        assert not operations & {"ReadVariableOp", "VarHandleOp"}
        assert float(frozen(tf.constant(2.0))[0]) == 6.0


def test_tensorflow_ends_a_call_that_is_cancelled():
    """A loop that never ends of its own."""
    tf = tensorflow()

    @tf.function(input_signature=[tf.TensorSpec([], tf.float32)])
    def endless(x):
        return tf.while_loop(lambda x: x < 2, lambda x: [x * 0.5], [x])[0]

    function = endless.get_concrete_function()
    with expecting("TensorFlow has no CancellationManager any more: Cancellation must find another way to end a call."):
        cancellation = private_apis.Cancellation()
        call = cancellation.of(function)
        timer = Timer(0.2, cancellation.cancel)
        timer.start()
        for _ in ("while it runs", "later"):
            with pytest.raises(tf.errors.CancelledError):
                call(tf.constant(1.0))
        assert private_apis.Cancellation().of(function)(tf.constant(3.0)) == 3


# --- Python --------------------------------------------------------------------------------------------------------


def test_pythons_own_unpickler_allocates_nothing_for_a_large_index():
    with expecting(
        "Python has no pickle._Unpickler, written in Python, any more: PythonUnpickler must find another way to read "
        "pickles of strangers without allocating what they ask for."
    ):
        assert inspect.isfunction(private_apis.PythonUnpickler.load)
        tracemalloc.start()
        try:
            assert private_apis.PythonUnpickler(io.BytesIO(b"\x80\x02}r\xff\xff\xff\x7f.")).load() == {}
            assert tracemalloc.get_traced_memory()[1] < 1_000_000
        finally:
            tracemalloc.stop()
