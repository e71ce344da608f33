"""Two pictures on top of each other with a divider to drag: before on the left, after on the right."""

import base64

import streamlit as st

HTML = """
<div class="pair">
  <img class="after" alt="after dreaming" draggable="false">
  <img class="before" alt="before dreaming" draggable="false">
  <div class="divider"></div>
  <input type="range" min="0" max="100" value="50" aria-label="Share of the picture that shows it before dreaming">
  <span class="label left">before</span><span class="label right">after</span>
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
  slider.oninput = () => pair.style.setProperty("--at", slider.value + "%");
}
"""

_component = st.components.v2.component("before_after", html=HTML, css=CSS, js=JS)


def before_after(before: bytes, after: bytes, key: str) -> None:
    """Shows two JPEGs of the same shape."""
    data = {name: data_url(jpeg) for name, jpeg in (("before", before), ("after", after))}
    _component(data=data, key=key)


def data_url(jpeg: bytes) -> str:
    """A JPEG as the address of itself."""
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
