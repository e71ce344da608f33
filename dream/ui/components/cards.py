"""A responsive grid of cards."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

COLUMNS = 4
Item = TypeVar("Item")


def in_rows(items: Sequence[Item]) -> Iterator[tuple[DeltaGenerator, Item]]:
    """Yields each item with the column to draw it in, four a row. Narrow screens stack columns row by row, in order."""
    for first in range(0, len(items), COLUMNS):
        yield from zip(st.columns(COLUMNS), items[first : first + COLUMNS])
