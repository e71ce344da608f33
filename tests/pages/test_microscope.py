"""Pictures that appear as they are made."""

from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from dream.atlas.atlas import Sheet
from dream.networks.units import Unit
from dream.ui import resources
from dream.ui.choosers import microscope


class Anew(Exception):
    """The whole page is drawn again."""


def test_the_page_is_drawn_anew_once_all_its_pictures_are_made(monkeypatch):
    coming, watched, builder = [Unit("fire2", 0)], [], Mock(busy=True)
    atlas = SimpleNamespace(
        pending=lambda units: coming,
        has=lambda unit: not coming,
        problem_with=lambda tensor: "",
        place=lambda unit: (Sheet("fire2", 0), 0, 0),
        file=lambda sheet: None,
    )
    monkeypatch.setattr(resources, "atlas", lambda name: atlas)
    monkeypatch.setattr(resources, "atlas_builder", lambda: builder)
    monkeypatch.setattr(microscope, "sprites", lambda *_, **__: False)  # nobody clicks
    monkeypatch.setattr(microscope.st, "fragment", lambda draw, run_every: watched.append(draw) or draw)
    monkeypatch.setattr(microscope.st, "rerun", Mock(side_effect=Anew))
    microscope.unit_sheet(SimpleNamespace(name="mine"), [Unit("fire2", 0)], [0], [""], 0, Mock())
    (look_again,) = watched
    look_again()
    assert builder.request.call_count == 1
    builder.busy = False  # it broke down
    look_again()
    assert builder.request.call_count == 2
    coming.clear()
    with pytest.raises(Anew):
        look_again()
