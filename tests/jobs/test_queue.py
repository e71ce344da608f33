"""The queue without workers: turns, files, and what a new server finds."""

import importlib
import os
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread, Timer

import numpy as np
import pytest
from distributed import KilledWorker
from queueing import RECIPE, Workers, start, wait

from dream.errors import UserError
from dream.gallery.gallery import Gallery
from dream.jobs import retention, shutdown
from dream.jobs.files import JobFiles
from dream.jobs.job import Job
from dream.jobs.jobs import Jobs
from dream.jobs.request import JobRequest
from dream.jobs.scheduling import queue_order
from dream.pictures.png import encode_png
from dream.pictures.start import pixels_sha256
from dream.recipe import Photo

PHOTO = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
PHOTOS = {pixels_sha256(PHOTO): PHOTO}
OF_PHOTO = RECIPE.model_copy(update={"start": Photo(sha256=pixels_sha256(PHOTO), longest_side=60)})


@pytest.fixture
def workers():
    return Workers()


def job(owner, number, state="waiting", private=False):
    created = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
    request = JobRequest(id=str(number), owner=owner, recipe=RECIPE, created=created, private=private)
    return Job(request, state=state)


def test_owners_take_turns():
    jobs = [
        job("anna", 0, "running"),
        *(job("anna", n) for n in (1, 2)),
        job("bert", 3),
        job("bert", 4),
        job("carl", 5),
    ]
    assert [job.id for job in queue_order(jobs)] == ["3", "5", "1", "4", "2"]


def test_a_job_is_written_down_and_a_new_server_takes_it_up(tmp_path, workers):
    jobs = start(tmp_path, workers)
    running = jobs.submit(OF_PHOTO, PHOTOS, "anna")
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
    with monkeypatch.context() as killed:  # before the job's file is removed
        killed.setattr(JobFiles, "remove", lambda self, job: None)
        workers.finish()
    again = Workers()
    jobs = start(tmp_path, again)
    assert again.futures == []
    (found,) = jobs.of("anna")
    assert (found.state, found.dream_id) == ("done", job.request.reserved_id)
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


def test_a_job_that_cannot_be_handed_over_holds_up_no_other(tmp_path, workers):
    busy = start(tmp_path, workers)
    busy.submit(OF_PHOTO, PHOTOS, "anna")
    busy.submit(RECIPE, {}, "anna")
    (tmp_path / "jobs" / f"{OF_PHOTO.start.sha256}.png").write_bytes(b"damaged")
    again = Workers()
    jobs = start(tmp_path, again)
    wait(lambda: again.futures)
    assert [job.state for job in jobs.of("anna")] == ["failed", "running"]
    assert "gone or damaged" in jobs.of("anna")[0].error


def test_a_file_that_cannot_be_removed_holds_up_no_job(tmp_path, workers, monkeypatch, caplog):
    jobs = start(tmp_path, workers)
    first, second = (jobs.submit(RECIPE, {}, "anna") for _ in range(2))

    def refuse(path, missing_ok=False):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "unlink", refuse)
    workers.finish()
    assert (first.state, second.state) == ("done", "running")
    assert "Permission denied" in caplog.text


def test_workers_that_are_lost_are_reached_again(tmp_path, workers, monkeypatch):
    monkeypatch.setattr("dream.jobs.workers.connection.CHECK_EVERY", 0.1)
    again, clients = Workers(), [workers]
    jobs = Jobs(Gallery(tmp_path), connect=lambda: clients.pop())
    wait(lambda: jobs.ready)
    job = jobs.submit(RECIPE, {}, "anna")
    wait(lambda: workers.futures)
    workers.status = "closed"
    wait(lambda: job.state == "waiting")
    assert not jobs.ready
    assert jobs.submit(RECIPE, {}, "bert").state == "waiting"
    clients.append(again)
    wait(lambda: job.state == "running")
    workers.finish()  # too late: it is not this that runs
    assert job.state == "running"
    again.finish()
    assert job.state == "done"


def test_a_worker_that_comes_later_gets_what_waits(tmp_path, monkeypatch):
    monkeypatch.setattr("dream.jobs.workers.connection.CHECK_EVERY", 0.1)
    none = Workers(count=0)
    jobs = start(tmp_path, none)
    job = jobs.submit(RECIPE, {}, "anna")
    assert (jobs.ready, job.state) == (False, "waiting")
    none.count = 1
    wait(lambda: job.state == "running")


def test_the_end_of_the_server_is_no_death(tmp_path, workers):
    noticed, numbers = [], (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, lambda number, _: noticed.append(number)) for number in numbers]
    try:
        shutdown.watch_signals()
        jobs = start(tmp_path, workers)
        job = jobs.submit(RECIPE, {}, "anna")
        later = Timer(0.1, os.kill, (os.getpid(), signal.SIGTERM))  # the worker died of it first
        later.start()
        workers.futures[-1].set_exception(KilledWorker("dream", None, 1))
        later.join()
    finally:
        for number, handler in zip(numbers, before):
            signal.signal(number, handler)
        importlib.reload(shutdown)  # which never forgets
    assert noticed == [signal.SIGTERM]
    assert (job.state, job.deaths, len(workers.futures)) == ("waiting", 0, 1)


def test_pages_do_not_wait_while_a_photo_is_written_down(tmp_path, workers, monkeypatch):

    jobs = start(tmp_path, workers)
    writing, should_continue = Event(), Event()

    def slow(photo):
        writing.set()
        should_continue.wait(10)
        return encode_png(photo)

    monkeypatch.setattr("dream.gallery.photos.encode_png", slow)
    bert = Thread(target=jobs.submit, args=(OF_PHOTO, PHOTOS, "bert"))
    bert.start()
    writing.wait(10)
    anna = Thread(target=jobs.of, args=("anna",))
    anna.start()
    anna.join(1)
    waited = anna.is_alive()
    should_continue.set()
    bert.join()
    assert not waited


def test_a_photo_that_comes_again_stays(tmp_path):
    files = JobFiles(tmp_path)
    first, coming = (
        Job(JobRequest(id=name, owner="anna", recipe=OF_PHOTO), photos=PHOTOS) for name in ("first", "coming")
    )
    with files.with_photos(first):
        files.write(first)
    with files.with_photos(coming):
        files.remove(first)  # it is done
        files.write(coming)
    assert files.photos(coming)


def test_a_photo_of_a_job_that_is_refused_does_not_stay(tmp_path, workers, monkeypatch):
    jobs = start(tmp_path, workers)
    for _ in range(4):
        jobs.submit(RECIPE, {}, "anna")
    with pytest.raises(UserError, match="3 are waiting"):
        jobs.submit(OF_PHOTO, PHOTOS, "anna")
    assert list((tmp_path / "jobs").glob("*.png")) == []


def test_what_a_killed_server_left_of_photos_is_cleared_away(tmp_path, workers):
    start(tmp_path, workers).submit(OF_PHOTO, PHOTOS, "anna")
    jobs = tmp_path / "jobs"
    (jobs / f"{'0' * 64}.png").write_bytes(b"of a job that was not written down any more")
    (jobs / ".1.png.x.part").write_bytes(b"half")
    JobFiles(tmp_path)
    assert sorted(path.suffix for path in jobs.iterdir()) == [".json", ".png"]
    assert (jobs / f"{OF_PHOTO.start.sha256}.png").exists()


def test_what_cannot_be_written_down_is_not_taken(tmp_path, workers, monkeypatch):
    jobs = start(tmp_path, workers)

    def full(files, job):
        raise UserError("Cannot write: No space left on device.")

    monkeypatch.setattr(JobFiles, "write", full)
    with pytest.raises(UserError, match="No space left"):
        jobs.submit(RECIPE, {}, "anna")
    assert jobs.of("anna") == []
    assert workers.futures == []


def test_a_damaged_job_file_is_left_alone(tmp_path, workers, caplog):
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "broken.json").write_text('{"id": "b')
    assert start(tmp_path, workers).all() == []
    assert "broken.json" in caplog.text


def test_finished_jobs_are_forgotten_without_touching_other_peoples():
    now = time.monotonic()

    def ended(owner, seconds_ago, private=False):
        done = job(owner, 0, "done", private)
        done.ended = now - seconds_ago
        return done

    annas = [ended("anna", ago) for ago in (9000, 8000)]
    berts = [ended("bert", ago) for ago in range(20)]
    private = [ended("carl", retention.PRIVATE_SECONDS + 9, private=True), ended("carl", 9, private=True)]
    forgotten = retention.expired_jobs([*annas, *berts, *private, job("anna", 1)])
    assert {id(done) for done in forgotten} == {id(done) for done in [*berts[retention.MOST_PER_OWNER :], private[0]]}
    crowd = [ended(str(number), number) for number in range(retention.MOST_JOBS + 3)]
    assert {done.owner for done in retention.expired_jobs(crowd)} == {str(retention.MOST_JOBS + n) for n in range(3)}


def test_the_expected_wait_comes_from_what_was_seen(tmp_path, workers):
    jobs = start(tmp_path, workers)
    jobs.submit(RECIPE, {}, "anna")
    waiting = jobs.submit(RECIPE, {}, "bert")
    assert jobs.ahead(waiting) == (1, None)
    workers.finish()  # 2 seconds
    last = jobs.submit(RECIPE, {}, "carl")
    before, seconds = jobs.ahead(last)
    assert (before, seconds) == (1, pytest.approx(2.0, abs=0.5))


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
    job = jobs.submit(OF_PHOTO, PHOTOS, "anna", private=True)
    workers.finish()
    assert job.state == "done"
    assert job.unsaved_png.startswith(b"\x89PNG")
    assert jobs._gallery.count() == 0
    files = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert [name for name in files if not name.startswith("index.sqlite")] == ["server.lock"]


def test_a_private_job_stays_private_across_a_restart(tmp_path, workers):
    start(tmp_path, workers).submit(RECIPE, {}, "anna", private=True)
    again = Workers()
    jobs = start(tmp_path, again)
    again.finish()
    (job,) = jobs.of("anna")
    assert job.unsaved_png
    assert jobs._gallery.count() == 0
