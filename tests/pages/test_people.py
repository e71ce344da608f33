"""Who may do what, with and without a login; and the server's page."""

import logging
from types import SimpleNamespace

import pytest
from graphs import small_graph
from paging import RECIPE, click, keep, open_dream, run, words
from streamlit.testing.v1 import AppTest

from dream.gallery import owners
from dream.networks.user import approval, library
from dream.people import Asker
from dream.settings import settings
from dream.ui import resources, session
from dream.ui.lifespan import RECENT_ERRORS
from dream.ui.logged_out import login_id
from dream.ui.session import Choice


@pytest.fixture
def logged_in(monkeypatch):
    """A login is configured, and this function makes somebody be logged in."""
    monkeypatch.setattr(session, "login_configured", lambda: True)

    def log_in(person, admins=()):
        monkeypatch.setattr(session, "person", lambda: person)
        monkeypatch.setattr(session, "_email_verified", lambda: True)
        monkeypatch.setattr(
            session, "settings", lambda: settings().model_copy(update={"admins": frozenset(admins)}), raising=True
        )

    log_in(None)
    return log_in


@pytest.mark.parametrize(("secrets", "configured"), [({}, "False"), ({"other": {}}, "False"), ({"auth": {}}, "True")])
def test_a_login_is_configured_by_the_secrets(secrets, configured):
    test = AppTest.from_string(
        "import streamlit as st; from dream.ui import session; st.text(session.login_configured())"
    )
    test.secrets = secrets
    assert test.run().text[0].value == configured


def test_with_a_login_nobody_sees_anything_before_it(logged_in):
    test = run("home")
    assert [button.label for button in test.button] == ["Log in"]


def delete_buttons(dream):
    return [button.label for button in open_dream(dream).button].count("Delete")


def test_only_owners_and_admins_delete(gallery, logged_in):
    dream = gallery.keep(b"", RECIPE, (1.0,), size=(8, 8), seconds=1.0, owner="anna@example.org")
    logged_in("anna@example.org")
    assert delete_buttons(dream) == 1
    assert "anna@example.org" in words(open_dream(dream))
    logged_in("bert@example.org")
    assert delete_buttons(dream) == 0
    logged_in("bert@example.org", admins=["bert@example.org"])
    assert delete_buttons(dream) == 1


def test_titles_notes_and_the_bin_are_for_owners_and_admins(gallery, logged_in):
    dream = gallery.keep(b"", RECIPE, (1.0,), size=(8, 8), seconds=1.0, owner="anna@example.org")

    def forms(person, **people):
        logged_in(person, **people)
        return [button.label for button in open_dream(dream).button].count("Save")

    def bins(person, **people):
        logged_in(person, **people)
        return [expander.label for expander in run("gallery").expander]

    assert forms("anna@example.org") == forms("bert@example.org", admins=["bert@example.org"]) == 1
    assert forms("bert@example.org") == 0
    gallery.delete(dream.id)
    assert bins("anna@example.org") == bins("bert@example.org", admins=["bert@example.org"]) == ["Bin (1)"]
    assert bins("bert@example.org") == []


def test_who_is_logged_in_can_log_out(logged_in, monkeypatch):
    out = []
    monkeypatch.setattr(session.st, "logout", lambda: out.append(True))
    logged_in("anna@example.org")
    assert "anna@example.org" in words(run("home"))  # and of app.py, AppTest runs only the page again
    test = AppTest.from_string("from dream.ui import session; session.offer_to_log_out()").run()
    test.button(key="log-out").click().run()
    assert out == [True]
    logged_in(None)
    assert not test.run().button


@pytest.mark.parametrize(
    ("claims", "who", "admin"),
    [
        ({"sub": "1", "email": "anna@example.org", "email_verified": True}, "anna@example.org", True),
        ({"sub": "1", "email": "anna@example.org", "email_verified": "true"}, "anna@example.org", True),
        ({"sub": "1", "email": "anna@example.org"}, "anna@example.org", False),
        ({"sub": "1", "email": "anna@example.org", "email_verified": False}, "sub:1", False),
        ({"sub": "anna@example.org"}, "sub:anna@example.org", False),
    ],
)
def test_an_address_counts_as_far_as_the_provider_vouches_for_it(monkeypatch, claims, who, admin):
    monkeypatch.setenv("DREAM_ADMINS", '["anna@example.org"]')
    settings.cache_clear()
    monkeypatch.setattr(session, "login_configured", lambda: True)
    user = SimpleNamespace(is_logged_in=True, get=claims.get, to_dict=lambda: claims)
    monkeypatch.setattr(session, "st", SimpleNamespace(user=user))
    assert (session.person(), session.is_admin()) == (who, admin)
    resources.logged_out().add(login_id(claims))
    assert session.person() is None


def test_the_servers_page_is_for_admins(logged_in):
    logged_in("bert@example.org")
    assert "Only admins" in words(run("server"))
    logged_in("bert@example.org", admins=["bert@example.org"])
    assert "Nobody waits for anything." in words(run("server"))


def test_without_a_login_a_dream_is_its_browsers(gallery, monkeypatch):
    theirs = gallery.keep(b"", RECIPE, (1.0,), size=(8, 8), seconds=1.0, owner=owners.browser(gallery.home, "x" * 32))
    test = open_dream(theirs)
    labels = [button.label for button in test.button]
    assert ("Delete" in labels, "Save" in labels) == (False, False)
    assert "Dream it again" in labels
    click(test, "☆")  # everybody may
    assert gallery.find(theirs.id).star
    mine = run("gallery", query={"dream": theirs.id}, visitor="x" * 32)
    assert {"Delete", "Save"} <= {button.label for button in mine.button}
    monkeypatch.setenv("DREAM_OPEN_GALLERY", "true")
    settings.cache_clear()
    assert delete_buttons(theirs) == 1


def test_without_a_login_old_dreams_without_an_owner_are_everybodys(gallery):
    assert delete_buttons(keep(gallery)) == 1


@pytest.mark.parametrize("action", ["delete([dream])", "rename(dream, 'mine now', '')", "restore(dream)"])
def test_it_is_refused_where_it_is_done(gallery, action):
    theirs = gallery.keep(b"", RECIPE, (1.0,), size=(8, 8), seconds=1.0, owner=owners.browser(gallery.home, "x" * 32))
    made_up = (
        "from dream.ui.dreams.gallery_actions import *\n"
        f"dream = resources.gallery().find({theirs.id!r})\n"
        f"try:\n    {action}\nexcept UserError as error:\n    show_error(error)"
    )
    test = AppTest.from_string(made_up).run()
    assert "belongs to somebody else" in words(test)
    assert gallery.find(theirs.id) == theirs


def test_the_servers_page_shows_queue_and_errors(jobs):
    jobs.submit(RECIPE, {}, "anna")
    logging.getLogger("dream").addHandler(RECENT_ERRORS)
    logging.getLogger("dream.jobs").warning("The disk makes noises")
    test = run("server")
    assert test.metric[1].value == "1"
    assert RECIPE.title() in " ".join(text.value for text in test.text)
    assert "The disk makes noises" in words(test)
    RECENT_ERRORS.last.clear()


def end_buttons(test):
    return [(button.label, button.key) for button in test.button if (button.key or "").startswith("end-")]


def test_an_admin_removes_jobs_and_pauses_the_queue(jobs, logged_in):
    jobs.submit(RECIPE, {}, "anna@example.org")
    other = jobs.submit(RECIPE, {}, "bert@example.org")
    logged_in("carl@example.org", admins=["carl@example.org"])
    test = run("server")
    assert [label for label, _ in end_buttons(test)] == ["Remove", "Remove"]
    assert list(test.dataframe[0].value["who"]) == ["anna@example.org", "bert@example.org"]
    test.button(key=f"end-{other.id}").click().run()
    assert other.state == "stopped"
    test.button(key="pause").click().run()
    assert jobs.paused
    assert "Paused: what runs ends as usual" in words(test)
    test.button(key="pause").click().run()
    assert not jobs.paused


def test_who_waits_is_told_that_the_queue_is_paused(jobs, monkeypatch):
    monkeypatch.setattr(session, "visitor", lambda: "anna")
    monkeypatch.setattr(type(jobs), "ready", True)
    jobs.pause(True, Asker("carl", admin=True))
    jobs.submit(RECIPE, {}, "anna")
    test = run("render")
    assert "the queue is paused" in " ".join(progress.proto.text for progress in test.get("progress"))


def test_a_dream_out_of_time_says_so(jobs, gallery, monkeypatch):
    monkeypatch.setattr(session, "visitor", lambda: "anna")
    job = jobs.submit(RECIPE, {}, "anna")
    job.state, job.dream_id, job.out_of_time = "stopped", keep(gallery).id, True
    assert "A dream may take 10 min here" in " ".join(element.value for element in run("render").info)


def test_an_admin_decides_about_networks(logged_in, untried, monkeypatch):
    monkeypatch.setenv("DREAM_APPROVE_NETWORKS", "true")
    settings.cache_clear()
    graph = small_graph().SerializeToString(deterministic=True)
    mine = library.add(graph, "mine.pb", library.Declaration(), "anna@example.org")
    logged_in("bert@example.org")
    for visit in ("picture", "learn"):
        chosen = Choice(network=mine)
        assert f"{mine} waits for an admin's approval" in words(run(visit, choice=chosen))
    assert mine not in run("layers").selectbox(key="network").options
    logged_in("carl@example.org", admins=["carl@example.org"])
    run("server").button(key=f"approve-{mine}").click().run()
    assert approval.waiting() == {}
