"""Two pictures with a divider to drag: before on the left, after on the right."""

import streamlit as st

from dream.ui.components.picture import image_url

HTML = """
<div class="pair">
  <img class="after" draggable="false">
  <img class="before" draggable="false">
  <div class="divider"></div>
  <input type="range" min="0" max="100" value="50" aria-label="How much of the left picture is shown">
  <span class="label left"></span><span class="label right"></span>
</div>
"""

CSS = """
.pair { position: relative; --at: 50%; border-radius: 0.6rem; overflow: hidden; line-height: 0; }
img { width: 100%; height: auto; user-select: none; }
.before { position: absolute; inset: 0; height: 100%; clip-path: inset(0 calc(100% - var(--at)) 0 0); }
.divider { position: absolute; top: 0; bottom: 0; left: var(--at); width: 2px; background: #fff9; }
.divider::after { content: "◂ ▸"; position: absolute; top: 50%; left: 50%; transform: translate(-50%, -50%);
  font: 14px/32px sans-serif; text-align: center; width: 40px; height: 32px; border-radius: 16px;
  background: #000a; color: #fff; }
input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: ew-resize;
  touch-action: pan-y; }
.label { position: absolute; bottom: 0.6rem; padding: 0 0.5rem; font: 12px/22px sans-serif; border-radius: 11px;
  background: #0008; color: #fff; pointer-events: none; }
.left { left: 0.6rem; } .right { right: 0.6rem; }
.pair:has(input:focus-visible) { outline: 2px solid var(--st-primary-color); }
"""

JS = """
export default function ({ data, parentElement }) {
  const pair = parentElement.querySelector(".pair");
  pair.querySelector(".before").src = data.before;
  pair.querySelector(".after").src = data.after;
  const slider = pair.querySelector("input");
  pair.querySelector(".before").alt = data.left + " dreaming";
  pair.querySelector(".after").alt = data.right + " dreaming";
  pair.querySelector(".left").textContent = data.left;
  pair.querySelector(".right").textContent = data.right;
  slider.oninput = () => pair.style.setProperty("--at", slider.value + "%");
}
"""

_component = st.components.v2.component("before_after", html=HTML, css=CSS, js=JS)


def before_after(before: bytes, after: bytes, key: str, labels: tuple[str, str] = ("before", "after")) -> None:
    """Draws two JPEGs of the same shape; ``labels`` are their captions."""
    data = {name: image_url(jpeg) for name, jpeg in (("before", before), ("after", after))}
    data |= {"left": labels[0], "right": labels[1]}
    _component(data=data, key=key)
