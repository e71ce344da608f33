"""The Server page for admins: queue, people, workers, memory, disk, recent errors."""

from collections import Counter
from typing import Any

import streamlit as st

from dream.errors import UserError
from dream.jobs.job import Job
from dream.jobs.jobs import Jobs
from dream.jobs.monitoring import disk_state, server_memory
from dream.markdown import as_text
from dream.networks.user import approval
from dream.settings import settings
from dream.ui import resources, session
from dream.ui.components.messages import toast_error
from dream.ui.lifespan import RECENT_ERRORS
from dream.ui.navigation import only_through_app
from dream.ui.words import time_in_words

TITLE = "Server"
ICON = ":material/monitor_heart:"
ORDER = 80
FOR_ADMINS = True

only_through_app()

LOOK_EVERY = 3  # seconds
MOST_ROWS = 50


def gigabytes(count: float) -> str:
    """A number of bytes in MB or GB."""
    return f"{count / 1e9:.1f} GB" if count >= 1e8 else f"{count / 1e6:.0f} MB"


@st.cache_data(ttl=30, show_spinner=False)
def disks() -> list[tuple[str, str, str]]:
    """Name, used and free space of the folders, cached for 30 seconds."""
    folders = [("dreams", settings().home), ("cache", settings().cache)]
    states = [(name, disk_state(folder)) for name, folder in folders if folder.exists()]
    return [(name, gigabytes(state.used_here), gigabytes(state.free)) for name, state in states]


def queue(jobs: Jobs, unfinished: list[Job]) -> None:
    """Draws the unfinished jobs, each with a button that ends it, and one that pauses the queue."""
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.subheader("Queue", width="content")
        label, icon = ("Resume", ":material/play_arrow:") if jobs.paused else ("Pause", ":material/pause:")
        st.button(f"{label} the queue", icon=icon, key="pause", on_click=pause, args=(jobs, not jobs.paused))
    if jobs.paused:
        st.caption("Paused: what runs ends as usual, and nothing that waits is started.")
    if not unfinished:
        st.caption("Nobody waits for anything.")
    for job in unfinished[:MOST_ROWS]:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"{called(job.owner)}: {job.recipe.title()}", width="stretch")
            st.caption(progress_in_words(job), width="content")
            label = "Remove" if job.state == "waiting" else "Stopping" if job.stopping else "Stop"
            st.button(
                label,
                key=f"end-{job.id}",
                icon=":material/close:",
                type="tertiary",
                disabled=job.stopping,
                on_click=end,
                args=(jobs, job),
            )
    if len(unfinished) > MOST_ROWS:
        st.caption(f"And {len(unfinished) - MOST_ROWS} more.")


def approvals() -> None:
    """Draws the networks that wait for approval, each with buttons to decide."""
    coming = approval.waiting()
    if not coming:
        return
    st.subheader("Networks that wait for approval")
    for network, uploaders in coming.items():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"{network}, by {', '.join(map(called, uploaders)) or 'nobody'}", width="stretch")
            st.button(
                "Approve", key=f"approve-{network}", icon=":material/check:", on_click=decide, args=(network, True)
            )
            st.button(
                "Refuse", key=f"refuse-{network}", icon=":material/close:", on_click=decide, args=(network, False)
            )


def decide(network: str, approved: bool) -> None:
    """Opens a network to everybody, or removes it; an error is shown."""
    try:
        (approval.approve if approved else approval.refuse)(network, session.asker())
    except UserError as error:
        toast_error(error)


def people(jobs: Jobs) -> None:
    """Draws how many jobs and dreams each person has."""
    jobs_of, dreams_of = jobs.counts(), resources.gallery().count_by_owner()
    rows: list[dict[str, Any]] = [
        {
            "who": called(owner),
            "running": jobs_of.get(owner, Counter())["running"],
            "waiting": jobs_of.get(owner, Counter())["waiting"],
            "dreams kept": dreams_of.get(owner, 0),
        }
        for owner in {**jobs_of, **dreams_of}
    ]
    if rows:
        st.subheader("People")
        rows.sort(key=lambda row: (row["running"], row["waiting"], row["dreams kept"]), reverse=True)
        st.dataframe(rows, hide_index=True)


def called(owner: str) -> str:
    """What an owner is called here: an address in full, of a browser the beginning of its hash."""
    return owner if "@" in owner else owner.removeprefix("browser:")[:8] or "nobody"


def progress_in_words(job: Job) -> str:
    """What is told of a job's progress."""
    deaths = f" · workers died over it: {job.deaths}" if job.deaths else ""
    if job.state == "waiting":
        return f"waiting{deaths}"
    left = f" · about {time_in_words(job.seconds_left)} left" if job.seconds_left else ""
    return f"{job.progress:.0%}{left}{deaths}"


def pause(jobs: Jobs, paused: bool) -> None:
    """Pauses or resumes the queue; an error is shown."""
    try:
        jobs.pause(paused, session.asker())
    except UserError as error:
        toast_error(error)


def end(jobs: Jobs, job: Job) -> None:
    """Stops or removes a job; an error is shown."""
    try:
        jobs.stop(job, session.asker())
    except UserError as error:
        toast_error(error)


@st.fragment(run_every=LOOK_EVERY)
def now() -> None:
    """Draws counts, queue, people and workers, refreshed every few seconds."""
    jobs = resources.jobs()
    everybodys = jobs.all()
    running = [job for job in everybodys if job.state == "running"]
    waiting = [job for job in everybodys if job.state == "waiting"]
    columns = st.columns(4)
    columns[0].metric("Running", len(running))
    columns[1].metric("Waiting", len(waiting))
    columns[2].metric("Dreams kept", resources.gallery().count())
    columns[3].metric("Server memory", gigabytes(server_memory()))

    queue(jobs, [*running, *waiting])
    people(jobs)

    approvals()
    st.subheader("Workers")
    workers = jobs.workers()
    if workers:
        rows = [
            {
                "worker": worker.address,
                "memory": gigabytes(worker.memory),
                "of": gigabytes(worker.memory_limit) if worker.memory_limit else "no limit",
                "processor": worker.processor,
            }
            for worker in workers
        ]
        shown = {"processor": st.column_config.NumberColumn("processor", format="percent")}
        st.dataframe(rows, hide_index=True, column_config=shown)
    else:
        st.caption("There are none yet: they take some seconds to start.")


st.title("Server")
if not session.is_admin():
    st.error("Only admins see this page: the setting DREAM_ADMINS names them.", icon=":material/lock:")
    st.stop()
now()
st.subheader("Disk")
for name, used, free in disks():
    st.markdown(f"{name}: **{used}**, {free} free")
st.subheader("Last errors")
failed = [job for job in resources.jobs().all() if job.error]
if not (failed or RECENT_ERRORS.last):
    st.caption("None since the server started.")
for job in reversed(failed):
    st.markdown(as_text(f"{job.recipe.title()}: {job.error}"))
for trouble in reversed(RECENT_ERRORS.last):
    st.markdown(f":gray[{trouble.when:%H:%M:%S} UTC, {as_text(trouble.where)}] {as_text(trouble.what)}")
