"""The Picture page: the start (sample, upload, camera or noise), in every look, its classes, what responds to it."""

import streamlit as st
from streamlit.typing import UploadedFile

from dream.errors import UserError
from dream.markdown import as_text
from dream.pictures.display import preview
from dream.pictures.png import recipe_in_any
from dream.pictures.start import check_shortest_side
from dream.recipe import Noise, Photo, Sample
from dream.recipe.starts import SAMPLES
from dream.settings import settings
from dream.ui import resources, session
from dream.ui.components.bars import bars
from dream.ui.components.messages import show_error
from dream.ui.components.picture import show
from dream.ui.dreams.activations_view import activations_view, surprise
from dream.ui.dreams.looks_view import looks_view
from dream.ui.dreams.start_preview import start_pixels
from dream.ui.navigation import only_through_app
from dream.ui.start_job import dream_again, edit_recipe, start_chosen, start_job

TITLE = "Picture"
ICON = ":material/image:"
ORDER = 20

only_through_app()

SOURCES = {"Samples": "sample", "Upload": "upload", "Camera": "camera", "Noise": "noise"}
SHOWN_SIDE = 800
BARS_WIDTH = 640  # pixels, where the page is as wide
limits = settings()
choice = session.choice()


def take_photo(file: UploadedFile) -> bool:
    """Chooses a file as the start; draws an error and returns False if it cannot be decoded."""
    try:
        sha256 = choice.add_photo(file)
    except UserError as error:
        show_error(error)
        return False
    longest = choice.start.longest_side if choice.start.kind == "photo" else session.default_side()
    choice.start_from(Photo(sha256=sha256, longest_side=longest))
    return True


def offer_recipe(file: UploadedFile) -> None:
    """Draws buttons to repeat or edit the recipe inside a file, if there is one."""
    recipe = recipe_in_any(file.getvalue())
    if recipe is None:
        return
    with st.container(border=True):
        st.markdown(f"**This picture is a dream:** {as_text(recipe.title())}, and its recipe is inside.")
        with st.container(horizontal=True):
            if st.button("Dream it again", icon=":material/replay:"):
                dream_again(recipe)
            if st.button("Take its settings", icon=":material/tune:"):
                edit_recipe(recipe)


def samples() -> None:
    """Draws the sample photos to choose from."""
    with st.container(horizontal=True):
        for name, title in SAMPLES.items():
            with st.container(width=150):
                show(resources.sample_preview(name, 300), title)
                chosen = choice.start.kind == "sample" and choice.start.name == name
                label, icon = ("Chosen", ":material/check:") if chosen else ("Use this", None)
                if st.button(label, key=f"sample-{name}", icon=icon, disabled=chosen, width="stretch", help=title):
                    choice.start_from(Sample(name=name, longest_side=session.default_side()))
                    st.rerun()


def noise() -> None:
    """Draws the size of the noise."""
    sides = (choice.start.width, choice.start.height) if isinstance(choice.start, Noise) else (224, 224)
    low, high = limits.min_side, max(limits.max_side, *sides)  # a recipe may exceed the server's limit
    with st.container(horizontal=True):
        width = st.number_input("Width", low, high, step=32, key=session.keyed("noise-width", sides[0]))
        height = st.number_input("Height", low, high, step=32, key=session.keyed("noise-height", sides[1]))
    choice.start_from(Noise(width=int(width), height=int(height)))


def size_slider(start: Sample | Photo) -> None:
    """Draws a slider for the longest side."""
    now = start.longest_side  # a recipe's may be outside the range
    longest = st.slider(
        "How large?",
        min(max(limits.min_side, 128), limits.max_side - 16, now),
        max(limits.max_side, now),
        step=16,
        key=session.keyed(f"longest-{start.kind}", now),
        help="The longest side in pixels. Twice the size takes four times as long.",
    )
    choice.start = start.model_copy(update={"longest_side": longest})


st.title("Which picture?")
came_with = {"noise": "Noise", "photo": "Upload", "sample": "Samples"}[choice.start.kind]
source = st.segmented_control(
    "Where from?", list(SOURCES), key=session.keyed("source", came_with), required=True, label_visibility="collapsed"
)
match SOURCES[source or came_with]:
    case "sample":
        samples()
    case "upload":
        file = st.file_uploader(
            f"JPEG, PNG or WebP, at most {limits.upload_megabytes} MB",
            ["jpg", "jpeg", "png", "webp"],
            max_upload_size=limits.upload_megabytes,
        )
        if file and take_photo(file):
            offer_recipe(file)
    case "camera":
        shot = st.camera_input("Take a picture", label_visibility="collapsed")
        if shot:
            take_photo(shot)
    case "noise":
        noise()

st.divider()
left, right = st.columns([1, 2], gap="large")
with left:
    shown = st.container()
    st.markdown(f"**You start from {choice.start.in_words()}.**")
    if choice.start.kind != "noise":
        size_slider(choice.start)
    with st.container(horizontal=True):
        if st.button("Next: what shall grow in it?", type="primary", icon=":material/arrow_forward:"):
            st.switch_page("pages/layers.py")
        surprised = choice.start.kind != "noise" and st.button(
            "Surprise me", icon=":material/casino:", help="Dream it with a feature that it excites"
        )
with shown:
    try:
        check_shortest_side([choice.start], choice.photos)
        pixels = start_pixels(choice.start, choice.seed, choice.photos)
    except UserError as error:
        show_error(error)
        st.stop()
    show(preview(pixels, SHOWN_SIDE), "The start", width="content" if max(pixels.shape) < 320 else "stretch")
    st.caption(f"{pixels.shape[1]} × {pixels.shape[0]} pixels")
with right:
    if choice.start.kind == "noise":
        st.caption(
            "The network sees nothing to speak of in it: noise is where a dream shows most purely what the network "
            "itself brings along."
        )
        st.stop()
    st.markdown("**Dream it as …** :gray[a click dreams it large]")
    if look := looks_view(choice.start, choice.photos):
        start_job(look.recipe(choice.start, choice.seed), choice.photos)
with st.container(width=BARS_WIDTH):
    st.markdown("**What the network sees in it**")
    try:
        bars(resources.top_classes(choice.network, pixels))
        st.caption(f"{as_text(choice.network)}'s first five classes")
    except UserError as error:
        st.caption(as_text(str(error)))
try:
    wanted = surprise(choice.network, pixels) if surprised else activations_view(choice.network, pixels, "excites")
except UserError as error:
    show_error(error)
    st.stop()
if wanted:
    choice.objective = wanted
    start_chosen()
