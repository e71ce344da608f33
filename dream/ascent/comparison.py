"""Comparisons: the pictures of a grid of recipes, one after the other, as one labelled picture."""

from collections.abc import Callable
from functools import cache

import numpy as np

from dream.ascent.render import Dream, Frame, Load, render
from dream.errors import UserError
from dream.networks.graph import Network
from dream.pictures.contact_sheet import ContactSheet
from dream.pictures.display import to_uint8
from dream.pictures.start import Photos, start_picture
from dream.recipe import Class, Comparison, Recipe


def for_network(cell: Recipe, network: Network, named_in: str) -> Recipe:
    """A cell as its network understands it: classes have other numbers in other networks, but the same names.

    Args:
        cell: of a comparison.
        network: the cell's.
        named_in: the network whose class numbers the cell uses.

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
    load: Load,
    comparison: Comparison,
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
    load = cache(load)  # cells share networks
    across, down = comparison.across, comparison.down
    start = start_picture(comparison.base.start, np.random.default_rng(comparison.base.seed), photos)
    columns = [across.label(value) for value in across.values]
    rows = [down.label(value) for value in down.values] if down else []
    sheet, scores, problem = ContactSheet(start.shape[:2], columns, rows), [], None
    done, steps, all_steps = 0, comparison.steps, comparison.all_steps
    for row, recipes in enumerate(comparison.cells):
        for column, cell in enumerate(recipes):
            before, steps_left = done, steps - done
            if steps_left <= 0 or stop():
                break
            cell = cell.model_copy(update={"stopped_after": steps_left if steps_left < cell.steps else None})
            try:
                cell = for_network(cell, load(cell.network), comparison.base.network)
                for frame in render(load, cell, photos, stop):
                    if frame.score is not None:
                        scores.append(frame.score)
                        done += 1
                    sheet.put(row, column, to_uint8(frame.picture, cell.stretched))
                    watch(Frame(done, all_steps, frame.score, sheet.pixels, done / all_steps))
            except UserError as error:
                problem, done = error, before + cell.steps
                sheet.write(row, column, str(error))
    if not scores:
        if problem is not None:
            raise problem
        return None
    finished = comparison.model_copy(update={"stopped_after": None if done == all_steps else done})
    return Dream(sheet.pixels, finished, tuple(scores))
