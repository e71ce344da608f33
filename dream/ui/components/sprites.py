"""A grid or strip of buttons with pictures, each a part of a sprite sheet."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import streamlit as st

CSS = """
.sprites { display: grid; grid-template-columns: repeat(auto-fill, minmax(var(--size), 1fr)); gap: 6px; padding: 3px; }
.sprites.strip { display: flex; overflow-x: auto; padding-bottom: 10px; scrollbar-width: thin; }
button { all: unset; box-sizing: border-box; cursor: pointer; border-radius: 0.45rem; position: relative; overflow: hidden;
  background: var(--st-secondary-background-color); font: 12px/1.3 sans-serif; color: var(--st-text-color); }
.strip button { flex: 0 0 var(--size); }
.picture { display: block; width: 100%; aspect-ratio: 1; background-repeat: no-repeat; }
.waiting { background: linear-gradient(100deg, #191722 30%, #2c2937 50%, #191722 70%) 0 / 300% 100%;
  animation: waiting 2s linear infinite; }
@keyframes waiting { from { background-position: 100% 0; } to { background-position: -50% 0; } }
@media (prefers-reduced-motion: reduce) { .waiting { animation: none; } }
.label { display: block; padding: 3px 6px 5px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.under { opacity: 0.65; }
button:hover { filter: brightness(1.18); }
button[aria-pressed="true"] { outline: 3px solid var(--st-primary-color); }
button:focus-visible { outline: 3px solid var(--st-text-color); }
"""

JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  let grid = parentElement.querySelector(".sprites");
  if (!grid) {
    grid = document.createElement("div");
    parentElement.appendChild(grid);
  }
  grid.className = data.strip ? "sprites strip" : "sprites";
  grid.setAttribute("role", "group");
  grid.setAttribute("aria-label", data.words);
  grid.style.setProperty("--size", data.size + "px");
  const choose = (id) => setTriggerValue("chosen", id);
  const focused = [...grid.children].find((button) => button === grid.getRootNode().activeElement)?.dataset.id;
  const here = data.items.findIndex((item) => item.id === focused);
  const reachable = here >= 0 ? here : Math.max(0, data.items.findIndex((item) => item.chosen));
  grid.replaceChildren(...data.items.map((item, number) => {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.id = item.id;
    button.title = item.words;
    button.ariaLabel = item.words;
    button.ariaPressed = String(item.chosen);
    button.tabIndex = number === reachable ? 0 : -1;
    const picture = document.createElement("span");
    const sheet = item.sheet === null ? null : data.sheets[item.sheet];
    picture.className = item.waiting ? "picture waiting" : "picture";
    if (sheet) {
      const at = (place, count) => count > 1 ? (100 * place) / (count - 1) : 0;
      picture.style.backgroundImage = `url(${sheet.url})`;
      picture.style.backgroundSize = `${100 * sheet.columns}% ${100 * sheet.rows}%`;
      picture.style.backgroundPosition = `${at(item.column, sheet.columns)}% ${at(item.row, sheet.rows)}%`;
    }
    button.appendChild(picture);
    for (const [text, kind] of [[item.label, "label"], [item.under, "label under"]]) {
      if (!text) continue;
      const line = document.createElement("span");
      line.className = kind;
      line.textContent = text;
      button.appendChild(line);
    }
    button.onclick = () => choose(item.id);
    return button;
  }));
  if (here >= 0) grid.children[here].focus({ preventScroll: true });  // the button that it replaces had it
  grid.onkeydown = (event) => {
    const buttons = [...grid.children], now = buttons.indexOf(grid.getRootNode().activeElement);
    const across = data.strip ? 1 : getComputedStyle(grid).gridTemplateColumns.split(" ").length;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }[event.key];
    const next = step && now >= 0 ? buttons[now + step] : null;
    if (!next) return;
    event.preventDefault();
    buttons[now].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  };
  const chosen = grid.querySelector('[aria-pressed="true"]');
  if (data.strip && chosen && grid.dataset.shown !== chosen.title) {
    grid.dataset.shown = chosen.title;
    requestAnimationFrame(() => { grid.scrollLeft = chosen.offsetLeft - (grid.clientWidth - chosen.clientWidth) / 2; });
  }
}
"""

_component = st.components.v2.component("sprites", css=CSS, js=JS)


@dataclass(frozen=True)
class SpriteSheet:
    """An image with pictures in rows and columns; ``url`` is a data URL."""

    url: str
    columns: int
    rows: int


@dataclass(frozen=True)
class Sprite:
    """One button.

    Attributes:
        id: passed on when it is clicked.
        words: alternative text.
        sheet: index of its sheet; None without a picture.
        row, column: of its picture in the sheet.
        label, under: lines of text below it; empty for none.
        chosen: whether it is the chosen one.
        waiting: whether its picture is being rendered.
    """

    id: str
    words: str
    sheet: int | None = None
    row: int = 0
    column: int = 0
    label: str = ""
    under: str = ""
    chosen: bool = False
    waiting: bool = False


def sprites(
    items: Sequence[Sprite],
    sheets: Sequence[SpriteSheet],
    words: str,
    key: str,
    choose: Callable[[str], None],
    size: int = 84,
    strip: bool = False,
) -> bool:
    """Draws the buttons; returns whether one was just clicked.

    Args:
        items, sheets: the buttons, and the sheets that they refer to.
        words: the accessible name of the group.
        key: of the widget.
        choose: called with the id of a button that is clicked, before the script reruns.
        size: minimum width of a picture in pixels.
        strip: whether they are in one scrolling row.
    """
    data = {
        "items": [asdict(item) for item in items],
        "sheets": [asdict(sheet) for sheet in sheets],
        "words": words,
        "size": size,
        "strip": strip,
    }

    def chosen() -> None:
        clicked = st.session_state[key].chosen
        if clicked is not None:
            choose(clicked)

    return _component(data=data, key=key, on_chosen_change=chosen).chosen is not None
