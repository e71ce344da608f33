"""Method and settings, start and stop, the live picture with its score curve, and the result."""

import streamlit as st
from pydantic import ValidationError

from dream.errors import UserError
from dream.pictures.shown import preview
from dream.recipe import Dream, Method, Naive, first_problem
from dream.settings import settings
from dream.ui import dream_view, job_view, resources, session
from dream.ui.film_view import film_view
from dream.ui.navigation import only_through_app
from dream.ui.start_job import start_job
from dream.ui.starts import start_pixels
from dream.ui.words import objective_in_words, start_in_words

only_through_app()

METHODS = {"Dream": "dream", "The book's loop": "naive"}
ABOUT = {
    "dream": "Works on the picture at several sizes, small to large: large shapes first, fine detail last.",
    "naive": "One size, one plain gradient step after the other: fine-grained, and the way the idea began.",
}
STAGE_SIDE = 640
choice = session.choice()
jobs = resources.jobs()


def setting(label: str, method: Method, name: str, low: float, high: float, step: float, help: str) -> float:
    """A slider for one of the method's settings."""
    kind = type(low)
    key = session.keyed(f"{method.kind}-{name}", kind(getattr(method, name)))
    return st.slider(label, low, high, step=step, key=key, help=f"{help} (`{name}`)")


def dream_settings(method: Dream) -> Dream:
    """Settings of the dream method; those that seldom change are folded away."""
    step = setting("How strong?", method, "step", 0.1, 10.0, 0.1, "How far the pixels move in a step")
    iterations = setting("How long?", method, "iterations", 1, 100, 1, "Steps at each size")
    with st.expander("More settings"):
        octaves = setting("How many sizes?", method, "octaves", 1, 8, 1, "Octaves: more of them, larger shapes")
        scale = setting("How far apart?", method, "octave_scale", 1.1, 2.0, 0.05, "Each size by the one before")
        jitter = setting("Random shift", method, "jitter", 0, 64, 1, "Pixels; keeps borders and seams away")
        choose_seed()
    return Dream(step=step, iterations=iterations, octaves=octaves, octave_scale=scale, jitter=jitter)


def naive_settings(method: Naive) -> Naive:
    """Settings of the book's loop."""
    step = setting("How strong?", method, "step", 0.1, 10.0, 0.1, "How far the pixels move in a step")
    iterations = setting("How long?", method, "iterations", 1, settings().max_iterations, 1, "Steps")
    with st.expander("More settings"):
        choose_seed()
    return Naive(step=step, iterations=iterations)


def choose_seed() -> None:
    """The seed of all randomness."""
    choice.seed = int(
        st.number_input(
            "Seed", 0, 2**31, key=session.keyed("seed", choice.seed), help="The same seed, the same picture"
        )
    )


def settings_column(running: bool) -> None:
    """What will be dreamed, how, and the button that starts it."""
    st.markdown(f"**{start_in_words(choice.start).capitalize()}** → {objective_in_words(choice.objective)}")
    label = "Add to the queue" if running else "Start dreaming"
    start = st.button(label, type="secondary" if running else "primary", icon=":material/play_arrow:")
    with st.container(horizontal=True):
        st.page_link("pages/picture.py", label="another picture", icon=":material/image:")
        st.page_link("pages/layers.py", label="another feature", icon=":material/layers:")
    labels = {kind: label for label, kind in METHODS.items()}
    method = st.segmented_control(
        "How?", list(METHODS), key=session.keyed(f"method-{choice.start.kind}", labels[choice.method]), required=True
    )
    choice.method = METHODS[method]
    st.caption(ABOUT[choice.method])
    edit = {"dream": dream_settings, "naive": naive_settings}[choice.method]
    try:
        choice.methods[choice.method] = edit(choice.methods[choice.method])
    except ValidationError as error:
        st.error(f"{first_problem(error)}.", icon=":material/error:")
        return
    if start:
        start_job(choice.recipe(), choice.photo)


def stage(watched_id: str | None) -> None:
    """The start, the running dream, or the finished one."""
    job = jobs.find(watched_id, session.visitor())
    if job is not None and not job.finished:
        job_view.watch(job.id, start_preview())
        return
    if job is not None and job.error:
        st.error(job.error, icon=":material/error:")
    kept = resources.gallery().find(job.dream_id) if job is not None and job.dream_id else None
    if kept is None:
        picture = start_preview()
        if picture:
            st.image(picture, width="stretch", alt="The start")
        return
    dream_view.picture(kept)
    if kept.recipe.stopped_after:
        st.caption(f"Stopped after {kept.recipe.stopped_after} of {kept.recipe.method.steps} steps.")
    if not any(kept.scores):
        st.warning(
            "Nothing here made this feature respond at all, so nothing could be strengthened: try a layer whose name "
            "ends in `_pre_relu`, another feature, or a photo to start from.",
            icon=":material/info:",
        )
    st.success("Kept in the gallery.", icon=":material/check:")
    dream_view.downloads(kept)
    dream_view.curve(kept)
    film_view(kept)


def start_preview() -> bytes | None:
    """A JPEG of the start; says why where there is none."""
    try:
        return preview(start_pixels(choice.start, choice.seed, choice.photo), STAGE_SIDE)
    except UserError as error:
        st.error(str(error), icon=":material/error:")
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
    job_view.waiting_list([job for job in unfinished[1:] if job.state == "waiting"])
with left:
    last = mine[-1].id if mine else None
    stage(st.session_state.get("watched", last))
