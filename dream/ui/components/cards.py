"""Cards in rows."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

COLUMNS = 4
Item = TypeVar("Item")


def in_rows(items: Sequence[Item]) -> Iterator[tuple[DeltaGenerator, Item]]:
    """Each item with the column to draw it in; row by row, so that a narrow screen shows them in their order."""
    for first in range(0, len(items), COLUMNS):
        yield from zip(st.columns(COLUMNS), items[first : first + COLUMNS])
