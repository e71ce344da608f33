"""Turns and limits do not count cookies, of which a browser has as many as it likes."""

from types import SimpleNamespace

import pytest

from dream.errors import UserError
from dream.gallery.gallery import Gallery
from dream.jobs.job import Job
from dream.jobs.jobs import Jobs
from dream.jobs.request import JobRequest
from dream.jobs.scheduling import queue_order
from dream.recipe import Dream, Layer, Recipe, Sample
from dream.settings import settings

RECIPE = Recipe(start=Sample(name="coffee"), objective=Layer(layer="fire7"), method=Dream())


@pytest.fixture
def jobs(tmp_path):
    jobs = Jobs(Gallery(tmp_path), connect=lambda: SimpleNamespace(status="closed", cluster=None, close=lambda: None))
    yield jobs
    jobs.close()


def test_eight_cookies_of_one_address_do_not_fill_the_server(jobs, monkeypatch):
    monkeypatch.setenv("DREAM_MAX_JOBS_ADDRESS", "5")
    settings.cache_clear()
    for number in range(5):
        jobs.submit(RECIPE, {}, f"cookie {number}", address="here")
    with pytest.raises(UserError, match="5 dreams from your address"):
        jobs.submit(RECIPE, {}, "cookie 6", address="here")
    jobs.submit(RECIPE, {}, "somebody", address="there")
    for number in range(6):  # people who are logged in are known
        jobs.submit(RECIPE, {}, f"{number}@example.org")


def test_the_server_takes_no_more_than_it_is_set_to(jobs, monkeypatch):
    monkeypatch.setenv("DREAM_MAX_JOBS", "3")
    settings.cache_clear()
    taken = [jobs.submit(RECIPE, {}, f"{number}@example.org") for number in range(3)]
    with pytest.raises(UserError, match="3 dreams are running or waiting on this server"):
        jobs.submit(RECIPE, {}, "dora@example.org")
    jobs.stop(taken[0])
    jobs.submit(RECIPE, {}, "dora@example.org")


def order(*asked):
    waiting = [Job(JobRequest(owner=owner, address=address, recipe=RECIPE)) for owner, address in asked]
    return [waiting.index(job) for job in queue_order(waiting)]


def test_addresses_take_turns_whatever_their_cookies():
    asked = [("c1", "a"), ("c2", "a"), ("c3", "a"), ("c4", "b"), ("c4", "b"), ("anna@example.org", "")]
    assert order(*asked) == [0, 3, 5, 1, 4, 2]


def test_at_one_address_the_owners_do():
    assert order(("c1", "a"), ("c1", "a"), ("c2", "a"), ("c1", "a"), ("c3", "a")) == [0, 2, 4, 1, 3]


def test_running_jobs_are_turns_had():
    running = Job(JobRequest(owner="c1", address="a", recipe=RECIPE), state="running")
    waiting = [Job(JobRequest(owner=f"c{n}", address=address, recipe=RECIPE)) for n, address in ((2, "a"), (3, "b"))]
    assert queue_order([running, *waiting]) == [waiting[1], waiting[0]]
