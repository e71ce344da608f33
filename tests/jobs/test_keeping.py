"""Rendered dreams that the gallery cannot take, now or ever."""

import math

import pytest
from queueing import RECIPE, Workers, start

from dream.errors import StorageError
from dream.gallery.gallery import Gallery
from dream.recipe import Channel, Comparison, Layer, Sample, Sum, Term

MOST = 300
LONG_NAME = "mixed5b_5x5_bottleneck_pre_relu_of_a_network_that_somebody_brought"
NINE = Sum(terms=tuple(Term(objective=Channel(layer=LONG_NAME, channel=n), weight=0.125) for n in range(9)))


@pytest.fixture
def workers():
    return Workers()


def job_files(home):
    return list((home / "jobs").iterdir())


def test_nine_channels_in_a_mix_are_kept(tmp_path, workers):
    jobs = start(tmp_path, workers)
    mix = RECIPE.model_copy(update={"objective": NINE})
    job = jobs.submit(mix, {}, "anna")
    workers.finish(plan=mix)
    assert (job.state, job.error) == ("done", None)
    kept = jobs._gallery.find(job.dream_id)
    assert kept.recipe == mix
    assert len(kept.title) <= MOST
    assert kept.title.endswith("… out of noise")
    assert job_files(tmp_path) == []


def test_no_title_is_longer_than_a_record_takes():
    longest = Layer(layer="l" * 1000)
    recipe = RECIPE.model_copy(update={"objective": longest, "start": Sample(name="s" * 1000)})
    axes = {"across": {"setting": "iterations", "values": (1, 2)}, "down": {"setting": "network", "values": ("a", "b")}}
    assert len(recipe.title()) <= MOST
    assert len(Comparison.model_validate({"base": recipe.model_dump(), **axes}).title()) <= MOST
    short = RECIPE.title()
    assert short == "fire7, all channels out of noise"


def test_what_can_never_be_kept_ends_with_a_sentence_and_is_not_rendered_again(tmp_path, workers, caplog):
    jobs = start(tmp_path, workers)
    job = jobs.submit(RECIPE, {}, "anna")
    workers.finish(scores=(1.0, math.nan, 2.0))  # a record that could not be read any more
    assert job.state == "failed"
    assert "cannot be kept" in job.error
    assert job.unsaved_png.startswith(b"\x89PNG")
    assert (jobs._gallery.count(), jobs._gallery.unreadable) == (0, 0)
    assert job_files(tmp_path) == []
    again = Workers()
    assert start(tmp_path, again).all() == []
    assert "cannot be kept" in caplog.text


@pytest.mark.parametrize("error", [StorageError("Cannot write: No space left."), OSError(30, "Read-only file system")])
def test_what_a_full_disk_did_not_take_is_rendered_again(tmp_path, workers, monkeypatch, error):
    jobs = start(tmp_path, workers)
    job = jobs.submit(RECIPE, {}, "anna")

    def full(*_, **__):
        raise error

    with monkeypatch.context() as until_there_is_room:
        until_there_is_room.setattr(Gallery, "keep", full)
        workers.finish()
    assert job.state == "failed"
    assert job.unsaved_png
    again = Workers()
    jobs = start(tmp_path, again)
    again.finish()
    assert [job.state for job in jobs.all()] == ["done"]
    assert jobs._gallery.count() == 1
    assert job_files(tmp_path) == []
