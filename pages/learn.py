"""The Learn page: an introduction in eight steps with computed pictures; large for an audience at ``?present=1``."""

import numpy as np
import streamlit as st

from dream.errors import UserError
from dream.gallery.index import DreamFilter
from dream.markdown import as_code, as_text
from dream.pictures.display import preview
from dream.recipe import Sample
from dream.recipe.defaults import OVER_PHOTO
from dream.ui import resources, session
from dream.ui.choosers.microscope import large_unit, layer_strip
from dream.ui.components.bars import bars
from dream.ui.components.before_after import before_after
from dream.ui.components.messages import show_error
from dream.ui.components.picture import image_url, show
from dream.ui.components.presenter import presenter
from dream.ui.dreams import dream_view, learn_pictures
from dream.ui.dreams.activations_view import highlighted_jpeg, strongest_activations
from dream.ui.dreams.start_preview import start_pixels
from dream.ui.navigation import only_through_app

TITLE = "Learn"
ICON = ":material/school:"
ORDER = 70

only_through_app()
choice = session.choice()

MOST_SLIDES = 12
DIGITS = 9  # of a step's number at most
LARGE = """<style>
[data-testid='stMainBlockContainer'] p { font-size: 1.5rem; line-height: 1.5; }
[data-testid='stMainBlockContainer'] h1 { font-size: 3.4rem; }
[data-testid='stHeader'] { display: none; }
[data-testid='stMainBlockContainer'] { padding-top: 2.5rem; max-width: 1500px; }
</style>"""


def heading(title: str, text: str) -> None:
    """Draws a step's title and text."""
    st.title(title)
    st.markdown(text)


def network(name: str, pixels: np.ndarray) -> None:
    """Step 1: a network classifies pictures."""
    left, right = st.columns(2, gap="large")
    with left:
        heading(
            "A network has learned to see",
            "It was shown a million photos, each with the name of what is on it, until it could name new ones by "
            "itself. Nobody told it how. So what has it learned?\n\nThis is what it says to this picture:",
        )
        try:
            bars(resources.top_classes(name, pixels))
        except UserError as error:
            st.caption(as_text(str(error)))
    with right:
        show(preview(pixels, 704), "The picture")


def layers(name: str, pixels: np.ndarray) -> None:
    """Step 2: layers."""
    heading(
        "It looks in layers, one behind the other",
        "The first sees the pixels and finds edges and colours. The next sees what the first has found, and finds "
        "textures; the deep ones find eyes, fur, wheels. **Each picture here shows what one part of a layer looks "
        "for**: four of each, from shallow to deep.",
    )
    layer_strip(resources.network(name), learn_pictures.example(name, pixels).layer, lambda layer: None)


def channel(name: str, pixels: np.ndarray) -> None:
    """Step 3: a channel and its response map."""
    one = learn_pictures.example(name, pixels)
    heading(
        "A layer consists of channels",
        f"Each channel looks for one thing, everywhere in the picture. This is channel {one.channel} of the layer "
        f"`{one.layer}`: left what it looks for, right where it finds that.",
    )
    left, right = st.columns([2, 3], gap="large")
    with left:
        found = resources.network(name)
        large_unit(name, found.unit(one.layer, one.channel), f"What channel {one.channel} looks for")
    with right:
        show(highlighted_jpeg(name, one.layer, one.channel, pixels), "The picture, lit where the channel responds")


def objective(name: str, pixels: np.ndarray) -> None:
    """Step 4: the objective."""
    one = learn_pictures.example(name, pixels)
    left, right = st.columns(2, gap="large")
    with left:
        heading(
            "How strongly it responds is a number",
            "Some channels respond to this picture more than others do. We pick one and ask a strange question: **how "
            "would the picture have to look for this number to become as large as possible?** That number is the "
            "objective.",
        )
    with right:
        rows = [other for row in strongest_activations(name, pixels) for other in row if other.layer == one.layer]
        st.markdown(f"Channels of {as_code(one.layer)} that respond most, in standard deviations above the usual:")
        strongest = max(other.strength for other in rows)
        shares = [(f"channel {other.channel}", max(other.strength / strongest, 0)) for other in rows]
        bars(shares, [f"{other.strength:.1f}" for other in rows])


def gradient(name: str, pixels: np.ndarray) -> None:
    """Step 5: the gradient."""
    one = learn_pictures.example(name, pixels)
    found = learn_pictures.gradient(name, one.layer, one.channel, pixels)
    left, right = st.columns(2, gap="large")
    with left:
        heading(
            "Every pixel can help a little",
            "The network can be asked backwards: if this pixel were a bit brighter, a bit redder, would the number grow? "
            "The answers for all pixels together are the **gradient**, the picture on the right.\n\n"
            f"One small step along it, hardly to be seen, and the number goes from **{found.before:.2f}** to "
            f"**{found.after:.2f}**.",
        )
    with right:
        show(found.picture, "The gradient: a pattern that follows the picture's shapes")


def steps(name: str, pixels: np.ndarray) -> None:
    """Step 6: gradient ascent."""
    one = learn_pictures.example(name, pixels)
    frames = learn_pictures.steps(name, one.layer, one.channel, pixels)
    heading(
        "Step by step, a dream",
        "Ask for the gradient, change the pixels a little, ask again. That is **gradient ascent**, and what grows in "
        "the picture is what the channel has learned to look for. Drag the line.",
    )
    _, middle, _ = st.columns([1, 4, 1])
    with middle:
        before_after(frames[0], frames[-1], key="learn-steps")


def octaves(name: str, pixels: np.ndarray) -> None:
    """Step 7: octaves."""
    one = learn_pictures.example(name, pixels)
    single = learn_pictures.steps(name, one.layer, one.channel, pixels)[-1]
    several = learn_pictures.at_several_sizes(name, one.layer, one.channel, pixels)
    heading(
        "Small first, then larger",
        "A channel sees only a small piece at once, so everything grows equally small. Dreamed on a small copy first, "
        "then on larger ones, the shapes become large with fine detail in them. These sizes are called **octaves**: "
        "one on the left of the line, four on the right.",
    )
    _, middle, _ = st.columns([1, 4, 1])
    with middle:
        before_after(single, several, key="learn-octaves", labels=("one size", "four sizes"))


def whole(name: str, pixels: np.ndarray) -> None:
    """Step 8: several networks, view by view."""
    left, right = st.columns([1, 2], gap="large")
    with left:
        heading(
            "All together, view by view",
            "The best pictures come from many small looks: a piece of the picture here, a larger one there, turned a "
            "little, and **two networks in turns**, each with everything that a deep layer of it knows. What only one "
            "of them would see does not grow; what grows, everybody sees.",
        )
        if st.button("Now with a picture of your own", type="primary", icon=":material/add_photo_alternate:"):
            choice.objective = OVER_PHOTO
            st.switch_page("pages/picture.py")
    with right:
        before_after(preview(pixels, 704), learn_pictures.at_its_best(pixels), key="learn-whole")


def slides() -> list[tuple[str, str]]:
    """Title and data URL of the slideshow's pictures: starred dreams, else the newest."""
    gallery = resources.gallery()
    wanted = DreamFilter(starred=True) if gallery.count(DreamFilter(starred=True)) else DreamFilter()
    pictures = [(dream.title, dream_view.large(dream.id)) for dream in gallery.page(0, MOST_SLIDES, wanted)]
    return [(title, image_url(jpeg)) for title, jpeg in pictures if jpeg is not None]


def wanted_step() -> int:
    """The step that the URL names, 1 to 8."""
    text = st.query_params.get("step", "1")
    return min(max(int(text), 1), len(STEPS)) if text.isdecimal() and len(text) <= DIGITS else 1


STEPS = (network, layers, channel, objective, gradient, steps, octaves, whole)
presenting = st.query_params.get("present") == "1"
step = wanted_step()
if presenting:
    st.html(LARGE)
pressed = presenter(step, len(STEPS), slides() if presenting else [], presenting)
if pressed is not None:
    st.query_params["step"] = str(pressed)
    st.rerun()

start = choice.start if choice.start.kind != "noise" else Sample(name="chelsea")
try:
    photo = learn_pictures.small(start_pixels(start, choice.seed, choice.photos))
    resources.network(choice.network)
    STEPS[step - 1](choice.network, photo)
except UserError as error:
    show_error(error)

with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="center"):
    if st.button("Back", icon=":material/arrow_back:", disabled=step == 1):
        st.query_params["step"] = str(step - 1)
        st.rerun()
    st.markdown(f"{step} of {len(STEPS)}")
    if st.button("Next", icon=":material/arrow_forward:", disabled=step == len(STEPS)):
        st.query_params["step"] = str(step + 1)
        st.rerun()
    if not presenting and st.button(
        "Present", icon=":material/slideshow:", type="tertiary", help="Large, for a screen"
    ):
        st.query_params["present"] = "1"
        st.rerun()
    if presenting and st.button("Leave", icon=":material/close:", type="tertiary"):
        del st.query_params["present"]
        st.rerun()
if presenting:
    st.caption("Arrow keys step through. Left alone for a while, the starred dreams are shown.")
