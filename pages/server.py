"""The Server page for admins: queue, workers, memory, disk, recent errors."""

import streamlit as st

from dream.jobs.monitoring import disk_state, server_memory
from dream.markdown import as_text
from dream.settings import settings
from dream.ui import resources, session
from dream.ui.lifespan import RECENT_ERRORS
from dream.ui.navigation import only_through_app
from dream.ui.words import time_in_words

TITLE = "Server"
ICON = ":material/monitor_heart:"
ORDER = 80
FOR_ADMINS = True

only_through_app()

LOOK_EVERY = 3  # seconds


def gigabytes(count: float) -> str:
    """A number of bytes in MB or GB."""
    return f"{count / 1e9:.1f} GB" if count >= 1e8 else f"{count / 1e6:.0f} MB"


@st.cache_data(ttl=30, show_spinner=False)
def disks() -> list[tuple[str, str, str]]:
    """Name, used and free space of the folders, cached for 30 seconds."""
    folders = [("dreams", settings().home), ("cache", settings().cache)]
    states = [(name, disk_state(folder)) for name, folder in folders if folder.exists()]
    return [(name, gigabytes(state.used_here), gigabytes(state.free)) for name, state in states]


@st.fragment(run_every=LOOK_EVERY)
def now() -> None:
    """Draws counts, queue and workers, refreshed every few seconds."""
    jobs = resources.jobs()
    everybodys = jobs.all()
    running = [job for job in everybodys if job.state == "running"]
    waiting = [job for job in everybodys if job.state == "waiting"]
    columns = st.columns(4)
    columns[0].metric("Running", len(running))
    columns[1].metric("Waiting", len(waiting))
    columns[2].metric("Dreams kept", resources.gallery().count())
    columns[3].metric("Server memory", gigabytes(server_memory()))

    st.subheader("Queue")
    unfinished = [
        {
            "for": job.owner if "@" in job.owner else job.owner[:8],
            "dream": job.recipe.title(),
            "state": job.state,
            "progress": job.progress,
            "left": time_in_words(job.seconds_left) if job.seconds_left else "",
            "workers died": job.deaths,
        }
        for job in (*running, *waiting)
    ]
    if unfinished:
        shown = {"progress": st.column_config.ProgressColumn("progress", format="percent")}
        st.dataframe(unfinished, hide_index=True, column_config=shown)
    else:
        st.caption("Nobody waits for anything.")

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
