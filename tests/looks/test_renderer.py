"""The process that renders small pictures: what it answers, and what becomes of it."""

import io
import os
import pickle
from functools import partial
from threading import Event, Thread

import numpy as np
import pytest
from graphs import small_graph
from PIL import Image

from dream.errors import UserError
from dream.looks.process import ProcessDied, RenderProcess, Reply, Task
from dream.looks.renderer import render_tasks
from dream.networks.graph import Network
from dream.networks.user.freezing import free
from dream.pictures.start import pixels_sha256
from dream.recipe import Layer, Photo, Recipe, Spectral

SMALL = np.random.default_rng(0).integers(0, 256, (24, 32, 3), dtype=np.uint8)


def task(layer="joined", network="small", iterations=2):
    start = Photo(sha256=pixels_sha256(SMALL), longest_side=32)
    objective = Layer(layer=layer, network=network)
    recipe = Recipe(start=start, objective=objective, method=Spectral(iterations=iterations))
    return Task("moss", recipe, {start.sha256: SMALL})


@pytest.fixture(scope="module")
def small():
    graph_def, _ = free(small_graph(shape=(None, None, None, 3)))
    return Network("small", graph_def)


@pytest.fixture
def renderer(small):
    """Its two pipes; it runs in this process."""
    (tasks_in, tasks_out), (replies_in, replies_out) = os.pipe(), os.pipe()
    ended = Event()

    def load(name):
        if name == "lost":
            raise UserError("There is no network named lost.")
        if name == "broken":
            raise RuntimeError("a shape")
        return small

    with os.fdopen(tasks_in, "rb") as tasks, os.fdopen(replies_out, "wb") as replies:
        thread = Thread(target=render_tasks, args=(tasks, replies, load, ended.set))
        thread.start()
        with os.fdopen(tasks_out, "wb", 0) as ask, os.fdopen(replies_in, "rb") as answers:
            yield partial(pickle.dump, file=ask), partial(pickle.load, answers)
        thread.join()
    assert ended.is_set()


def test_each_task_is_answered_and_a_failing_one_costs_only_itself(renderer):
    ask, answer = renderer
    for one in (task(), task(layer="nowhere"), task(network="lost"), task(network="broken"), task()):
        ask(one)
    first, *others, last = [answer() for _ in range(5)]
    with Image.open(io.BytesIO(first.jpeg)) as image:
        assert (image.format, image.size) == ("JPEG", (32, 24))
    assert [reply.jpeg for reply in others] == [None] * 3
    for reply, words in zip(others, ("nowhere", "no network named lost", "RuntimeError('a shape')")):
        assert words in reply.problem
    assert last == first


def test_what_is_abandoned_is_answered_without_a_picture(renderer):
    ask, answer = renderer
    ask(task(iterations=100_000))
    ask(None)
    assert answer() == Reply()
    ask(task())
    assert answer().jpeg


def test_a_process_that_has_ended_says_so():
    process = RenderProcess()
    process.close()
    with pytest.raises(ProcessDied):
        process.render(task(), lambda: True)
