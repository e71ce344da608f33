"""Comparisons: the pictures of a grid of recipes, one after the other, as one labelled picture."""

import textwrap
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

from dream.ascent.render import Dream, Frame, render
from dream.errors import UserError
from dream.networks.graph import Network
from dream.pictures.shown import shown
from dream.pictures.start import Photos, start_picture
from dream.recipe import Class, Recipe

CELL = 384  # longest side of a picture in the grid
GAP, LABEL, FONT, SMALL = 12, 44, 20, 16
DARK, EMPTY, LIGHT = (14, 13, 19), (25, 23, 34), (236, 233, 244)


class Sheet:
    """The grid while it fills; ``pixels`` is uint8 [height, width, 3]."""

    def __init__(self, recipe: Recipe, shape: tuple[int, int]) -> None:
        """``shape``: height and width of a cell's picture."""
        factor = min(CELL / max(shape), 1)
        self._height, self._width = (max(1, round(side * factor)) for side in shape)
        columns = [recipe.across.label(value) for value in recipe.across.values]
        rows = [recipe.down.label(value) for value in recipe.down.values] if recipe.down else []
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
        """Shows a picture, uint8 [height, width, 3], in its cell."""
        image = ImageOps.contain(Image.fromarray(pixels), (self._width, self._height), Image.Resampling.LANCZOS)
        cell = self._cell(row, column)
        cell[:] = EMPTY
        top, left = (cell.shape[0] - image.height) // 2, (cell.shape[1] - image.width) // 2
        cell[top : top + image.height, left : left + image.width] = np.asarray(image)

    def say(self, row: int, column: int, sentence: str) -> None:
        """Shows why there is no picture in a cell."""
        image = Image.new("RGB", (self._width, self._height), EMPTY)
        across = max(int(self._width / (SMALL * 0.55)), 8)  # letters
        lines = "\n".join(textwrap.wrap(sentence, across))
        ImageDraw.Draw(image).text((GAP, GAP), lines, LIGHT, ImageFont.load_default(SMALL))
        self._cell(row, column)[:] = np.asarray(image)

    def _cell(self, row: int, column: int) -> np.ndarray:
        top, left = LABEL + row * (self._height + GAP), self._left + column * (self._width + GAP)
        return self.pixels[top : top + self._height, left : left + self._width]


def for_network(cell: Recipe, network: Network, named_in: str) -> Recipe:
    """A cell as its network understands it: classes have other numbers in other networks, but the same names.

    Args:
        cell: from :attr:`Recipe.cells`.
        network: the cell's.
        named_in: the network whose class numbers the recipe uses.

    Raises:
        UserError: this network has no class of that name.
    """
    objective = cell.objective
    if network.name == named_in or not isinstance(objective, Class):
        return cell
    index = network.class_index(objective.name.split(",")[0] or objective.index)
    named = objective.model_copy(update={"index": index, "name": network.class_names[index]})
    return cell.model_copy(update={"objective": named})


def make_comparison(
    load: Callable[[str], Network],
    recipe: Recipe,
    photos: Photos | None = None,
    watch: Callable[[Frame], None] = lambda frame: None,
    stop: Callable[[], bool] = lambda: False,
) -> Dream | None:
    """Renders all cells of a comparison, showing the grid to ``watch`` after every step.

    The dream's scores are those of the steps, cell after cell. A cell that cannot be made says why, and its steps count
    as done. Told to stop, it keeps what is there; None if it was stopped before the first step.

    Raises:
        UserError: no cell can be made.
    """
    start = start_picture(recipe.start, np.random.default_rng(recipe.seed), photos)
    sheet, scores, problem = Sheet(recipe, start.shape[:2]), [], None
    done, steps, all_steps = 0, recipe.steps, recipe.all_steps
    for row, recipes in enumerate(recipe.cells):
        for column, cell in enumerate(recipes):
            before, steps_left = done, steps - done
            if steps_left <= 0 or stop():
                break
            cell = cell.model_copy(update={"stopped_after": steps_left if steps_left < cell.steps else None})
            try:
                network = load(cell.network)
                for frame in render(network, for_network(cell, network, recipe.network), photos, stop):
                    if frame.score is not None:
                        scores.append(frame.score)
                        done += 1
                    sheet.put(row, column, shown(frame.picture, cell.stretched))
                    watch(Frame(done, all_steps, frame.score, sheet.pixels, done / all_steps))
            except UserError as error:
                problem, done = error, before + cell.steps
                sheet.say(row, column, str(error))
    if not scores:
        if problem is not None:
            raise problem
        return None
    finished = recipe.model_copy(update={"stopped_after": None if done == all_steps else done})
    return Dream(sheet.pixels, finished, tuple(scores))


def _fitted(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    while len(text) > 1 and font.getlength(text) > width:
        text = f"{text[:-2]}…"
    return text
