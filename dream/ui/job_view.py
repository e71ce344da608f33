"""A job while it runs: live picture, score curve, progress with time left, stop."""

import streamlit as st

from dream.studio.jobs import Job, Jobs
from dream.ui import resources, session
from dream.ui.live_picture import live_picture
from dream.ui.score_curve import QUIET_CHART, score_curve
from dream.ui.words import objective_in_words, time_in_words

EVERY = 0.3  # seconds


@st.fragment(run_every=EVERY)
def watch(job_id: str, first_picture: bytes | None) -> None:
    """Draws a job again and again until it is finished, then draws the whole page once more.

    ``first_picture`` is shown until the first preview comes.
    """
    jobs = resources.jobs()
    job = jobs.find(job_id, session.visitor())
    if job is None or job.finished:
        st.rerun()
    picture = job.preview or first_picture
    if picture:
        live_picture(picture, "The dream so far", key=f"live-{job_id}")
    st.progress(job.progress, text=_progress_in_words(jobs, job))
    if st.button("Stop", type="primary", icon=":material/stop:", key=f"stop-{job_id}", disabled=job.stopping):
        jobs.stop(job)
        st.rerun(scope="fragment")
    if job.scores:
        st.plotly_chart(
            score_curve(job.scores, job.recipe.method.steps),
            key=f"live-curve-{job_id}",
            config=QUIET_CHART,
            alt=f"Score curve so far: {job.scores[-1]:,.1f} at step {len(job.scores)}",
        )


def waiting_list(waiting: list[Job]) -> None:
    """The jobs of this visitor that wait for their turn, each with a button to remove it."""
    if not waiting:
        return
    st.markdown(f"**Waiting ({len(waiting)})**")
    for job in waiting:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(objective_in_words(job.recipe.objective))
            if st.button("Remove", key=f"remove-{job.id}", icon=":material/close:", type="tertiary"):
                resources.jobs().stop(job)
                st.rerun()


def _progress_in_words(jobs: Jobs, job: Job) -> str:
    if job.stopping:
        return "Stopping: the picture so far is being kept …"
    if not jobs.ready:
        return "Waiting for the workers to start: some seconds, once …"
    if job.state == "waiting":
        ahead = jobs.position(job)
        return f"Waiting: {ahead} dream{'s' if ahead != 1 else ''} before this one …"
    if not job.scores:
        return "Getting the network ready …"
    left = job.seconds_left
    left_in_words = f" · about {time_in_words(left)} left" if left is not None else ""
    return f"Step {len(job.scores)} of {job.recipe.method.steps}{left_in_words}"
