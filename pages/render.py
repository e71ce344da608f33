"""The Render page: method and settings, start and stop, the live picture with its score curve, and the result."""

import io
from contextlib import suppress

import streamlit as st
from pydantic import ValidationError

from dream.errors import UserError
from dream.jobs.job import Job
from dream.pictures.display import preview
from dream.recipe import first_problem
from dream.settings import settings
from dream.ui import resources, session
from dream.ui.choosers.method_choice import choose_method
from dream.ui.components.messages import show_error
from dream.ui.components.picture import show
from dream.ui.dreams import dream_view, job_view
from dream.ui.dreams.enlarge_view import close_up, enlarge_buttons
from dream.ui.dreams.film_view import film_view
from dream.ui.dreams.start_preview import start_pixels
from dream.ui.navigation import only_through_app
from dream.ui.start_job import start_chosen
from dream.ui.words import capitalised, time_in_words

TITLE = "Render"
ICON = ":material/auto_awesome:"
ORDER = 40

only_through_app()

STAGE_SIDE = 640
choice = session.choice()
jobs = resources.jobs()


def settings_column(running: bool) -> None:
    """Draws the choice, the method's settings and the start button."""
    st.markdown(f"**{capitalised(choice.start.in_words())}** → {choice.objective.in_words()}")
    label = "Add to the queue" if running else "Start dreaming"
    start = st.button(label, type="secondary" if running else "primary", icon=":material/play_arrow:")
    with st.container(horizontal=True):
        st.page_link("pages/picture.py", label="another picture", icon=":material/image:")
        st.page_link("pages/layers.py", label="another feature", icon=":material/layers:")
    try:
        choose_method()
    except ValidationError as error:
        show_error(f"{first_problem(error)}.")
        return
    if start:
        start_chosen()


def stage(watched_id: str | None) -> None:
    """Draws the watched job, its result, or a preview of the start."""
    job = jobs.find(watched_id, session.visitor())
    if job is not None and not job.finished:
        job_view.watch(job, start_of(job))
        return
    if job is not None and job.error:
        show_error(job.error)
    if job is not None and job.out_of_time:
        most = time_in_words(settings().job_seconds)
        st.info(
            f"A dream may take {most} here: this one was stopped then, with what it had.", icon=":material/timer_off:"
        )
    if job is not None and job.finished and job.unsaved_png:
        show_unsaved(job.unsaved_png, job.private)
        return
    record = resources.gallery().find(job.dream_id) if job is not None and job.dream_id else None
    if record is None:
        picture = start_preview()
        if picture:
            show(picture, "The start")
        return
    dream_view.picture(record)
    close_up(record)
    if record.recipe.stopped_after:
        st.caption(f"Stopped after {record.recipe.stopped_after} of {record.recipe.all_steps} steps.")
    if not any(record.scores):
        st.warning(
            "Nothing here made this feature respond at all, so nothing could be strengthened: try a layer whose name "
            "ends in `_pre_relu`, another feature, or a photo to start from.",
            icon=":material/info:",
        )
    st.success("Kept in the gallery.", icon=":material/check:")
    enlarge_buttons(record)
    dream_view.downloads(record)
    dream_view.cells(record)
    dream_view.curve(record)
    film_view(record)


def show_unsaved(png: bytes, private: bool) -> None:
    """Draws a finished dream that is not in the gallery."""
    show(dream_view.as_jpeg(io.BytesIO(png)), "The dream")
    if private:
        st.markdown("This dream stays off the gallery: save it, or it is gone when you leave.")
    else:
        st.markdown("The dream is finished, but the gallery could not take it: save it now.")
    st.download_button("Save the picture", png, "dream.png", "image/png", icon=":material/download:", on_click="ignore")


def start_of(job: Job) -> bytes | None:
    """A JPEG of a job's start; None where its photo is not at hand."""
    recipe = job.recipe.base
    with suppress(UserError):
        return preview(start_pixels(recipe.start, recipe.seed, job.photos or choice.photos), STAGE_SIDE)
    return None


def start_preview() -> bytes | None:
    """A JPEG of the chosen start; draws an error and returns None if there is none."""
    try:
        return preview(start_pixels(choice.start, choice.seed, choice.photos), STAGE_SIDE)
    except UserError as error:
        show_error(error)
        return None


mine = jobs.of(session.visitor())
unfinished = [job for job in mine if not job.finished]
watched = unfinished[0] if unfinished else None
if watched is not None:
    st.session_state["watched"] = watched.id

st.title("Dream")
left, right = st.columns([5, 3], gap="large")
with right:
    settings_column(running=watched is not None)
    job_view.other_jobs(unfinished[1:])
with left:
    last = mine[-1].id if mine else None
    stage(st.session_state.get("watched", last))
