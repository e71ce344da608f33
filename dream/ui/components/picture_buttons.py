"""A grid of buttons, each a picture with its name; those that are not made yet shimmer and change in place."""

from collections.abc import Callable, Mapping

import streamlit as st

from dream.ui.components.picture import image_url

CSS = """
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(var(--least), calc(50% - 6px)), 1fr));
  gap: 12px; padding: 3px; }
button { all: unset; box-sizing: border-box; cursor: pointer; border-radius: 0.6rem; overflow: hidden;
  background: var(--st-secondary-background-color); color: var(--st-text-color); font: 14px/1.3 var(--st-font, sans-serif); }
.picture { display: block; position: relative; aspect-ratio: var(--ratio); overflow: hidden; }
.waiting { background: linear-gradient(100deg, #191722 30%, #2c2937 50%, #191722 70%) 0 / 300% 100%;
  animation: waiting 2s linear infinite; }
@keyframes waiting { from { background-position: 100% 0; } to { background-position: -50% 0; } }
img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: cover; animation: appear 0.4s; }
@keyframes appear { from { opacity: 0; } }
.name { display: block; padding: 5px 9px 7px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
button:hover { filter: brightness(1.12); }
button:hover, button:focus-visible { outline: 3px solid var(--st-primary-color); }
button:focus-visible { outline-color: var(--st-text-color); }
@media (prefers-reduced-motion: reduce) { .waiting, img { animation: none; } }
"""

JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  let grid = parentElement.querySelector(".grid");
  if (!grid) {
    grid = document.createElement("div");
    grid.className = "grid";
    grid.setAttribute("role", "group");
    parentElement.appendChild(grid);
  }
  grid.setAttribute("aria-label", data.words);
  grid.style.setProperty("--least", data.least + "px");
  grid.style.setProperty("--ratio", data.ratio);
  const before = new Map([...grid.children].map((button) => [button.dataset.name, button]));
  const buttons = data.names.map((name, number) => {
    const button = before.get(name) ?? document.createElement("button");
    if (!before.has(name)) {
      button.type = "button";
      button.dataset.name = name;
      button.innerHTML = '<span class="picture"></span><span class="name"></span>';
      button.lastChild.textContent = name;
    }
    button.onclick = () => setTriggerValue("chosen", name);
    const place = button.firstChild, url = data.urls[number];
    place.classList.toggle("waiting", url === null);
    if (url === null) {
      place.replaceChildren();
    } else if (place.firstChild?.src !== url) {
      const image = document.createElement("img");
      image.alt = "";
      image.src = url;
      place.replaceChildren(image);
    }
    return button;
  });
  if (buttons.length !== before.size || buttons.some((button, number) => grid.children[number] !== button)) {
    grid.replaceChildren(...buttons);
  }
}
"""

_component = st.components.v2.component("picture_buttons", css=CSS, js=JS)


def picture_buttons(
    pictures: Mapping[str, bytes | None],
    ratio: float,
    words: str,
    key: str,
    choose: Callable[[str], None],
    least: int = 160,
) -> bool:
    """Draws the buttons, at least two a row; returns whether one was just clicked.

    Args:
        pictures: JPEGs by their names, None for one that is being made.
        ratio: width of a picture over its height; what is beyond is not shown.
        words: the accessible name of the group.
        key: of the widget.
        choose: called with the name of a button that is clicked, before the script reruns.
        least: width of a picture in pixels.
    """
    urls = [None if jpeg is None else image_url(jpeg) for jpeg in pictures.values()]
    data = {"names": list(pictures), "urls": urls, "ratio": ratio, "words": words, "least": least}

    def chosen() -> None:
        clicked = st.session_state[key].chosen
        if clicked is not None:
            choose(clicked)

    return _component(data=data, key=key, on_chosen_change=chosen).chosen is not None
