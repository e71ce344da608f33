"""Owners without a login."""

import json
import os
import stat

import pytest

from dream.gallery import owners
from dream.gallery.gallery import Gallery
from dream.jobs.files import JobFiles
from dream.jobs.job import Job
from dream.jobs.request import JobRequest
from dream.recipe import Dream, Layer, Recipe, Sample

COOKIE = "0123456789abcdef" * 2
RECIPE = Recipe(start=Sample(name="coffee"), objective=Layer(layer="fire7"), method=Dream())


def test_a_browser_is_known_in_one_home_and_cannot_be_told_from_its_name(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir(), there.mkdir()
    name = owners.browser(here, COOKIE)
    assert name == owners.browser(here, COOKIE)
    assert len({name, owners.browser(there, COOKIE), owners.browser(here, COOKIE[::-1])}) == 3
    assert COOKIE not in name
    owners._key.cache_clear()  # as in the next server
    assert owners.browser(here, COOKIE) == name
    assert stat.S_IMODE((here / owners.KEY_FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("one", "another", "same"),
    [
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("10.0.0.1", "::ffff:10.0.0.1", True),
        ("2001:db8::1", "2001:db8::2:3", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("unknown", "unknown", True),
    ],
)
def test_an_address_is_what_one_person_has(tmp_path, one, another, same):
    assert (owners.address(tmp_path, one) == owners.address(tmp_path, another)) is same


def test_dreams_of_earlier_versions_stay_their_owners_and_name_no_cookie(tmp_path):
    gallery = Gallery(tmp_path)
    kept, binned, persons = (
        gallery.keep(b"", RECIPE, (1.0,), size=(8, 8), seconds=1.0, owner=owner)
        for owner in (COOKIE, COOKIE, "anna@example.org")
    )
    gallery.delete(binned.id)
    os.utime(tmp_path / "bin" / f"{binned.id}.json", (1e9, 2e9))
    with (tmp_path / "dreams" / f"{kept.id}.json").open("r+") as file:  # what a later version may add
        content = {**json.load(file), "unknown": 1}
        file.seek(0)
        json.dump(content, file, indent=1)
    (tmp_path / "index.sqlite").unlink()  # as one of an earlier version counts

    again = Gallery(tmp_path)
    mine = owners.browser(tmp_path, COOKIE)
    assert again.find(kept.id).owner == mine
    assert again.find(persons.id).owner == "anna@example.org"
    assert [(dream.owner, when.timestamp()) for dream, when in again.deleted()] == [(mine, 2e9)]
    assert json.loads((tmp_path / "dreams" / f"{kept.id}.json").read_text()) == {**content, "owner": mine}
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or COOKIE.encode() not in path.read_bytes(), path


def test_jobs_of_earlier_versions_too(tmp_path):
    JobFiles(tmp_path).write(Job(JobRequest(owner=COOKIE, recipe=RECIPE)))
    (job,) = JobFiles(tmp_path).read()
    assert job.owner == owners.browser(tmp_path, COOKIE)
    assert all(COOKIE not in path.read_text() for path in (tmp_path / "jobs").glob("*.json"))
