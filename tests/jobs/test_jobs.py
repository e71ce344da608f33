"""Jobs on real worker processes."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import numpy as np
import pytest
from distributed import Client

from dream.errors import StorageError, UserError
from dream.gallery.gallery import Gallery
from dream.jobs.jobs import Jobs
from dream.people import Asker
from dream.pictures.png import recipe_in
from dream.pictures.start import pixels_sha256
from dream.recipe import Channel, Dream, Layer, Naive, Noise, Photo, Recipe
from dream.settings import settings

SHORT = Recipe(start=Noise(width=64, height=64), objective=Layer(layer="fire7"), method=Naive(iterations=3))
LONG = SHORT.model_copy(update={"method": Naive(iterations=500), "start": Noise(width=320, height=320)})


@pytest.fixture(scope="module")
def jobs(tmp_path_factory):
    jobs = Jobs(Gallery(tmp_path_factory.mktemp("home")))
    jobs.wait_until_warm()
    yield jobs
    jobs.close()


def wait(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def test_frames_come_back_and_the_dream_is_kept(jobs):
    job = jobs.submit(SHORT, {}, "anna")
    wait(lambda: job.finished)
    assert job.state == "done"
    assert len(job.scores) == 3
    kept = jobs._gallery.find(job.dream_id)
    assert kept.recipe == SHORT
    assert kept.owner == "anna"
    assert recipe_in(jobs._gallery.png_path(kept.id).read_bytes()) == SHORT
    assert len(jobs._gallery.film(kept.id)) == 3


def test_a_photo_travels_with_the_job(jobs):
    photo = np.random.default_rng(3).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    start = Photo(sha256=pixels_sha256(photo), longest_side=60)
    recipe = Recipe(start=start, objective=Layer(layer="fire3"), method=Dream(iterations=1, octaves=1))
    job = jobs.submit(recipe, {start.sha256: photo}, "anna")
    wait(lambda: job.finished)
    assert job.state == "done"
    np.testing.assert_array_equal(jobs._gallery.photo(start.sha256), photo)


def test_stopped_half_way_it_keeps_what_it_has(jobs):
    job = jobs.submit(LONG, {}, "bert")
    wait(lambda: len(job.scores) >= 3)
    assert job.preview[:2] == b"\xff\xd8"
    assert len(job.preview) < 200_000
    jobs.stop(job, Asker(job.owner))
    wait(lambda: job.finished)
    assert job.state == "stopped"
    kept = jobs._gallery.find(job.dream_id)
    assert kept.recipe.stopped_after == len(kept.scores) == len(job.scores)


def test_what_takes_too_long_is_kept_as_far_as_it_came(jobs, monkeypatch):
    monkeypatch.setenv("DREAM_JOB_SECONDS", "2")
    settings.cache_clear()
    job = jobs.submit(LONG, {}, "hugo")
    wait(lambda: job.finished)
    assert (job.state, job.out_of_time) == ("stopped", True)
    kept = jobs._gallery.find(job.dream_id)
    assert kept.recipe.stopped_after == len(kept.scores) < LONG.all_steps
    monkeypatch.setenv("DREAM_JOB_SECONDS", "0.001")
    settings.cache_clear()
    job = jobs.submit(SHORT, {}, "hugo")
    wait(lambda: job.finished)
    assert job.state == "failed"
    assert "Not one step was done" in job.error


def test_one_runs_three_wait_and_a_fifth_is_refused(jobs):
    first, *waiting = [jobs.submit(LONG, {}, "carl") for _ in range(4)]
    with pytest.raises(UserError, match="3 are waiting"):
        jobs.submit(SHORT, {}, "carl")
    assert [jobs.ahead(job)[0] for job in waiting] == [1, 2, 3]
    for job in waiting:
        jobs.stop(job, Asker(job.owner))
    assert all(job.state == "stopped" for job in waiting)
    jobs.stop(first, Asker(first.owner))
    wait(lambda: first.finished)
    assert jobs.find(first.id, "carl") is first
    assert jobs.find(first.id, "somebody else") is None


def test_a_recipe_that_does_not_fit_fails_with_its_sentence(jobs):
    job = jobs.submit(SHORT.model_copy(update={"objective": Channel(layer="fire7", channel=999)}), {}, "dora")
    wait(lambda: job.finished)
    assert job.state == "failed"
    assert "channels 0 to 383" in job.error


def test_a_killed_worker_is_replaced_and_the_job_done_again(jobs):
    job = jobs.submit(LONG.model_copy(update={"method": Naive(iterations=30)}), {}, "emil")
    wait(lambda: len(job.scores) >= 2)
    (worker,) = jobs._workers.client.run(os.getpid).values()
    os.kill(worker, signal.SIGKILL)
    wait(lambda: job.finished, 120)
    assert job.state == "done"
    assert len(job.scores) == 30


def test_a_dream_that_the_gallery_cannot_take_is_not_lost(jobs, monkeypatch):
    def full(*_, **__):
        raise StorageError("Cannot write: No space left on device.")

    monkeypatch.setattr(Gallery, "keep", full)
    job = jobs.submit(SHORT, {}, "gina")
    wait(lambda: job.finished)
    assert "No space left" in job.error
    assert recipe_in(job.unsaved_png) == SHORT


@contextmanager
def scheduler(port):
    """A Dask scheduler with one worker, as on other machines; killed at the end."""
    dask = [sys.executable, "-m", "dask"]
    at = f"tcp://127.0.0.1:{port}"
    commands = [
        [*dask, "scheduler", "--host", "127.0.0.1", "--port", str(port), "--dashboard-address", "127.0.0.1:0"],
        [*dask, "worker", at, "--nthreads", "1", "--no-nanny", "--dashboard-address", "127.0.0.1:0"],
    ]
    processes = [subprocess.Popen(command, stderr=subprocess.DEVNULL) for command in commands]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_a_scheduler_that_is_late_and_then_is_another_costs_no_job(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    jobs = Jobs(Gallery(tmp_path), connect=lambda: Client(f"tcp://127.0.0.1:{port}", timeout=2, set_as_default=False))
    jobs._workers.first_try_over.wait()
    job = jobs.submit(LONG, {}, "fred")
    assert (jobs.ready, job.state, jobs.workers()) == (False, "waiting", [])
    with scheduler(port):
        wait(lambda: len(job.scores) >= 2, 120)
        assert jobs.ready
    wait(lambda: job.state == "waiting")
    assert not jobs.ready
    with scheduler(port):
        wait(lambda: len(job.scores) >= 2, 120)
        jobs.stop(job, Asker(job.owner))
        wait(lambda: job.finished)
    assert (job.state, job.deaths) == ("stopped", 0)
    assert jobs._gallery.count() == 1
    jobs.close()
