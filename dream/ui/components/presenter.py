"""Keyboard navigation of a presentation, and a slideshow after a while without input."""

from collections.abc import Sequence

import streamlit as st

IDLE_SECONDS = 90
A_SLIDE_SECONDS = 6

CSS = """
.show { position: fixed; inset: 0; z-index: 999999; background: #000; display: none; }
.show.on { display: block; }
.show img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; opacity: 0;
  transition: opacity 1.5s; }
.show img.on { opacity: 1; }
"""

JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  let show = parentElement.querySelector(".show");
  if (!show) {
    show = document.createElement("div");
    show.className = "show";
    parentElement.appendChild(show);
  }
  show.forget?.();  // listeners of the previous step
  show.replaceChildren(...data.slides.map((slide) => {
    const image = document.createElement("img");
    image.src = slide.url;
    image.alt = slide.title;
    return image;
  }));
  show.dataset.step = data.step;
  let idle = null, turning = null, now = -1;
  const turn = () => {
    now = (now + 1) % show.children.length;
    [...show.children].forEach((image, number) => image.classList.toggle("on", number === now));
  };
  const begin = () => {
    if (!show.children.length) return;
    show.classList.add("on");
    turn();
    turning = setInterval(turn, 1000 * data.slide_seconds);
  };
  const wake = () => {
    clearTimeout(idle);
    clearInterval(turning);
    show.classList.remove("on");
    if (data.presenting) idle = setTimeout(begin, 1000 * data.idle_seconds);
  };
  const own = "input, textarea, select, [role=group] button";  // elements that use arrow keys themselves
  const taken = (event) => event.defaultPrevented || event.composedPath()[0].matches?.(own);
  const press = (event) => {
    const shown = show.classList.contains("on");
    wake();
    if (shown || taken(event) || event.altKey || event.ctrlKey || event.metaKey) return;
    const by = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
    const step = data.step + (by ?? 0);
    if (!by || step < 1 || step > data.last) return;
    event.preventDefault();
    setTriggerValue("step", step);
  };
  const moves = ["pointermove", "pointerdown", "wheel"];
  window.addEventListener("keydown", press);
  moves.forEach((kind) => window.addEventListener(kind, wake));
  wake();
  show.forget = () => {
    clearTimeout(idle);
    clearInterval(turning);
    window.removeEventListener("keydown", press);
    moves.forEach((kind) => window.removeEventListener(kind, wake));
  };
  return show.forget;
}
"""

_component = st.components.v2.component("presenter", css=CSS, js=JS)


def presenter(step: int, last: int, slides: Sequence[tuple[str, str]], presenting: bool) -> int | None:
    """Listens to arrow and page keys; returns the step that one has just asked for, else None.

    Args:
        step, last: the current step, 1 for the first, and the number of steps.
        slides: title and data URL of each picture of the slideshow, which begins after 90 seconds without input.
        presenting: whether the slideshow is enabled.
    """
    data = {
        "step": step,
        "last": last,
        "slides": [{"title": title, "url": url} for title, url in slides],
        "presenting": presenting,
        "idle_seconds": IDLE_SECONDS,
        "slide_seconds": A_SLIDE_SECONDS,
    }
    return _component(data=data, key="presenter", on_step_change=lambda: None).step
