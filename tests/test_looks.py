"""Looks as they are read from files, and the recipes that they make."""

from functools import cache

import pytest

from dream.ascent.render import check
from dream.errors import UserError
from dream.networks.zoo.catalog import load_network
from dream.recipe import Channel, Layer, Photo, Sample, Spectral
from dream.recipe.looks import SHIPPED, Look, find_look, looks, read_looks
from dream.settings import settings

EYES = '{"name": "eyes", "objective": {"kind": "layer", "layer": "fire7"}}'
PHOTO = Photo(sha256="0" * 64, longest_side=1280)


@pytest.fixture
def team(tmp_path, monkeypatch):
    """Writes a team's own file, and has it read."""
    file = tmp_path / "looks.jsonl"
    monkeypatch.setenv("DREAM_LOOKS", str(file))
    settings.cache_clear()

    def write(*lines):
        file.write_text("\n".join(lines))
        return file

    yield write
    settings.cache_clear()


def test_the_installation_has_enough_of_them_and_all_are_right():
    shipped, problems = read_looks(SHIPPED)
    assert not problems
    names = [look.name for look in shipped]
    assert len(names) >= 8
    assert len(names) == len(set(names))
    assert names == [look.name for look in looks()]


def test_the_networks_can_follow_each(squeezenet):
    load = cache(lambda name: squeezenet if name == squeezenet.name else load_network(name))
    for look in looks():
        check(load, look.recipe(PHOTO))
        check(load, look.small_recipe(PHOTO))


def test_the_small_picture_is_of_the_same_and_quick():
    look = Look(name="moss", objective=Channel(layer="fire8", channel=3), method=Spectral(kept=0.2, iterations=200))
    large, small = look.recipe(PHOTO, seed=7), look.small_recipe(PHOTO)
    assert (large.start, large.seed, large.method) == (PHOTO, 7, look.method)
    assert small.objective == large.objective
    assert (small.start.sha256, small.start.longest_side) == (PHOTO.sha256, 256)
    assert (small.method.kept, small.method.iterations) == (0.2, 75)
    assert look.small_recipe(Sample(name="coffee")).start == Sample(name="coffee", longest_side=256)


@pytest.mark.parametrize(
    "line, why",
    [
        ('{"name": "half', "Invalid JSON"),
        ('{"objective": {"kind": "layer", "layer": "fire7"}}', "name: Field required"),
        ('{"name": "a", "objective": {"kind": "layer", "layer": "fire7"}, "steps": 3}', "steps: Extra inputs"),
        ('{"name": "a", "objective": {"kind": "layer", "layer": "fire7"}, "method": {"kept": 2}}', "method.kept"),
        ('{"name": "a", "objective": {"kind": "neuron", "layer": "fire7", "channel": 1}}', "take a channel"),
        (
            '{"name": "a", "objective": {"kind": "guide", "layer": "fire7", "picture": {"kind": "photo", "sha256": "%s"}}}'
            % ("0" * 64),
            "must be a sample",
        ),
    ],
)
def test_a_bad_line_costs_itself_alone(tmp_path, line, why):
    file = tmp_path / "looks.jsonl"
    file.write_text(f"{line}\n\n{EYES}\n")
    found, (problem,) = read_looks(file)
    assert [look.name for look in found] == ["eyes"]
    assert problem.startswith(f"{file}, line 1 is no look: ")
    assert why in problem


def test_a_team_adds_its_own_and_replaces_others(team):
    team(EYES, '{"name": "moss", "objective": {"kind": "layer", "layer": "fire2"}}')
    shipped = [look.name for look in read_looks(SHIPPED)[0]]
    assert [look.name for look in looks()] == [*shipped, "moss"]
    assert find_look("eyes").objective == Layer(layer="fire7")
    with pytest.raises(UserError, match=r"no look named mos: choose animals, .*moss\."):
        find_look("mos")


def test_a_file_is_read_again_when_it_changes_and_its_problems_are_logged_once(team, caplog):
    file = team("nonsense")
    before = looks()
    assert looks() == before
    assert [record.message for record in caplog.records].count(read_looks(file)[1][0]) == 1
    file.unlink()
    looks()
    assert f"Cannot read the looks in {file}: No such file or directory." in caplog.text
    team(EYES.replace("eyes", "mine"))
    assert looks()[-1].name == "mine"


def test_what_is_no_text_is_told(tmp_path):
    file = tmp_path / "looks.jsonl"
    file.write_bytes(b"\xff\xfe\x00")
    assert read_looks(file) == ((), (f"Cannot read the looks in {file}: it is not text in UTF-8.",))
