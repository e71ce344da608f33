"""A dream's film: a slider over its frames, a play button, downloads."""

from functools import partial

import streamlit as st

from dream.gallery.record import DreamRecord
from dream.pictures.film import FORMATS, encode_film
from dream.ui import resources
from dream.ui.components.picture import image_url

HTML = """
<div class="film">
  <img alt="">
  <div class="controls">
    <button type="button" aria-label="Play">▶</button>
    <input type="range" min="0" value="0" aria-label="Frame of the film">
    <span></span>
  </div>
</div>
"""

CSS = """
img { display: block; width: 100%; height: auto; border-radius: 0.6rem; }
.controls { display: flex; align-items: center; gap: 0.7rem; padding-top: 0.6rem; font: 13px sans-serif;
  color: var(--st-text-color); }
input { flex: 1; accent-color: var(--st-primary-color); min-width: 4rem; }
span { font-variant-numeric: tabular-nums; min-width: 4.5rem; text-align: right; }
button { width: 2.4rem; height: 2.4rem; border-radius: 50%; border: 1px solid var(--st-border-color); cursor: pointer;
  background: var(--st-secondary-background-color); color: var(--st-text-color); }
"""

JS = """
export default function ({ data, parentElement }) {
  const image = parentElement.querySelector("img"), slider = parentElement.querySelector("input");
  const button = parentElement.querySelector("button"), place = parentElement.querySelector("span");
  const last = data.frames.length - 1;
  slider.max = last;
  let timer = null;
  const show = (number) => {
    slider.value = number;
    image.src = data.frames[number];
    image.alt = `Frame ${number + 1} of ${last + 1}`;
    place.textContent = `${number + 1} / ${last + 1}`;
  };
  const stop = () => { clearInterval(timer); timer = null; button.textContent = "▶"; button.ariaLabel = "Play"; };
  const play = () => {
    if (Number(slider.value) === last) show(0);
    button.textContent = "❚❚"; button.ariaLabel = "Pause";
    timer = setInterval(() => Number(slider.value) < last ? show(Number(slider.value) + 1) : stop(), 1000 / 12);
  };
  slider.oninput = () => { stop(); show(Number(slider.value)); };
  button.onclick = () => timer ? stop() : play();
  show(last);
  return stop;
}
"""

_component = st.components.v2.component("film", html=HTML, css=CSS, js=JS)


def film_view(dream: DreamRecord) -> None:
    """Draws the film of a stored dream in an expander; nothing if it has none."""
    if not resources.gallery().has_film(dream.id):
        return
    with st.expander("How it grew", icon=":material/movie:", on_change="rerun", key=f"film-open-{dream.id}") as opened:
        if not opened.open:
            return
        frames = resources.gallery().film(dream.id)
        _component(data={"frames": [image_url(frame) for frame in frames]}, key=f"film-{dream.id}")
        with st.container(horizontal=True):
            for kind, mime in FORMATS.items():
                st.download_button(
                    kind.upper() if kind != "webp" else "WebP",
                    data=partial(encode_film, frames, kind),
                    file_name=f"dream-{dream.id}.{kind}",
                    mime=mime,
                    icon=":material/download:",
                    on_click="ignore",
                    key=f"film-{kind}-{dream.id}",
                )
