"""One job does not hold the only worker: limits, time, pace, and who may stop and pause."""

import time

import pytest
from distributed import KilledWorker
from queueing import RECIPE, Workers, start, wait

from dream.errors import UserError
from dream.jobs import dispatcher
from dream.people import Asker
from dream.recipe import Axis, Comparison, Dream, Naive, Noise, Sample
from dream.settings import settings

HUGE = RECIPE.model_copy(update={"start": Sample(name="chelsea", longest_side=8192), "method": Dream(iterations=500)})
ADMIN = Asker("carl", admin=True)


class RestartedWorkers(Workers):
    """Remembers which of its workers were started anew."""

    def __init__(self):
        super().__init__()
        self.keys, self.restarted = [], []

    def submit(self, function, *arguments, key="", **options):
        self.keys.append(key)
        return super().submit(function, *arguments, **options)

    def processing(self):
        return {"tcp://idle": (), "tcp://busy": tuple(self.keys)}

    def restart_workers(self, addresses, **_):
        self.restarted += addresses
        self.futures[-1].set_exception(KilledWorker("dream", None, 1))


@pytest.fixture
def workers():
    return RestartedWorkers()


@pytest.mark.parametrize(
    "plan",
    [
        HUGE,
        RECIPE.model_copy(update={"method": Naive(iterations=501)}),
        Comparison(base=RECIPE, across=Axis(setting="iterations", values=(5, 501))),
        RECIPE.model_copy(update={"start": Noise(width=8192, height=64), "stopped_after": 1}),
    ],
    ids=["8192 pixels", "501 iterations", "a cell of a comparison", "stopped before"],
)
def test_what_exceeds_the_limits_is_not_taken_whatever_way_it_comes(tmp_path, workers, plan):
    jobs = start(tmp_path, workers)
    with pytest.raises(UserError, match=r"At most 500|32 to 2048"):
        jobs.submit(plan, {}, "anna")
    assert (jobs.all(), workers.futures) == ([], [])


def test_a_job_is_sent_with_its_time(tmp_path, workers, monkeypatch):
    monkeypatch.setenv("DREAM_JOB_SECONDS", "77")
    settings.cache_clear()
    jobs = start(tmp_path, workers)
    job = jobs.submit(RECIPE, {}, "anna")
    assert workers.futures[-1].arguments[-1] == 77
    workers.finish(plan=RECIPE.model_copy(update={"stopped_after": 2}), out_of_time=True)
    assert (job.state, job.out_of_time) == ("stopped", True)
    assert jobs._gallery.find(job.dream_id).recipe.stopped_after == 2


@pytest.mark.parametrize("told_to_stop", [False, True])
def test_a_worker_that_does_not_stop_is_started_anew(tmp_path, workers, monkeypatch, told_to_stop):
    monkeypatch.setattr("dream.jobs.workers.connection.CHECK_EVERY", 0.05)
    monkeypatch.setattr(dispatcher, "PATIENCE", 0.2)
    if not told_to_stop:
        monkeypatch.setenv("DREAM_JOB_SECONDS", "0.1")
        settings.cache_clear()
    jobs = start(tmp_path, workers)
    stuck, waiting = jobs.submit(RECIPE, {}, "anna"), jobs.submit(RECIPE, {}, "bert")
    stuck.stop_asked = time.monotonic() if told_to_stop else None
    wait(lambda: stuck.finished)
    assert (stuck.state, stuck.deaths) == ("failed", 0)
    assert "did not stop" in stuck.error
    assert workers.restarted[0] == "tcp://busy"
    wait(lambda: waiting.attempt)


def test_only_owners_and_admins_stop_a_job(tmp_path, workers):
    jobs = start(tmp_path, workers)
    job = jobs.submit(RECIPE, {}, "anna")
    with pytest.raises(UserError, match="somebody else's"):
        jobs.stop(job, Asker("bert"))
    assert not job.stopping
    jobs.stop(job, ADMIN)
    assert job.stopping


def test_only_admins_pause_the_queue_and_it_stays_paused_across_a_restart(tmp_path, workers):
    jobs = start(tmp_path, workers)
    running, waiting = jobs.submit(RECIPE, {}, "anna"), jobs.submit(RECIPE, {}, "anna")
    with pytest.raises(UserError, match="Only admins"):
        jobs.pause(True, Asker("anna"))
    jobs.pause(True, ADMIN)
    workers.finish()
    assert (running.state, waiting.state) == ("done", "waiting")
    again = RestartedWorkers()
    jobs = start(tmp_path, again)
    (waiting,) = jobs.all()
    assert (jobs.paused, waiting.state) == (True, "waiting")
    assert jobs.counts() == {"anna": {"waiting": 1}}
    jobs.pause(False, ADMIN)
    assert waiting.state == "running"


def test_the_expected_wait_comes_from_the_running_jobs_pace_and_those_ahead(tmp_path, workers):
    jobs = start(tmp_path, workers)
    jobs.submit(RECIPE, {}, "anna")
    workers.finish()  # 3 steps of 64 x 64 in 2 seconds
    slow = jobs.submit(RECIPE.model_copy(update={"method": Naive(iterations=300)}), {}, "anna")
    first = jobs.submit(RECIPE.model_copy(update={"method": Naive(iterations=30)}), {}, "bert")
    last = jobs.submit(RECIPE, {}, "carl")
    jobs.submit(RECIPE, {}, "bert")  # his second: after carl's first
    assert jobs.ahead(first) == (1, pytest.approx(200, rel=0.1))  # as many steps as 100 of the first job
    slow.first_step, slow.progress = (time.monotonic() - 99, 0.0), 0.5  # it is half as quick as that
    assert jobs.ahead(first) == (1, pytest.approx(99, rel=0.1))
    assert jobs.ahead(last) == (2, pytest.approx(99 + 20, rel=0.1))


def test_without_any_finished_render_the_running_one_tells_the_pace(tmp_path, workers):
    jobs = start(tmp_path, workers)
    running = jobs.submit(RECIPE, {}, "anna")
    first, last = jobs.submit(RECIPE, {}, "bert"), jobs.submit(RECIPE, {}, "carl")
    assert jobs.ahead(last) == (2, None)
    running.started, running.progress = time.monotonic() - 100, 0.5
    assert jobs.ahead(first) == (1, pytest.approx(100, rel=0.1))
    assert jobs.ahead(last) == (2, pytest.approx(300, rel=0.1))


def test_nobody_is_told_to_wait_longer_than_jobs_may_take(tmp_path, workers):
    jobs = start(tmp_path, workers)
    jobs.submit(RECIPE, {}, "anna")
    workers.finish()
    jobs.submit(
        RECIPE.model_copy(update={"method": Naive(iterations=500), "start": Noise(width=999, height=999)}), {}, "x"
    )
    assert jobs.ahead(jobs.submit(RECIPE, {}, "bert")) == (1, pytest.approx(settings().job_seconds, rel=0.1))
