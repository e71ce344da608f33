"""What a server holds once, for all its visitors."""

from threading import Thread

import numpy as np
import streamlit as st
from PIL import Image, ImageOps

from dream.atlas.atlas import Atlas
from dream.atlas.builder import AtlasMaker
from dream.gallery.gallery import Gallery
from dream.jobs.jobs import Jobs
from dream.jobs.tasks import Tasks
from dream.networks.graph import Network
from dream.networks.zoo.catalog import load_network
from dream.pictures.display import preview
from dream.pictures.start import sample
from dream.ui.dreams.examples import EXAMPLES
from dream.ui.quick_reruns import load_tensorflow

SEEN_SIDE = 320  # longest side of a picture that a network shall name


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The jobs of this server; its workers start in the background, then TensorFlow is imported for the selectors."""
    jobs = Jobs(gallery(), likely=tuple(ready.recipe for ready in EXAMPLES))

    def import_after_workers() -> None:
        jobs.wait_until_warm()
        load_tensorflow()

    Thread(target=import_after_workers, name="import-tensorflow", daemon=True).start()
    return jobs


@st.cache_resource(show_spinner=False)
def tasks() -> Tasks:
    """The tasks of this server."""
    return Tasks()


@st.cache_resource(show_spinner=False)
def gallery() -> Gallery:
    """The gallery of this server."""
    return Gallery()


@st.cache_resource(show_spinner="Loading the network: some seconds, once …", max_entries=4)
def network(name: str) -> Network:
    """A network, for the selectors and for what it sees in a picture; workers have their own."""
    return load_network(name)


@st.cache_resource(show_spinner=False, max_entries=4)
def atlas(name: str) -> Atlas:
    """A network's atlas, as far as it is made."""
    return Atlas(network(name))


@st.cache_resource(show_spinner=False)
def atlas_maker() -> AtlasMaker:
    """Makes what is missing of atlases, in the background."""
    return AtlasMaker()


@st.cache_data(show_spinner=False)
def sample_preview(name: str, side: int) -> bytes:
    """A small square JPEG of a sample photo."""
    return preview(np.asarray(ImageOps.fit(Image.fromarray(sample(name)), (side, side))), side)


@st.cache_data(show_spinner="Asking the network …", max_entries=64)
def sees(network_name: str, pixels: np.ndarray, count: int = 5) -> list[tuple[str, float]]:
    """The classes that a network sees in uint8 [height, width, 3], strongest first, with their probabilities.

    It looks at a small copy: networks learned on small pictures, and name those best.

    Raises:
        UserError: the network has no class output.
    """
    seen_by = network(network_name)
    image = Image.fromarray(pixels)
    image.thumbnail((SEEN_SIDE, SEEN_SIDE), Image.Resampling.LANCZOS)
    probabilities = seen_by.probabilities(np.asarray(image, np.float32))
    strongest = probabilities.argsort()[::-1][:count]
    return [(seen_by.class_names[index].split(",")[0], float(probabilities[index])) for index in strongest]
