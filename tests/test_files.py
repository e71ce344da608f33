"""Files are their owner's, and only files are read."""

import os
import stat

import pytest
from own_loop import run_coroutine
from paging import RECIPE, keep
from queueing import Workers, start

from dream.files import make_private, read_regular, write_atomically
from dream.gallery.gallery import Gallery
from dream.settings import settings
from dream.ui import lifespan


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def open_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_what_is_written_is_its_owners_whatever_the_umask(tmp_path, open_umask):
    os.umask(0)
    write_atomically(tmp_path / "private", b"x")
    write_atomically(tmp_path / "shared", b"x", shared=True)
    assert [mode(tmp_path / name) for name in ("private", "shared")] == [0o600, 0o644]


def test_what_was_open_is_made_private_and_nothing_else_is_touched(tmp_path):
    inside = tmp_path / "dreams" / "deeper"
    inside.mkdir(parents=True)
    (inside / "a.json").write_text("{}")
    (tmp_path / "elsewhere").write_text("not ours")
    (inside / "link").symlink_to(tmp_path / "elsewhere")
    for path in (tmp_path / "dreams", inside):
        path.chmod(0o755)
    for path in (inside / "a.json", tmp_path / "elsewhere"):
        path.chmod(0o644)
    make_private([tmp_path / "dreams", tmp_path / "gone"])
    assert [mode(tmp_path / "dreams"), mode(inside), mode(inside / "a.json")] == [0o700, 0o700, 0o600]
    assert mode(tmp_path / "elsewhere") == 0o644


def test_the_server_makes_its_files_private_at_its_start(monkeypatch, open_umask):
    home = settings().home
    dream = keep(gallery := Gallery())
    gallery.png_path(dream.id).chmod(0o644)
    (home / "dreams").chmod(0o755)
    (home / "mine.txt").write_text("of somebody who keeps other things here, too")
    (home / "mine.txt").chmod(0o644)
    monkeypatch.setattr("dream.ui.resources.jobs", lambda: None)
    lifespan._start_jobs()
    assert [mode(home / "dreams"), mode(gallery.png_path(dream.id)), mode(home / "index.sqlite")] == [
        0o700,
        0o600,
        0o600,
    ]
    assert mode(home / "mine.txt") == 0o644

    async def while_it_runs():
        monkeypatch.setattr(lifespan, "_start_jobs", lambda: None)
        monkeypatch.setattr(lifespan, "_close_jobs", lambda: None)
        monkeypatch.setattr(lifespan, "to_standard_error", lambda: None)
        async with lifespan.lifespan(None):
            (home / "new.txt").write_text("x")

    run_coroutine(while_it_runs())
    assert mode(home / "new.txt") == 0o600


def test_pipes_and_devices_among_the_files_do_not_hang_the_start(tmp_path):
    dream = keep(gallery := Gallery(tmp_path))
    photo = "0" * 64
    for name in (
        "dreams/pipe.json",
        "dreams/other.png",
        f"photos/{photo}.png",
        "bin/old.json",
        "dreams/other.film.zip",
    ):
        os.mkfifo(tmp_path / name)
    (tmp_path / "jobs").mkdir()
    os.mkfifo(tmp_path / "jobs" / "pipe.json")
    (tmp_path / "dreams" / "zero.json").symlink_to("/dev/zero")
    jobs = start(tmp_path, Workers())
    gallery = jobs._gallery
    assert [kept.id for kept in gallery.page(0, 10)] == [dream.id]
    assert gallery.unreadable == 2
    assert (gallery.photo(photo), gallery.thumbnail("other"), gallery.film("other"), gallery.deleted()) == (
        None,
        None,
        [],
        [],
    )
    assert jobs.all() == []
    jobs.submit(RECIPE, {}, "anna")
    with pytest.raises(OSError, match="Not a regular file"):
        read_regular(tmp_path / "dreams" / "pipe.json")
    jobs.close()
