"""The Compare page: a grid of pictures over the values of one or two settings, rendered as one job."""

import streamlit as st

from dream.atlas.activations import layers_by_depth
from dream.errors import UserError
from dream.networks.graph import Network
from dream.recipe import (
    Axis,
    Channel,
    Class,
    Comparison,
    Fourier,
    Layer,
    Naive,
    Noise,
    Recipe,
    Sample,
    Spectral,
    validated,
)
from dream.ui import resources, session
from dream.ui.choosers.axis_choice import choose_axis
from dream.ui.components.messages import show_error
from dream.ui.navigation import only_through_app
from dream.ui.start_job import start_job
from dream.ui.words import capitalised

TITLE = "Compare"
ICON = ":material/grid_view:"
ORDER = 50

only_through_app()
choice = session.choice()

FROM_NOISE = ("naive", "octaves", "laplacian", "fourier")
SMALL = Noise(width=224, height=224)
FEATURE = Channel(layer="fire8", channel=29)
ZEBRA = Class(index=340, name="zebra")


def five_depths(network: Network) -> Comparison:
    """A comparison of layers over one photo."""
    layers = [layer.name for layer in layers_by_depth(network)]
    base = Recipe(
        network=network.name,
        start=choice.start if choice.start.kind != "noise" else Sample(name="chelsea"),
        objective=Layer(layer=layers[0]),
        method=Spectral(),
    )
    return Comparison(base=base, across=Axis(setting="layer", values=tuple(layers)))


def each_method(network: Network) -> Comparison:
    """A comparison of methods for one channel."""
    channel = choice.objective if isinstance(choice.objective, Channel) else FEATURE
    if channel.layer not in network.layer_names([channel.layer]):
        channel = Channel(layer=layers_by_depth(network)[-1].name, channel=0)
    methods = Axis(setting="method", values=FROM_NOISE)
    base = Recipe(network=network.name, start=SMALL, objective=channel, method=Naive())
    return Comparison(base=base, across=methods)


def each_network(network: Network) -> Comparison:
    """A comparison of networks for one class."""
    thing = choice.objective if isinstance(choice.objective, Class) else _zebra(network)
    ready = [name for name, entry in resources.networks().items() if entry.ready()]
    names = Axis(setting="network", values=tuple(ready))
    base = Recipe(network=network.name, start=SMALL, objective=thing, method=Fourier())
    return Comparison(base=base, across=names)


def _zebra(network: Network) -> Class:
    try:
        index = network.class_index("zebra")
    except UserError:  # other networks may find it by its name
        return ZEBRA
    return Class(index=index, name=network.class_names[index])


QUESTIONS = (
    (
        "What do deeper layers see?",
        "One photo dreamed through five depths.",
        five_depths,
        "This network has one depth.",
    ),
    ("What does the method change?", "One feature out of noise, by each method.", each_method, ""),
    ("Do networks imagine alike?", "The same thing by each network that is ready.", each_network, ""),
)


def questions(network: Network) -> None:
    """Draws ready-made comparisons, which start with one click."""
    for column, (question, about, recipe, missing) in zip(st.columns(len(QUESTIONS)), QUESTIONS):
        with column, st.container(border=True, height="stretch"):
            st.markdown(f"**{question}**  \n{about}")
            made = recipe(network)
            alone = len(made.across.values) < 2
            if st.button("Compare", key=recipe.__name__, icon=":material/play_arrow:", width="stretch", disabled=alone):
                start_job(made, choice.photos)
            if alone:
                st.caption(missing)


def own_grid(network: Network) -> None:
    """Draws a form for a comparison based on the choice made on the other pages."""
    try:
        base = choice.recipe()
    except UserError as error:
        show_error(error)
        return
    st.markdown(f"From **{capitalised(base.start.in_words())}** → {base.objective.in_words()}")
    with st.container(horizontal=True):
        st.page_link("pages/picture.py", label="another picture", icon=":material/image:")
        st.page_link("pages/layers.py", label="another feature", icon=":material/layers:")
    left, right = st.columns(2, gap="large")
    with left:
        across = choose_axis("Across", base, network, "across")
    with right:
        down = choose_axis("Down", base, network, "down", optional=True)
    if across is None:
        st.caption("Choose at least one value across.")
        return
    try:
        comparison = validated(Comparison, base=base, across=across, down=down)
    except UserError as error:
        show_error(error)
        return
    count = len(comparison.recipes)
    label = f"Compare {count} pictures" if count > 1 else "Compare"
    if st.button(label, type="primary", icon=":material/grid_view:", disabled=count < 2):
        start_job(comparison, choice.photos)
    st.caption(f"{comparison.all_steps} steps altogether, as one dream that is kept with all its recipes.")


st.title("Side by side")
try:
    chosen = resources.network(choice.network)
except UserError as error:
    show_error(error)
    st.stop()
questions(chosen)
st.subheader("Or a grid of your own")
own_grid(chosen)
