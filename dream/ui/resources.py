"""Resources that all visitors of a server share."""

from threading import Thread

import numpy as np
import streamlit as st
from PIL import Image, ImageOps

from dream.atlas.atlas import Atlas
from dream.atlas.builder import AtlasBuilder
from dream.gallery.gallery import Gallery
from dream.jobs.jobs import Jobs
from dream.jobs.tasks import Tasks
from dream.networks.graph import Network
from dream.networks.zoo.catalog import load_network
from dream.pictures.display import preview
from dream.pictures.start import sample
from dream.ui.dreams.examples import EXAMPLES
from dream.ui.quick_reruns import load_tensorflow

CLASSIFIED_SIDE = 320  # longest side of a picture to classify, in pixels


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The jobs of this server. Its workers start in the background; after them TensorFlow is imported here.

    Raises:
        UserError: the home folder cannot be used.
    """
    jobs = Jobs(gallery(), likely=tuple(example.recipe for example in EXAMPLES))

    def import_after_workers() -> None:
        jobs.wait_until_warm()
        load_tensorflow()

    Thread(target=import_after_workers, name="import-tensorflow", daemon=True).start()
    return jobs


@st.cache_resource(show_spinner=False)
def tasks() -> Tasks:
    """The background tasks of this server."""
    return Tasks()


@st.cache_resource(show_spinner=False)
def gallery() -> Gallery:
    """The gallery of this server; raises UserError if its folder cannot be used."""
    return Gallery()


@st.cache_resource(show_spinner="Loading the network: some seconds, once …", max_entries=4)
def network(name: str) -> Network:
    """A network, for choosers and classification; workers have their own. Raises UserError if it cannot be loaded."""
    return load_network(name)


@st.cache_resource(show_spinner=False, max_entries=4)
def atlas(name: str) -> Atlas:
    """A network's atlas by the network's name, or that of classes that several imagine, ``squeezenet,efficientnet-lite0``."""
    return Atlas(*map(network, name.split(",")))


@st.cache_resource(show_spinner=False)
def atlas_builder() -> AtlasBuilder:
    """The builder that renders missing pictures of atlases in the background."""
    return AtlasBuilder()


@st.cache_data(show_spinner=False)
def sample_preview(name: str, side: int) -> bytes:
    """A square JPEG of a sample photo, ``side`` pixels a side."""
    return preview(np.asarray(ImageOps.fit(Image.fromarray(sample(name)), (side, side))), side)


@st.cache_data(show_spinner="Asking the network …", max_entries=64)
def top_classes(network_name: str, pixels: np.ndarray, count: int = 5) -> list[tuple[str, float]]:
    """The most probable classes of uint8 [height, width, 3] with their probabilities, most probable first.

    Computed on a copy of at most 320 pixels a side: networks were trained on small pictures and recognise those best.

    Raises:
        UserError: the network has no class output.
    """
    loaded = network(network_name)
    image = Image.fromarray(pixels)
    image.thumbnail((CLASSIFIED_SIDE, CLASSIFIED_SIDE), Image.Resampling.LANCZOS)
    probabilities = loaded.probabilities(np.asarray(image, np.float32))
    strongest = probabilities.argsort()[::-1][:count]
    return [(loaded.class_names[index].split(",")[0], float(probabilities[index])) for index in strongest]
