"""A horizontal bar chart of named shares."""

import html
from collections.abc import Sequence

import streamlit as st

STYLE = """<style>
.bars { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr max-content; gap: 0.45rem 0.7rem;
  align-items: center; font-size: 0.9rem; }
.bars .track { background: #2c2937; border-radius: 4px; height: 8px; }
.bars .fill { background: var(--st-primary-color, #b57bff); border-radius: 4px; height: 8px; min-width: 2px; }
.bars .share { color: #9a94ab; text-align: right; font-variant-numeric: tabular-nums; }
</style>"""


def bars(shares: Sequence[tuple[str, float]], texts: Sequence[str] | None = None) -> None:
    """Draws a bar for each (name, share 0..1), labelled with ``texts`` or the shares as percentages."""
    texts = texts or [f"{share:.0%}" for _, share in shares]
    rows = "".join(
        f'<div>{html.escape(name)}</div><div class="track"><div class="fill" style="width:{share:.1%}"></div></div>'
        f'<div class="share">{html.escape(text)}</div>'
        for (name, share), text in zip(shares, texts)
    )
    st.html(f'{STYLE}<div class="bars">{rows}</div>')
