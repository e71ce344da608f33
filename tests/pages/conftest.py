"""A gallery of its own for each test, and jobs without workers."""

import gc
from threading import Event
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from dream.gallery.gallery import Gallery
from dream.jobs.jobs import Jobs
from dream.looks.look_pictures import LookPictures
from dream.ui import navigation, resources
from dream.ui.quick_reruns import load_tensorflow


@pytest.fixture(scope="package", autouse=True)
def quick_reruns():
    """What a server does once its workers are warm: without it every click costs some tenths of a second."""
    load_tensorflow()
    yield
    gc.unfreeze()


@pytest.fixture
def gallery(tmp_path, monkeypatch):
    gallery = Gallery(tmp_path)
    monkeypatch.setattr(resources, "gallery", lambda: gallery)
    return gallery


@pytest.fixture(autouse=True)
def jobs(gallery, monkeypatch):
    """Jobs that wait for ever: their workers do not come before the test is over."""
    over = Event()
    # AppTest forgets before every run that app.py has called st.navigation, and would be sent round in circles.
    monkeypatch.setattr(navigation, "only_through_app", lambda: None)
    jobs = Jobs(gallery, connect=lambda: over.wait() and Mock())
    monkeypatch.setattr(resources, "jobs", lambda: jobs)
    yield jobs
    jobs.close()
    over.set()


@pytest.fixture(autouse=True)
def look_pictures(monkeypatch):
    """Small pictures of looks that are never made."""
    pictures = LookPictures(lambda: SimpleNamespace(render=lambda *_: Event().wait()))
    monkeypatch.setattr(resources, "look_pictures", lambda: pictures)
