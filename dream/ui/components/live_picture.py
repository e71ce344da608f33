"""A picture that changes several times a second without flickering.

One ``img`` element stays and shows the last frame until the browser has decoded the next one.
"""

import streamlit as st

from dream.ui.components.picture import image_url

CSS = "img { display: block; width: 100%; height: auto; border-radius: 0.6rem; }"

JS = """
export default function ({ data, parentElement }) {
  const image = parentElement.querySelector("img");
  image.src = data.picture;
  image.alt = data.words;
}
"""

_component = st.components.v2.component("live_picture", html="<img>", css=CSS, js=JS)


def live_picture(jpeg: bytes, words: str, key: str) -> None:
    """Draws a JPEG at full width; ``words`` is its alternative text. The same ``key`` updates it in place."""
    _component(data={"picture": image_url(jpeg), "words": words}, key=key)
