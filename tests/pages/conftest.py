"""A gallery of its own for each test; the workers are played by a list."""

import pytest

from dream.gallery.gallery import Gallery
from dream.jobs.jobs import Jobs
from dream.ui import navigation, resources


@pytest.fixture
def gallery(tmp_path, monkeypatch):
    gallery = Gallery(tmp_path)
    monkeypatch.setattr(resources, "gallery", lambda: gallery)
    return gallery


@pytest.fixture(autouse=True)
def jobs(gallery, monkeypatch):
    """Jobs that wait for ever: no workers are started."""
    monkeypatch.setattr(Jobs, "_start", lambda self: None)
    # AppTest forgets before every run that app.py has called st.navigation, and would be sent round in circles.
    monkeypatch.setattr(navigation, "only_through_app", lambda: None)
    jobs = Jobs(gallery)
    monkeypatch.setattr(resources, "jobs", lambda: jobs)
    return jobs
