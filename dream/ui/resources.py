"""Resources that all visitors of a server share."""

from threading import Thread

import numpy as np
import streamlit as st
from PIL import Image, ImageOps

from dream.atlas.atlas import Atlas
from dream.atlas.builder import AtlasBuilder
from dream.atlas.limited import LimitedNetwork
from dream.gallery.gallery import Gallery
from dream.jobs.jobs import Jobs
from dream.jobs.tasks import Tasks
from dream.looks.look_pictures import LookPictures
from dream.networks.graph import Network
from dream.networks.user import approval
from dream.networks.zoo import catalog
from dream.networks.zoo.catalog import Entry, load_network
from dream.pictures.display import preview
from dream.pictures.start import sample
from dream.settings import settings
from dream.ui import session
from dream.ui.dreams.examples import EXAMPLES
from dream.ui.logged_out import LoggedOut
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


@st.cache_resource(show_spinner=False)
def logged_out() -> LoggedOut:
    """The logins that have ended."""
    return LoggedOut(settings().home)


def networks() -> dict[str, Entry]:
    """The networks that this visitor may use, by name."""
    return {name: entry for name, entry in catalog.networks().items() if approval.may_use(name, session.visitor())}


def network(name: str) -> Network:
    """A network, for choosers and classification; workers have their own. One that somebody brought computes elsewhere.

    Raises:
        UserError: it cannot be loaded, or this visitor may not use it.
    """
    approval.check(frozenset({name}), session.visitor())
    return _network(name)


@st.cache_resource(show_spinner="Loading the network: some seconds, once …", max_entries=4)
def _network(name: str) -> Network:
    return load_network(name, brought_as=LimitedNetwork)


@st.cache_resource(show_spinner=False, max_entries=4)
def atlas(name: str) -> Atlas:
    """A network's atlas by the network's name, or that of classes that several imagine, ``squeezenet,efficientnet-lite0``."""
    return Atlas(*map(network, name.split(",")))


@st.cache_resource(show_spinner=False)
def atlas_builder() -> AtlasBuilder:
    """The builder that renders missing pictures of atlases in the background."""
    return AtlasBuilder()


@st.cache_resource(show_spinner=False)
def look_pictures() -> LookPictures:
    """The small pictures of looks, which are made in the background."""
    return LookPictures()


@st.cache_data(show_spinner=False)
def sample_preview(name: str, side: int) -> bytes:
    """A square JPEG of a sample photo, ``side`` pixels a side."""
    return preview(np.asarray(ImageOps.fit(Image.fromarray(sample(name)), (side, side))), side)


def top_classes(network_name: str, pixels: np.ndarray, count: int = 5) -> list[tuple[str, float]]:
    """The most probable classes of uint8 [height, width, 3] with their probabilities, most probable first.

    Computed on a copy of at most 320 pixels a side: networks were trained on small pictures and recognise those best.

    Raises:
        UserError: the network has no class output, or fails on this picture, or this visitor may not use it.
    """
    approval.check(frozenset({network_name}), session.visitor())
    return _top_classes(network_name, pixels, count)


@st.cache_data(show_spinner="Asking the network …", max_entries=64)
def _top_classes(network_name: str, pixels: np.ndarray, count: int) -> list[tuple[str, float]]:
    loaded = network(network_name)
    image = Image.fromarray(pixels)
    image.thumbnail((CLASSIFIED_SIDE, CLASSIFIED_SIDE), Image.Resampling.LANCZOS)
    probabilities = loaded.probabilities(np.asarray(image, np.float32))
    strongest = probabilities.argsort()[::-1][:count]
    return [(loaded.class_names[index].split(",")[0], float(probabilities[index])) for index in strongest]
