"""Settings limit what may be started, and never what is kept."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from paging import keep

from dream.errors import UserError
from dream.gallery.gallery import Gallery
from dream.jobs.jobs import Jobs
from dream.pictures.start import pixels_sha256
from dream.recipe import Dream, Enlarge, Fourier, Guide, Layer, Naive, Noise, Octaves, Photo, Recipe, Sample
from dream.recipe.limits import check_limits
from dream.settings import settings

ROOT = Path(__file__).parent.parent
PHOTO = np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8)
PHOTOS = {pixels_sha256(PHOTO): PHOTO}
LONG = Recipe(
    start=Photo(sha256=pixels_sha256(PHOTO), longest_side=64), objective=Layer(layer="fire7"), method=Fourier()
)


@pytest.fixture
def smaller(monkeypatch):
    """A server whose settings were made smaller after everything was kept."""

    def apply(**limits):
        for name, value in limits.items():
            monkeypatch.setenv(f"DREAM_{name.upper()}", str(value))
        settings.cache_clear()

    yield apply
    monkeypatch.undo()
    settings.cache_clear()


def unreachable():
    raise OSError("no workers in this test")


def test_kept_dreams_stay_when_limits_get_smaller(tmp_path, smaller):
    dream = keep(Gallery(tmp_path), LONG)
    smaller(max_iterations=100, max_side=32, largest_side=32)
    gallery = Gallery(tmp_path)
    assert [kept.id for kept in gallery.page(0, 10)] == [dream.id]
    assert gallery.rebuild() == 1
    assert gallery.unreadable == 0


def test_waiting_jobs_keep_their_photos_when_limits_get_smaller(tmp_path, smaller):
    first = Jobs(Gallery(tmp_path), connect=unreachable)
    job = first.submit(LONG, PHOTOS, "anna")
    first.close()
    smaller(max_iterations=100)
    again = Jobs(Gallery(tmp_path), connect=unreachable)
    assert again.all()[0].recipe == job.recipe
    assert (tmp_path / "jobs" / f"{pixels_sha256(PHOTO)}.png").exists()
    with pytest.raises(UserError, match="At most 100 iterations"):
        again.submit(LONG, PHOTOS, "anna")
    again.close()


def test_an_unreadable_job_keeps_every_photo(tmp_path):
    first = Jobs(Gallery(tmp_path), connect=unreachable)
    first.submit(LONG, PHOTOS, "anna")
    first.close()
    (path,) = (tmp_path / "jobs").glob("*.json")
    path.write_text(path.read_text().replace('"fourier"', '"of a later release"'))
    again = Jobs(Gallery(tmp_path), connect=unreachable)
    assert again.all() == []
    assert path.exists()
    assert (tmp_path / "jobs" / f"{pixels_sha256(PHOTO)}.png").exists()
    again.close()


def test_unreadable_dreams_are_counted_and_left_alone(tmp_path):
    gallery = Gallery(tmp_path)
    dream = keep(gallery, LONG)
    path = tmp_path / "dreams" / f"{dream.id}.json"
    path.write_text(path.read_text().replace('"fourier"', '"of a later release"'))
    again = Gallery(tmp_path)
    assert again.page(0, 10) == []
    assert (again.count(), again.unreadable) == (0, 1)
    assert (again.rebuild(), again.unreadable) == (0, 1)
    assert path.exists()
    assert again.png_path(dream.id).exists()


def test_an_unreadable_dream_in_the_trash_is_not_deleted(tmp_path):
    gallery = Gallery(tmp_path)
    dream = keep(gallery, LONG)
    gallery.delete(dream.id)
    path = tmp_path / "bin" / f"{dream.id}.json"
    path.write_text("{}")
    os.utime(path, (0, 0))
    Gallery(tmp_path)
    assert path.exists()
    assert (tmp_path / "bin" / f"{dream.id}.png").exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"method": Naive(iterations=501)}, "At most 500 iterations"),
        ({"start": Noise(width=31, height=64)}, "32 to 2048 pixels here, not 31"),
        ({"start": Sample(name="coffee", longest_side=2049)}, "not 2049"),
        ({"start": Noise(width=1500, height=64), "method": Octaves()}, "take fewer octaves"),
        ({"objective": Guide(layer="fire7", picture=Sample(name="coffee", longest_side=8))}, "not 8"),
    ],
)
def test_what_this_server_does_not_start_is_told(changes, sentence):
    base = Recipe(start=Noise(), objective=Layer(layer="fire7"), method=Dream())
    with pytest.raises(UserError, match=sentence):
        check_limits((base.model_copy(update=changes),), 2048)


def enlarge(longest_side, **more):
    method, start = Enlarge(**more), Photo(sha256=pixels_sha256(PHOTO), longest_side=longest_side)
    return Recipe(start=start, objective=Layer(layer="fire7"), method=method)


def test_what_is_enlarged_may_become_as_large_as_on_the_command_line(tmp_path):
    jobs = Jobs(Gallery(tmp_path), connect=unreachable)
    for recipe in (enlarge(2048, times=4), enlarge(4096)):
        assert jobs.submit(recipe, PHOTOS, "anna").recipe.longest_side == 8192
    with pytest.raises(UserError, match="Enlarged 2 times it would have 8194 pixels a side, at most 8192"):
        jobs.submit(enlarge(4097), PHOTOS, "anna")
    with pytest.raises(UserError, match="32 to 8192 pixels here, not 9000"):
        jobs.submit(enlarge(9000), PHOTOS, "anna")
    large_guide = Guide(layer="fire7", picture=Photo(sha256=pixels_sha256(PHOTO), longest_side=4096))
    with pytest.raises(UserError, match="32 to 2048 pixels here, not 4096"):
        jobs.submit(enlarge(512).model_copy(update={"objective": large_guide}), PHOTOS, "anna")
    jobs.close()


def test_the_larger_an_enlargement_the_more_steps_it_may_take():
    check_limits((enlarge(1280, times=2, iterations=500 * 100),), 2048)
    with pytest.raises(UserError, match="At most 500 iterations"):
        check_limits((enlarge(128, times=2, iterations=501),), 2048)


def test_a_page_does_not_start_more_than_it_offers(tmp_path):
    jobs = Jobs(Gallery(tmp_path), connect=unreachable)
    large = LONG.model_copy(update={"start": Noise(width=8192, height=64)})
    with pytest.raises(UserError, match="32 to 2048"):
        jobs.submit(large, {}, "anna")
    jobs.close()


def test_the_command_line_works_with_any_limit(tmp_path):
    environment = {**os.environ, "DREAM_MAX_ITERATIONS": "5", "DREAM_HOME": str(tmp_path)}

    def dream(*words):
        command = [sys.executable, "-m", "dream", *words]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)

    assert dream("networks").returncode == 0
    refused = dream("render", "--layer", "fire2", "--size", "64x64", "--iterations", "6", "-o", str(tmp_path / "x.png"))
    assert refused.returncode == 2
    assert refused.stderr == "At most 5 iterations can be made here, not 6: take fewer.\n"


def test_a_second_server_on_the_same_home_is_told(tmp_path):
    first = Jobs(Gallery(tmp_path), connect=unreachable)
    with pytest.raises(UserError, match="Another server works in"):
        Jobs(Gallery(tmp_path), connect=unreachable)
    first.close()
    Jobs(Gallery(tmp_path), connect=unreachable).close()


def test_a_server_that_could_not_start_is_not_taken_for_another_one(tmp_path):
    gallery = Gallery(tmp_path)
    (tmp_path / "jobs").write_text("in the way")
    problems = []
    for _ in range(2):
        with pytest.raises(UserError, match="Cannot keep jobs") as error:
            Jobs(gallery, connect=unreachable)
        problems.append(error)  # and with it everything that its traceback holds
    (tmp_path / "jobs").unlink()
    Jobs(gallery, connect=unreachable).close()
