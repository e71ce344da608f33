"""Networks that wait for an admin's approval."""

import pytest
from graphs import small_graph

from dream.errors import UserError
from dream.gallery.gallery import Gallery
from dream.jobs.jobs import Jobs
from dream.networks.user import approval, library
from dream.networks.zoo.catalog import networks
from dream.people import Asker
from dream.recipe import Layer, Naive, Noise, Recipe

SMALL = small_graph().SerializeToString(deterministic=True)
ADMIN = Asker("carl", admin=True)


def bring(uploader):
    return library.add(SMALL, "small.pb", library.Declaration(), uploader)


def users(name):
    return [person for person in ("anna", "bert", "carl") if approval.may_use(name, person)]


def test_until_it_is_approved_only_its_uploaders_use_it(dream_env, untried):
    dream_env(approve_networks=True)
    name = bring("anna")
    assert users(name) == ["anna"]
    bring("bert")  # who has the same file
    assert users(name) == ["anna", "bert"]
    with pytest.raises(UserError, match="Only admins"):
        approval.approve(name, Asker("anna"))
    approval.approve(name, ADMIN)
    assert users(name) == ["anna", "bert", "carl"]
    bring("bert")
    assert approval.waiting() == {}


def test_what_is_refused_is_gone(dream_env, untried, tmp_path):
    dream_env(approve_networks=True)
    name = bring("anna")
    with pytest.raises(UserError, match="Only admins"):
        approval.refuse(name, Asker("anna"))
    approval.refuse(name, ADMIN)
    assert name not in networks()
    assert list((tmp_path / "home" / "networks").iterdir()) == []
    approval.refuse("../..", ADMIN)
    assert (tmp_path / "home").exists()


def test_without_the_setting_and_for_the_server_s_owner_nothing_waits(dream_env, untried):
    dream_env()
    bring("anna")
    assert approval.waiting() == {}
    dream_env(approve_networks=True)
    library.add(SMALL, "offered.pb", library.Declaration())
    assert approval.waiting() == {}


def test_a_job_with_somebody_elses_network_is_not_taken(dream_env, untried, tmp_path):
    dream_env(approve_networks=True)
    start, method = Noise(width=64, height=64), Naive(iterations=1)
    recipe = Recipe(network=bring("anna"), start=start, objective=Layer(layer="joined"), method=method)
    jobs = Jobs(Gallery(tmp_path / "gallery"), connect=lambda: 1 / 0)
    with pytest.raises(UserError, match="waits for an admin's approval"):
        jobs.submit(recipe, {}, "bert")
    assert jobs.submit(recipe, {}, "anna").state == "waiting"
    jobs.close()


def test_a_damaged_note_of_approval_opens_nothing(dream_env, untried, tmp_path):
    dream_env(approve_networks=True)
    name = bring("anna")
    (tmp_path / "home" / "networks" / name / approval.FILE).write_text("{")
    assert users(name) == []
