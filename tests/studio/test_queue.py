"""The queue without workers: turns, files, and what a new server finds."""

from concurrent.futures import Future
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from distributed import KilledWorker

from dream.errors import UserError
from dream.pictures.png import encode_png
from dream.pictures.start import pixels_sha256
from dream.recipe import Layer, Naive, Noise, Photo, Recipe
from dream.studio.gallery import Gallery
from dream.studio.job import Job
from dream.studio.jobs import Jobs
from dream.studio.turns import in_turns
from dream.studio.worker import Result

RECIPE = Recipe(start=Noise(width=64, height=64), objective=Layer(layer="fire7"), method=Naive(iterations=3))
PHOTO = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
OF_PHOTO = RECIPE.model_copy(update={"start": Photo(sha256=pixels_sha256(PHOTO), longest_side=60)})


class Workers:
    """A Dask client whose work is done by the test."""

    def __init__(self, count=1):
        self.count = count
        self.futures = []

    def register_plugin(self, plugin):
        pass

    def subscribe_topic(self, topic, handler):
        pass

    def nthreads(self):
        return dict.fromkeys(range(self.count), 1)

    def submit(self, function, *arguments, **_):
        future = Future()
        future.arguments = arguments
        self.futures.append(future)
        return future

    def finish(self, number=-1):
        pixels = np.zeros((64, 64, 3), np.uint8)
        self.futures[number].set_result(Result(encode_png(pixels), [], RECIPE, (1.0, 2.0, 3.0), (64, 64), 2.0))


def start(home, workers):
    jobs = Jobs(Gallery(home), connect=lambda: workers)
    jobs._connected.wait(10)
    return jobs


@pytest.fixture
def workers():
    return Workers()


def job(owner, number, state="waiting"):
    created = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
    return Job(str(number), owner, RECIPE, created, keep_as=f"dream-{number}", state=state)


def test_owners_take_turns():
    jobs = [
        job("anna", 0, "running"),
        *(job("anna", n) for n in (1, 2)),
        job("bert", 3),
        job("bert", 4),
        job("carl", 5),
    ]
    assert [job.id for job in in_turns(jobs)] == ["3", "5", "1", "4", "2"]


def test_a_job_is_written_down_and_a_new_server_takes_it_up(tmp_path, workers):
    jobs = start(tmp_path, workers)
    running = jobs.submit(OF_PHOTO, {OF_PHOTO.start.sha256: PHOTO}, "anna")
    waiting = jobs.submit(RECIPE, {}, "anna")
    assert (running.state, waiting.state) == ("running", "waiting")

    again = Workers()  # the first server is killed: nothing of it says goodbye
    jobs = start(tmp_path, again)
    assert [job.id for job in jobs.of("anna")] == [running.id, waiting.id]
    assert [job.state for job in jobs.of("anna")] == ["running", "waiting"]
    (future,) = again.futures
    np.testing.assert_array_equal(future.arguments[2][OF_PHOTO.start.sha256], PHOTO)
    again.finish()
    again.finish()
    assert [job.state for job in jobs.of("anna")] == ["done", "done"]
    assert jobs._gallery.count() == 2
    assert list((tmp_path / "jobs").iterdir()) == []


def test_killed_between_keeping_and_forgetting_it_is_kept_once(tmp_path, workers, monkeypatch):
    jobs = start(tmp_path, workers)
    job = jobs.submit(RECIPE, {}, "anna")
    monkeypatch.setattr(jobs, "_end", lambda job: None)
    workers.finish()
    again = Workers()
    jobs = start(tmp_path, again)
    assert again.futures == []
    (found,) = jobs.of("anna")
    assert (found.state, found.dream_id) == ("done", job.keep_as)
    assert jobs._gallery.count() == 1


def test_a_dream_is_kept_once_however_often_it_is_brought(tmp_path):
    gallery = Gallery(tmp_path)
    for _ in range(2):
        gallery.keep(b"png", RECIPE, (1.0,), size=(8, 8), seconds=1.0, dream_id="20260101-000000-000000-abcdef")
    assert gallery.count() == 1


def test_three_deaths_and_it_is_given_up_across_restarts(tmp_path, workers):
    jobs = start(tmp_path, workers)
    jobs.submit(RECIPE, {}, "anna")
    for _ in range(2):
        workers.futures[-1].set_exception(KilledWorker("dream", None, 1))
    assert len(workers.futures) == 3
    again = Workers()
    jobs = start(tmp_path, again)
    (job,) = jobs.of("anna")
    assert job.deaths == 2
    again.futures[-1].set_exception(KilledWorker("dream", None, 1))
    assert job.state == "failed"
    assert "died 3 times" in job.error
    assert list((tmp_path / "jobs").iterdir()) == []


def test_a_scheduler_that_goes_away_costs_no_job(tmp_path, workers):
    from distributed import CancelledError

    jobs = start(tmp_path, workers)
    job = jobs.submit(RECIPE, {}, "anna")
    workers.futures[-1].set_exception(CancelledError("gone"))
    assert len(workers.futures) == 2
    assert (job.state, job.deaths) == ("running", 0)


def test_what_cannot_be_written_down_is_not_taken(tmp_path, workers, monkeypatch):
    jobs = start(tmp_path, workers)

    def full(job):
        raise UserError("Cannot write: No space left on device.")

    monkeypatch.setattr(jobs._files, "write", full)
    with pytest.raises(UserError, match="No space left"):
        jobs.submit(RECIPE, {}, "anna")
    assert jobs.of("anna") == []
    assert workers.futures == []


def test_a_damaged_job_file_is_left_alone(tmp_path, workers, caplog):
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "broken.json").write_text('{"id": "b')
    assert start(tmp_path, workers).all() == []
    assert "broken.json" in caplog.text


def test_the_expected_wait_comes_from_what_was_seen(tmp_path, workers):
    jobs = start(tmp_path, workers)
    jobs.submit(RECIPE, {}, "anna")
    waiting = jobs.submit(RECIPE, {}, "bert")
    assert jobs.ahead(waiting) == (1, None)
    workers.finish()  # 2 seconds
    last = jobs.submit(RECIPE, {}, "carl")
    assert jobs.ahead(last) == (1, 2.0)


def test_every_end_is_a_line(tmp_path, workers, caplog):
    import json
    import logging

    caplog.set_level(logging.INFO, "dream.jobs")
    jobs = start(tmp_path, workers)
    jobs.submit(RECIPE, {}, "anna")
    workers.finish()
    (line,) = [record.message for record in caplog.records if record.name == "dream.jobs"]
    assert json.loads(line)["ended"] == "done"
    assert json.loads(line)["objective"] == "fire7, all channels"


def test_a_private_dream_leaves_no_file(tmp_path, workers):
    jobs = start(tmp_path, workers)
    job = jobs.submit(OF_PHOTO, {OF_PHOTO.start.sha256: PHOTO}, "anna", private=True)
    workers.finish()
    assert job.state == "done"
    assert job.unkept.startswith(b"\x89PNG")
    assert jobs._gallery.count() == 0
    files = [path for path in tmp_path.rglob("*") if path.is_file() and not path.name.startswith("index.sqlite")]
    assert files == []


def test_a_private_job_stays_private_across_a_restart(tmp_path, workers):
    start(tmp_path, workers).submit(RECIPE, {}, "anna", private=True)
    again = Workers()
    jobs = start(tmp_path, again)
    again.finish()
    (job,) = jobs.of("anna")
    assert job.unkept
    assert jobs._gallery.count() == 0
