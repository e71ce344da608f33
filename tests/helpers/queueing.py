"""A queue whose workers are the test itself."""

import time
from concurrent.futures import Future

import numpy as np
from distributed.client import ClosedClientError

from dream.gallery.gallery import Gallery
from dream.jobs.jobs import Jobs
from dream.jobs.workers.worker import Result
from dream.pictures.png import encode_png
from dream.recipe import Layer, Naive, Noise, Recipe

RECIPE = Recipe(start=Noise(width=64, height=64), objective=Layer(layer="fire7"), method=Naive(iterations=3))
SERVERS = {}


class Workers:
    """A Dask client whose work is done by the test."""

    cluster = None
    status = "running"

    def __init__(self, count=1):
        self.count = count
        self.futures = []
        self.scheduler_comm = object()

    def register_plugin(self, plugin):
        pass

    def subscribe_topic(self, topic, handler):
        pass

    def nthreads(self):
        return dict.fromkeys(range(self.count), 1)

    def close(self):
        self.status = "closed"

    def submit(self, function, *arguments, **_):
        if self.status != "running":
            raise ClosedClientError("closed")
        future = Future()
        future.arguments = arguments
        self.futures.append(future)
        return future

    def finish(self, number=-1, **changes):
        pixels = np.zeros((64, 64, 3), np.uint8)
        result = Result(encode_png(pixels), [], RECIPE, (1.0, 2.0, 3.0), (64, 64), 2.0)
        self.futures[number].set_result(result._replace(**changes))


def start(home, workers):
    """A server; the one before it in the same home is as if killed, which frees its lock."""
    if home in SERVERS:
        SERVERS[home].release_home()
    jobs = SERVERS[home] = Jobs(Gallery(home), connect=lambda: workers)
    jobs._workers.first_try_over.wait(10)
    return jobs


def wait(condition):
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.01)
