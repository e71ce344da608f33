"""A chooser for the network, including downloads and uploads of networks."""

from pathlib import Path

import streamlit as st

from dream.markdown import as_text
from dream.networks.user import approval, library
from dream.networks.zoo.catalog import DEFAULT, Entry, fetch
from dream.settings import settings
from dream.ui import resources, session
from dream.ui.choosers.task_view import watch_task
from dream.ui.components.messages import show_error

ADDED = "added-network"  # in the session state: the key of the task that adds this visitor's network


def choose_network() -> str:
    """Draws the chooser, folded behind the network's name; returns the name of the chosen network."""
    entries = resources.networks()
    choice = session.choice()
    key = session.keyed("network", choice.network if choice.network in entries else DEFAULT)
    with st.popover(f"Network: {as_text(st.session_state[key])}", icon=":material/hub:", width="content"):
        name = st.selectbox("Which network?", list(entries), key=key, format_func=lambda name: _in_words(entries[name]))
        st.caption(as_text(f"{name}: {entries[name].source}"))
        with st.expander("Bring your own network", icon=":material/add:"):
            _form()
    return name


def is_ready(name: str) -> bool:
    """Whether a network can be used, which is then the choice; else offers to fetch it.

    Also shows the state of a network that this visitor is adding.
    """
    _show_added()
    entry = resources.networks()[name]
    if not entry.ready():
        _offer_to_fetch(entry)
        return False
    session.choice().network = name
    return True


def _in_words(entry: Entry) -> str:
    return f"{entry.name} · {entry.about} · {'ready' if entry.ready() else 'not fetched yet'}"


def _offer_to_fetch(entry: Entry) -> None:
    key = f"fetch-{entry.name}"
    task = resources.tasks().find(key)
    if task is not None and not task.finished:
        watch_task(key, megabytes=True)
        return
    if task is not None and task.error:
        show_error(task.error)
    st.markdown(f"{as_text(entry.name)} is not on this server yet. It is fetched once, for everybody.")
    if st.button("Fetch it", type="primary", icon=":material/download:"):
        resources.tasks().start(key, f"Fetching {entry.name}", lambda progress: fetch(entry.name, progress))
        st.rerun()


def _show_added() -> None:
    """Draws the progress or the result of adding this visitor's network."""
    key: str = st.session_state.get(ADDED, "")
    task = resources.tasks().find(key) if key else None
    if task is not None and not task.finished:
        watch_task(key)
        return
    if task is not None and task.result:
        waits = ", for you: an admin decides about the others" if task.result in approval.waiting() else ""
        st.success(f"{as_text(task.result)} is ready{waits}.", icon=":material/check:")
    if task is not None and task.error:
        show_error(task.error)


def _form() -> None:
    offered = {path.name: path for path in library.offered()}
    offered_name = st.selectbox("A network on this server", list(offered), index=None) if offered else None
    file = st.file_uploader(
        f"A frozen graph (.pb), at most {settings().network_megabytes} MB",
        ["pb"],
        max_upload_size=settings().network_megabytes,
        key="network-file",
    )
    preset = st.selectbox(
        "What does it take as its input?",
        list(library.PRESETS),
        format_func=library.PRESET_TITLES.__getitem__,
        help="The only thing a graph cannot know about itself. Its documentation says which.",
    )
    labels = st.file_uploader("Class names: a text file, one a line (optional)", ["txt"], key="network-labels")
    clicked = st.button("Check and add it", icon=":material/verified_user:", disabled=not (offered_name or file))
    source: Path | bytes
    if clicked and offered_name:
        source, file_name = offered[offered_name], offered_name
    elif clicked and file:
        source, file_name = file.getvalue(), file.name
    else:
        return
    content = labels.getvalue() if labels else None

    uploader = None if clicked and offered_name else session.visitor()

    def add(progress: object) -> str:
        return library.add(source, file_name, library.declare(labels=content, preset=preset), uploader)

    key = f"add-{session.visitor()}"
    resources.tasks().start(key, f"Checking {file_name}, then trying it for a step: up to a minute", add)
    st.session_state[ADDED] = key
    st.rerun()
