"""A contact sheet: several pictures as one labelled grid, filled one by one."""

import textwrap
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

CELL = 384  # longest side of a picture in the grid
GAP, LABEL, FONT, SMALL = 12, 44, 20, 16
DARK, EMPTY, LIGHT = (14, 13, 19), (25, 23, 34), (236, 233, 244)


class ContactSheet:
    """A grid of pictures with labels; ``pixels``, uint8 [height, width, 3], shows its current state."""

    def __init__(self, shape: tuple[int, int], columns: Sequence[str], rows: Sequence[str]) -> None:
        """An empty grid.

        Args:
            shape: height and width of the pictures, which are scaled down to cells of at most 384 pixels a side.
            columns, rows: their labels; ``rows`` may be empty for a single row without a label.
        """
        factor = min(CELL / max(shape), 1)
        self._height, self._width = (max(1, round(side * factor)) for side in shape)
        font = ImageFont.load_default(FONT)
        self._left = GAP + (max(int(font.getlength(row)) for row in rows) + GAP if rows else 0)
        width = self._left + len(columns) * (self._width + GAP)
        height = LABEL + max(len(rows), 1) * (self._height + GAP)
        image = Image.new("RGB", (width, height), DARK)
        draw = ImageDraw.Draw(image)
        for number, text in enumerate(columns):
            middle = self._left + number * (self._width + GAP) + self._width // 2
            draw.text((middle, LABEL // 2), _fitted(text, font, self._width), LIGHT, font, anchor="mm")
        for number, text in enumerate(rows):
            middle = LABEL + number * (self._height + GAP) + self._height // 2
            draw.text((GAP, middle), text, LIGHT, font, anchor="lm")
        self.pixels = np.array(image)
        for row in range(max(len(rows), 1)):
            for column in range(len(columns)):
                self._cell(row, column)[:] = EMPTY

    def put(self, row: int, column: int, pixels: np.ndarray) -> None:
        """Draws a picture, uint8 [height, width, 3], into a cell."""
        image = ImageOps.contain(Image.fromarray(pixels), (self._width, self._height), Image.Resampling.LANCZOS)
        cell = self._cell(row, column)
        cell[:] = EMPTY
        top, left = (cell.shape[0] - image.height) // 2, (cell.shape[1] - image.width) // 2
        cell[top : top + image.height, left : left + image.width] = np.asarray(image)

    def write(self, row: int, column: int, sentence: str) -> None:
        """Writes a sentence into a cell instead of a picture."""
        image = Image.new("RGB", (self._width, self._height), EMPTY)
        across = max(int(self._width / (SMALL * 0.55)), 8)  # letters
        lines = "\n".join(textwrap.wrap(sentence, across))
        ImageDraw.Draw(image).text((GAP, GAP), lines, LIGHT, ImageFont.load_default(SMALL))
        self._cell(row, column)[:] = np.asarray(image)

    def _cell(self, row: int, column: int) -> np.ndarray:
        top, left = LABEL + row * (self._height + GAP), self._left + column * (self._width + GAP)
        return self.pixels[top : top + self._height, left : left + self._width]


def _fitted(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> str:
    while len(text) > 1 and font.getlength(text) > width:
        text = f"{text[:-2]}…"
    return text
