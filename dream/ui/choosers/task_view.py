"""Progress of a running task."""

import streamlit as st

from dream.markdown import as_text
from dream.ui import resources


@st.fragment(run_every=0.5)
def watch_task(key: str, megabytes: bool = False) -> None:
    """Draws a task's progress twice a second; reruns the page when it is finished.

    ``megabytes``: whether its progress is in bytes.
    """
    task = resources.tasks().find(key)
    if task is None or task.finished:
        st.rerun()
    if task.total:
        amount = f" · {task.done / 1e6:.1f} of {task.total / 1e6:.1f} MB" if megabytes else ""
        st.progress(min(task.done / task.total, 1.0), text=f"{as_text(task.title)}{amount}")
    else:
        st.progress(0.0, text=f"{as_text(task.title)} · {task.seconds:.0f} s")
