"""Pictures as data URLs, sent inside Streamlit's messages.

Streamlit's media files may be removed from the server before a slow browser, or one that changes pages, requests them.
"""

import base64
from typing import Literal

import streamlit as st

Width = int | Literal["stretch", "content"]


def show(content: bytes, words: str, width: Width = "stretch", kind: str = "jpeg") -> None:
    """Draws a picture file; ``words`` is its alternative text, ``kind`` as in :func:`image_url`."""
    st.image(image_url(content, kind), width=width, alt=words)


def image_url(content: bytes, kind: str = "jpeg") -> str:
    """A picture file as a data URL; ``kind`` is ``avif``, ``jpeg``, ``png`` or ``webp``."""
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
