"""A chooser for the objective: a channel, a layer, a class, a guide or a weighted sum."""

from collections.abc import Callable

import streamlit as st

from dream.ascent.objectives import default_objective, scalar_of
from dream.errors import UserError
from dream.networks.graph import Network
from dream.networks.layers import Layer
from dream.recipe import Channel, Class, Guide, Neuron, Objective, Photo, Sample, Sum, Term, singles, validated
from dream.recipe import Layer as WholeLayer
from dream.recipe.defaults import OVER_PHOTO
from dream.recipe.objectives import OBJECTIVES, AnyObjective, Single
from dream.recipe.starts import SAMPLES
from dream.ui import resources, session
from dream.ui.choosers.feature_choice import channel_key, choose_class, choose_feature, show_features
from dream.ui.choosers.layer_choice import choose_layer
from dream.ui.choosers.setting_slider import setting_slider, sliders_of
from dream.ui.components.messages import show_error
from dream.ui.components.picture import show

OWN_PICTURE = "a picture of your own"
EVERYTHING = "A bit of everything"


def choose_objective(network: Network) -> Objective:
    """Draws the chooser; returns the objective."""
    before = session.choice().objective
    kinds = {objective.label: objective for objective in OBJECTIVES.values() if objective.label}
    if not network.class_names:
        kinds.pop(Class.label)
    # A network that does not take part in it shows its own layers instead.
    offered = (
        [EVERYTHING, *kinds] if network.name in {term.objective.network for term in OVER_PHOTO.terms} else [*kinds]
    )
    label_before = label_of(before)
    label_before = label_before if label_before in offered else WholeLayer.label
    label = st.segmented_control(
        "What shall respond?",
        offered,
        key=session.keyed(f"kind-{network.name}", label_before),
        required=True,
    )
    if (label or label_before) == EVERYTHING:
        return _everything(network)
    kind = kinds[label or label_before]
    return CHOOSERS[kind](network, before) if kind in CHOOSERS else _form(kind, network, before)


def label_of(objective: Objective) -> str:
    """What the chooser calls an objective that was chosen before."""
    if objective == OVER_PHOTO:
        return EVERYTHING
    if isinstance(objective, Neuron):  # it is chosen as a channel
        return Channel.label
    if isinstance(objective, Sum) and objective.asks_several and isinstance(singles(objective)[0], Class):
        return Class.label
    return objective.label


def _everything(network: Network) -> Sum:
    """Tells what grows where nothing in particular is chosen, with the channels behind it; returns that objective."""
    networks = " and ".join(term.objective.network or "" for term in OVER_PHOTO.terms)
    st.markdown(
        f"**Whatever the picture reminds them of.** Two networks, {networks}, look at it in turns, each with a deep layer: "
        "animals, eyes and fur grow wherever there is a hint of them. The best start over a photo."
    )
    for term in OVER_PHOTO.terms:
        if isinstance(term.objective, WholeLayer) and term.objective.network == network.name:
            _layers_features(network, network.layer(term.objective.layer))
    return OVER_PHOTO


def _form(kind: type[AnyObjective], network: Network, before: Objective) -> Objective:
    """Draws a form for an objective without a chooser of its own: layer, channel, and settings with a slider."""
    fields: dict[str, object] = {}
    if "layer" in kind.model_fields:
        layer = choose_layer(network, before)
        fields["layer"] = layer.name
        if "channel" in kind.model_fields:
            key = session.keyed(channel_key(network, layer), min(getattr(before, "channel", 0), layer.channels - 1))
            last = layer.channels - 1
            fields["channel"] = int(st.number_input(f"Channel, 0 to {last}", 0, last, key=key))
    for name, field, slider in sliders_of(kind):
        value = getattr(before, name) if isinstance(before, kind) else field.default
        fields[name] = setting_slider(kind.label, name, field, slider, value)
    return validated(kind, **fields)


def _whole_layer(network: Network, before: Objective) -> WholeLayer:
    """Draws the chooser of a layer; a click on one of its channels changes to the channel's chooser."""
    layer = choose_layer(network, before)
    _layers_features(network, layer)
    return WholeLayer(layer=layer.name)


def _layers_features(network: Network, layer: Layer) -> None:
    """Draws a layer's channels; a click on one of them changes to the channel's chooser."""

    def take(channel: int) -> None:
        st.session_state[f"layer-{network.name}"] = layer.name
        st.session_state[channel_key(network, layer)] = channel
        st.session_state[f"kind-{network.name}"] = Channel.label

    show_features(network, layer, take)


def _guide(network: Network, before: Objective) -> Guide:
    """Draws the chooser of a guide: a sample or an upload, and the layer."""
    choice = session.choice()
    picture = before.picture if isinstance(before, Guide) else Sample(name="coffee")
    options = [*SAMPLES, OWN_PICTURE]
    key = session.keyed("guide", picture.name if picture.kind == "sample" else OWN_PICTURE)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Which picture steers?", options, key=key, format_func=lambda name: SAMPLES.get(name, OWN_PICTURE)
        )
        if chosen != OWN_PICTURE:
            show(resources.sample_preview(chosen, 200), SAMPLES[chosen], width=100)
    if chosen != OWN_PICTURE:
        picture = Sample(name=chosen)
    elif file := st.file_uploader("JPEG, PNG or WebP", ["jpg", "jpeg", "png", "webp"], key="guide-file"):
        try:
            picture = Photo(sha256=choice.add_photo(file))
        except UserError as error:
            show_error(error)
    elif picture.kind != "photo":
        st.caption(f"Until there is one, {SAMPLES[picture.name]} steers.")
    return Guide(layer=choose_layer(network, before).name, picture=picture)


def _mix(network: Network, before: Objective) -> Sum:
    """Draws a table of layers and channels with weights; a sum's other terms stay as they are."""
    parts = before.terms if isinstance(before, Sum) else (Term(objective=before),)
    names = network.layer_names(getattr(part.objective, "layer", None) for part in parts)
    single = default_objective(network) if getattr(before, "layer", None) not in names else before
    terms = before.terms if isinstance(before, Sum) else (Term(objective=single),)
    others = tuple(term for term in terms if before.kind == "sum" and _is_outside_table(term.objective, network))
    key, start_key = f"mix-{network.name}", f"mix-start-{network.name}"
    if key not in st.session_state:  # the editor reports changes to this table, so it must stay the same
        rows = [
            {"layer": layer, "channel": getattr(term.objective, "channel", None), "weight": term.weight}
            for term in terms
            if term not in others and (layer := getattr(term.objective, "layer", None)) in names
        ]
        blank = {"layer": None if others else names[-1], "channel": None, "weight": 1.0}
        st.session_state[start_key] = rows or [blank]
    edited = st.data_editor(
        st.session_state[start_key],
        num_rows="dynamic",
        hide_index=True,
        key=key,
        column_config={
            "layer": st.column_config.SelectboxColumn("Layer", options=names, required=True),
            "channel": st.column_config.NumberColumn("Channel", min_value=0, step=1, help="Empty: the whole layer"),
            "weight": st.column_config.NumberColumn(
                "Weight", min_value=-1000, max_value=1000, default=1.0, help="Negative: away from it"
            ),
        },
    )
    st.caption(
        "A line for each part. A channel left empty means the whole layer; a negative weight turns away from it."
    )
    for term in others:
        st.caption(f"Also in this mix, though not in the table: {term.weight:g} × {term.objective.in_words()}.")
    complete = [row for row in edited if row.get("layer")]
    try:
        return Sum(terms=(*(_term(row, network) for row in complete), *others))
    except ValueError as error:  # also UserError: a channel out of range, no line at all
        show_error(error if isinstance(error, UserError) else "A mix needs one to 32 lines.")
        return Sum(terms=terms)


def _is_outside_table(objective: Single, network: Network) -> bool:
    """Whether a term is valid but not of a kind that the table can show: of another network, say."""
    if objective.network not in (None, network.name):
        return True
    try:
        scalar_of(objective, network)
    except UserError:
        return False
    return objective.kind not in {"channel", "layer"}


def _term(row: dict, network: Network) -> Term:
    layer = network.layer(row["layer"])
    channel, weight = row.get("channel"), row.get("weight")
    weight = 1.0 if weight is None else float(weight)
    if channel is None:
        return Term(objective=WholeLayer(layer=layer.name), weight=weight)
    if not 0 <= int(channel) < layer.channels:
        raise UserError(f"{layer.name} has channels 0 to {layer.channels - 1}: channel {int(channel)} is out of range.")
    return Term(objective=Channel(layer=layer.name, channel=int(channel)), weight=weight)


CHOOSERS: dict[type[AnyObjective], Callable[[Network, Objective], Objective]] = {
    Channel: choose_feature,
    WholeLayer: _whole_layer,
    Class: choose_class,
    Guide: _guide,
    Sum: _mix,
}
