"""Each change is one line of JSON."""

import json
import logging
from pathlib import Path

import pytest
from graphs import small_graph
from paging import RECIPE, keep
from queueing import Workers, start

from dream.gallery.gallery import Gallery
from dream.networks.user import library
from dream.people import Asker

ANNA = "anna@example.org"


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, "dream.trace")
    return lambda: [json.loads(record.message) for record in caplog.records if record.name == "dream.trace"]


def test_what_happens_to_a_dream_is_traced(tmp_path, lines):
    gallery = Gallery(tmp_path)
    dream = keep(gallery)
    gallery.change(dream.id, star=True, by=ANNA)
    gallery.change(dream.id, title="Two\nlines\x1b[31m", by="0123456789abcdef")
    gallery.delete(dream.id, ANNA)
    gallery.delete(dream.id, ANNA)  # it is not there any more
    gallery.restore(dream.id, ANNA)
    assert lines() == [
        {"change": "kept", "who": "", "dream": dream.id},
        {"change": "changed", "who": ANNA, "dream": dream.id, "star": True},
        {"change": "changed", "who": "01234567", "dream": dream.id, "title": "Two\nlines\x1b[31m"},
        {"change": "deleted", "who": ANNA, "dream": dream.id},
        {"change": "restored", "who": ANNA, "dream": dream.id},
    ]


def test_a_line_is_one_line_without_control_characters(tmp_path, caplog):
    caplog.set_level(logging.INFO, "dream.trace")
    gallery = Gallery(tmp_path)
    gallery.change(keep(gallery).id, title="Two\nlines\x1b[31m")
    assert all(record.message.isprintable() for record in caplog.records if record.name == "dream.trace")


def test_jobs_the_queue_and_networks_are_traced(tmp_path, lines, untried):
    jobs = start(tmp_path, Workers())
    job = jobs.submit(RECIPE, {}, ANNA)
    carl = Asker("carl@example.org", admin=True)
    jobs.pause(True, carl)
    jobs.stop(job, carl)
    name = library.add(small_graph().SerializeToString(deterministic=True), "m.pb", library.Declaration(), ANNA)
    assert lines() == [
        {"change": "paused", "who": carl.name},
        {"change": "stopped", "who": carl.name, "job": job.id},
        {"change": "accepted", "who": ANNA, "network": name},
    ]


def test_tracebacks_have_no_colours():
    config = Path(__file__).parent.parent / ".streamlit" / "config.toml"
    assert "enableRich = false" in config.read_text()
