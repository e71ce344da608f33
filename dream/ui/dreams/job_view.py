"""A running job: live picture, score curve, progress with time left, stop button."""

import streamlit as st

from dream.jobs.job import Job
from dream.jobs.jobs import Jobs
from dream.recipe import Comparison
from dream.ui import resources, session
from dream.ui.components.live_picture import live_picture
from dream.ui.components.picture import show
from dream.ui.components.score_curve import CHART_CONFIG, score_curve
from dream.ui.words import time_in_words

EVERY = 0.3  # seconds, while it runs
WAITING_EVERY = 1.5  # many may wait at once, and little changes


def watch(job: Job, first_picture: bytes | None) -> None:
    """Draws a job several times a second until its state changes, then reruns the page.

    ``first_picture``, a JPEG, is shown until the first preview arrives.
    """
    state = job.state
    runs = state == "running"
    if first_picture and not runs:
        show(first_picture, "The start")

    def draw() -> None:
        if job.state != state:
            st.rerun()
        picture = job.preview or first_picture
        if picture and runs:
            live_picture(picture, "The dream so far", key=f"live-{job.id}")
        _draw(job)

    st.fragment(draw, run_every=EVERY if runs else WAITING_EVERY)()


def _draw(job: Job) -> None:
    jobs = resources.jobs()
    st.progress(job.progress, text=_progress_in_words(jobs, job))
    if st.button("Stop", type="primary", icon=":material/stop:", key=f"stop-{job.id}", disabled=job.stopping):
        jobs.stop(job, session.asker())
        st.rerun(scope="fragment")
    if job.scores and not isinstance(job.recipe, Comparison):
        st.plotly_chart(
            score_curve(job.scores, job.recipe.all_steps),
            key=f"live-curve-{job.id}",
            config=CHART_CONFIG,
            alt=f"Score curve so far: {job.scores[-1]:,.1f} at step {len(job.scores)}",
        )


def other_jobs(others: list[Job]) -> None:
    """Draws the visitor's other unfinished jobs, each with a button to stop or remove it."""
    if not others:
        return
    st.markdown(f"**After this one ({len(others)})**")
    for job in others:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(job.recipe.base.objective.in_words())
            label = "Remove" if job.state == "waiting" else "Stop"
            if st.button(label, key=f"remove-{job.id}", icon=":material/close:", type="tertiary"):
                resources.jobs().stop(job, session.asker())
                st.rerun()


def _progress_in_words(jobs: Jobs, job: Job) -> str:
    if job.stopping:
        return "Stopping: the picture so far is being kept …"
    if not jobs.ready:
        return "Waiting for the workers to start: some seconds, once …"
    if job.state == "waiting" and jobs.paused:
        return "Waiting: the queue is paused, dreams start again when an admin resumes it …"
    if job.state == "waiting":
        ahead, seconds = jobs.ahead(job)
        expected = f" · starts in about {time_in_words(seconds)}" if seconds is not None else ""
        return f"Waiting: {ahead} dream{'s' if ahead != 1 else ''} before this one{expected} …"
    if not job.scores:
        return "Getting the network ready …"
    left = job.seconds_left
    left_in_words = f" · about {time_in_words(left)} left" if left is not None else ""
    return f"Step {len(job.scores)} of {job.recipe.all_steps}{left_in_words}"
