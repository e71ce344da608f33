"""Small pictures of a photo in every look, made one after the other by a process that can fail."""

import time
from threading import Event

import numpy as np
import pytest

from dream.looks import look_pictures
from dream.looks.look_pictures import LookPictures
from dream.looks.process import ProcessDied, Reply
from dream.recipe import Layer
from dream.recipe.looks import Look

LOOKS = [Look(name=name, objective=Layer(layer=name)) for name in ("fire2", "fire3", "fire4")]
NAMES = [look.name for look in LOOKS]
SMALL = np.zeros((4, 6, 3), np.uint8)


class Process:
    """Answers at once with the layer's name; ``answer`` may do something else instead."""

    def __init__(self, answer=None):
        self.asked = []
        self._answer = answer or (lambda layer, mean, wanted: Reply(layer.encode()))

    def render(self, task, wanted):
        (small,) = task.photos.values()
        layer, mean = task.recipe.objective.layer, int(small.mean())
        self.asked.append((layer, mean))
        return self._answer(layer, mean, wanted)


def until(done):
    for _ in range(3000):
        if done():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen")


def complete(pictures, small=SMALL):
    """All that is made, once nothing is missing."""
    until(lambda: None not in pictures.wish(small, LOOKS).values())
    return pictures.wish(small, LOOKS)


def test_a_photo_gets_all_its_looks_in_order_and_once():
    process = Process()
    pictures = LookPictures(lambda: process)
    assert pictures.wish(SMALL, LOOKS) == dict.fromkeys(NAMES)
    assert complete(pictures) == {name: name.encode() for name in NAMES}
    assert complete(pictures) == {name: name.encode() for name in NAMES}
    assert process.asked == [(name, 0) for name in NAMES]


def test_the_latest_photo_comes_first_and_what_was_begun_for_another_is_abandoned():
    begun = Event()

    def answer(layer, mean, wanted):
        if mean == 0 and not begun.is_set():
            begun.set()
            until(lambda: not wanted())
            return Reply()
        return Reply(layer.encode())

    process = Process(answer)
    pictures = LookPictures(lambda: process)
    pictures.wish(SMALL, LOOKS)
    assert begun.wait(30)
    complete(pictures, SMALL + 9)
    complete(pictures)
    assert process.asked == [("fire2", 0), *((name, 9) for name in NAMES), *((name, 0) for name in NAMES)]


def test_what_nobody_waits_for_any_more_is_abandoned(monkeypatch):
    begun, abandoned = Event(), Event()

    def answer(layer, mean, wanted):
        begun.set()
        until(lambda: not wanted())
        abandoned.set()
        return Reply()

    pictures = LookPictures(lambda: Process(answer))
    pictures.wish(SMALL, LOOKS)
    assert begun.wait(30)
    monkeypatch.setattr(look_pictures, "LAPSES_AFTER", 0)
    assert abandoned.wait(30)


def test_a_look_that_fails_costs_only_itself_and_is_logged(caplog):
    def answer(layer, mean, wanted):
        return Reply(problem="It has no fire3.") if layer == "fire3" else Reply(layer.encode())

    process = Process(answer)
    pictures = LookPictures(lambda: process)
    assert list(complete(pictures)) == ["fire2", "fire4"]
    assert [record.message for record in caplog.records] == [
        "A photo cannot be shown in the look fire3: It has no fire3."
    ]
    assert len(process.asked) == 3


@pytest.mark.parametrize("replies", [0, 1])
def test_a_process_that_dies_is_started_again(monkeypatch, replies):
    monkeypatch.setattr(look_pictures, "PAUSE", 0)
    started = []

    def start():
        def answer(layer, mean, wanted):
            if len(started) == 1 and len(started[0].asked) > replies:
                raise ProcessDied
            return Reply(layer.encode())

        started.append(Process(answer))
        return started[-1]

    assert list(complete(LookPictures(start))) == [name for name in NAMES if name != NAMES[replies]]
    assert len(started) == 2


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(look_pictures, "MOST_PICTURES", 4)
    monkeypatch.setattr(look_pictures, "MOST_WISHES", 2)
    process = Process()
    pictures = LookPictures(lambda: process)
    for mean in range(3):
        complete(pictures, SMALL + mean)
    assert len(pictures._pictures) == 4
    assert None in pictures.wish(SMALL, LOOKS).values()  # forgotten: made again
    monkeypatch.setattr(look_pictures, "LAPSES_AFTER", 3600)
    waiting = LookPictures(lambda: Process(lambda *_: Event().wait()))
    for mean in range(5):
        waiting.wish(SMALL + mean, LOOKS)
    assert len(waiting._wishes) == 2
