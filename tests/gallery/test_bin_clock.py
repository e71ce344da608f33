"""The clock of the machine does not decide alone what leaves the trash."""

import time

import pytest
from bins import DAY, age_bin
from paging import keep

from dream.gallery import bin_clock, trash
from dream.gallery.gallery import Gallery


@pytest.fixture
def jump(monkeypatch):
    """Lets the machine's clock jump, as the gallery sees it."""
    now, today = time.time, trash.datetime

    def by(days):
        class Later(today):
            @classmethod
            def now(cls, zone=None):
                return today.now(zone) + trash.timedelta(days=days)

        monkeypatch.setattr(trash, "datetime", Later)
        monkeypatch.setattr(bin_clock.time, "time", lambda: now() + days * DAY)

    return by


def test_a_clock_that_jumps_ahead_does_not_empty_the_bin(tmp_path, jump):
    gallery = Gallery(tmp_path)
    dream = keep(gallery)
    gallery.delete(dream.id)
    jump(400)
    assert [kept.id for kept, _ in gallery.deleted()] == [dream.id]
    again = Gallery(tmp_path)  # over a restart a jump counts as one day
    assert [kept.id for kept, _ in again.deleted()] == [dream.id]
    again.restore(dream.id)
    assert again.find(dream.id) == dream


def test_over_several_restarts_a_jump_counts_as_a_day_each(tmp_path, jump):
    dream = keep(gallery := Gallery(tmp_path))
    gallery.delete(dream.id)
    for restart in range(1, 7):
        jump(100 * restart)
        assert len(Gallery(tmp_path).deleted()) == 1
    jump(10_000)
    Gallery(tmp_path)
    assert Gallery(tmp_path).deleted() == []


def test_a_server_that_runs_on_empties_it_after_a_week(tmp_path, monkeypatch, jump):
    gallery = Gallery(tmp_path)
    dream = keep(gallery)
    gallery.delete(dream.id)
    passed = time.monotonic
    monkeypatch.setattr(bin_clock.time, "monotonic", lambda: passed() + 7.5 * DAY)
    jump(7.5)
    assert gallery.deleted() == []


@pytest.mark.parametrize("content", ["", "{", '{"clock": "late"}'])
def test_ages_that_are_lost_or_damaged_are_counted_anew(tmp_path, content):
    gallery = Gallery(tmp_path)
    dream = keep(gallery)
    gallery.delete(dream.id)
    age_bin(tmp_path, days=8)
    (tmp_path / "bin" / "clock").write_text(content)
    assert [kept.id for kept, _ in Gallery(tmp_path).deleted()] == [dream.id]
