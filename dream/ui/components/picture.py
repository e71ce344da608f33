"""Pictures that are there as soon as their page is.

They travel inside the page's messages: served as files, they would be gone from the server before a slow browser, or
one whose visitor has just gone on to another page, asks for them.
"""

import base64
from typing import Literal

import streamlit as st

Width = int | Literal["stretch", "content"]


def show(content: bytes, words: str, width: Width = "stretch", kind: str = "jpeg") -> None:
    """Draws a picture file; ``words`` is its alternative text, ``kind`` as in :func:`image_url`."""
    st.image(image_url(content, kind), width=width, alt=words)


def image_url(content: bytes, kind: str = "jpeg") -> str:
    """A picture file as the address of itself; ``kind`` is ``avif``, ``jpeg``, ``png`` or ``webp``."""
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
