"""Backups while dreams come and go, hostile archives, and what the check finds."""

import io
import os
import tarfile
import threading

import numpy as np
import pytest
from graphs import add_node, small_graph
from paging import RECIPE, keep

from dream.__main__ import main
from dream.errors import UserError
from dream.gallery import owners
from dream.gallery.backup import backup, restore
from dream.gallery.check import check
from dream.gallery.gallery import Gallery
from dream.jobs.home_lock import lock_home
from dream.networks.user import library
from dream.pictures.start import pixels_sha256
from dream.recipe import Photo
from dream.settings import settings

PHOTO = np.random.default_rng(3).integers(0, 256, (40, 60, 3), dtype=np.uint8)
PHOTOS = {pixels_sha256(PHOTO): PHOTO}
OVER_PHOTO = RECIPE.model_copy(update={"start": Photo(sha256=pixels_sha256(PHOTO))})


@pytest.fixture
def home():
    return settings().home


@pytest.fixture
def full(untried):
    """A gallery with a photo, a film, a deleted dream and a network."""
    gallery = Gallery()
    gallery.keep(keepable(gallery), OVER_PHOTO, (1.0,), size=(80, 60), seconds=1.0, photos=PHOTOS, film=[b"a", b"b"])
    gallery.delete(keep(gallery).id)
    library.add(small_graph().SerializeToString(deterministic=True), "mine.pb", library.Declaration())
    return gallery


def keepable(gallery):
    return gallery.png_path(keep(gallery).id).read_bytes()


def files(home):
    names = {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}
    return {name for name in names if name.split("/")[0] in ("dreams", "bin", "photos", "networks")} - {"bin/clock"}


def archive_of(path, *members, content=b"x"):
    """A tar with these members: names, or TarInfo."""
    with tarfile.open(path, "w") as archive:
        for member in members:
            info = member if isinstance(member, tarfile.TarInfo) else tarfile.TarInfo(member)
            info.size = len(content) if info.type == tarfile.REGTYPE else 0
            archive.addfile(info, io.BytesIO(content) if info.size else None)
    return path


def special(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def test_a_backup_brings_everything_back(full, home, tmp_path):
    assert backup(home, tmp_path / "b.tar") == 2
    assert (tmp_path / "b.tar").stat().st_mode & 0o777 == 0o600
    other = tmp_path / "other"
    other.mkdir()
    assert restore(other, tmp_path / "b.tar") == 3
    assert files(other) == files(home)
    for name in files(home):
        assert (other / name).read_bytes() == (home / name).read_bytes()
    again = Gallery(other)
    assert again.page(0, 10) == full.page(0, 10)
    assert len(again.deleted()) == 1
    assert restore(other, tmp_path / "b.tar") == 0
    with pytest.raises(UserError, match="exists already"):
        backup(home, tmp_path / "b.tar")


def test_dreams_stay_their_browsers(home, tmp_path):
    gallery, cookie = Gallery(), "x" * 32
    owner = owners.browser(home, cookie)
    dream = gallery.keep(b"", RECIPE, (1.0,), size=(8, 8), seconds=1.0, owner=owner)
    backup(home, tmp_path / "dreams.tar")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    restore(elsewhere, tmp_path / "dreams.tar")
    assert Gallery(elsewhere).find(dream.id).owner == owner == owners.browser(elsewhere, cookie)
    assert (elsewhere / owners.KEY_FILE).stat().st_mode & 0o077 == 0


def test_what_is_there_stays_as_it_is(full, home, tmp_path):
    backup(home, tmp_path / "b.tar")
    (dream, _) = full.page(0, 2)
    full.change(dream.id, title="mine")
    full.delete(dream.id)
    assert restore(home, tmp_path / "b.tar") == 0
    assert full.find(dream.id) is None
    full.restore(dream.id)
    assert full.find(dream.id).title == "mine"


def test_a_backup_while_dreams_come_and_go_has_whole_ones_only(tmp_path, home):
    gallery, over = Gallery(), threading.Event()
    keep(gallery, count=5)

    def live():
        while not over.is_set():
            new, old = keep(gallery), gallery.page(0, 50)[-1]
            gallery.change(new.id, star=True)
            gallery.delete(old.id)
            gallery.restore(old.id)
            gallery.delete(old.id)

    visitors = threading.Thread(target=live)
    visitors.start()
    try:
        for number in range(3):
            backup(home, tmp_path / f"{number}.tar")
    finally:
        over.set()
        visitors.join()
    for number in range(3):
        other = tmp_path / f"other-{number}"
        other.mkdir()
        assert restore(other, tmp_path / f"{number}.tar") >= 5
        assert not [finding for finding in check(other) if finding.damaged]


GOOD = "dreams/20260101-000000-000000-abcdef"


@pytest.mark.parametrize(
    "members",
    [
        ["../../etc/passwd"],
        ["/etc/passwd"],
        [f"{GOOD}.png", "dreams/../../x.json"],
        [f"{GOOD}.sh"],
        ["index.sqlite"],
        ["networks/../x-01234567/graph.pb"],
        [special(f"{GOOD}.png", tarfile.SYMTYPE, "/etc/passwd")],
        [special(f"{GOOD}.png", tarfile.LNKTYPE, "/etc/passwd")],
        [special(f"{GOOD}.png", tarfile.FIFOTYPE)],
        [special(f"{GOOD}.png", tarfile.CHRTYPE)],
        [special("dreams", tarfile.SYMTYPE, "/tmp"), f"{GOOD}.png"],
        ["photos/\x1b[31m.png"],
    ],
    ids=range(12),
)
def test_a_hostile_archive_is_refused_whole(members, home, tmp_path):
    home.mkdir(exist_ok=True)
    before = sorted(home.rglob("*"))
    with pytest.raises(UserError, match="no backup") as refused:
        restore(home, archive_of(tmp_path / "b.tar", f"{GOOD}.json", *members))
    assert str(refused.value).isprintable()
    assert sorted(home.rglob("*")) == before


def test_what_is_no_archive_or_cut_short_is_told(full, home, tmp_path):
    backup(home, tmp_path / "b.tar")
    whole = (tmp_path / "b.tar").read_bytes()
    for content in (b"", b"no tar" * 500, whole[: len(whole) // 2]):
        (tmp_path / "bad.tar").write_bytes(content)
        with pytest.raises(UserError):
            restore(tmp_path / "other", tmp_path / "bad.tar")
        assert not (tmp_path / "other").exists()


def test_a_network_in_a_backup_is_checked_as_an_uploaded_one(full, home, tmp_path):
    graph = small_graph()
    add_node(graph, "ReadFile", "bad", "pictures")
    (folder,) = (home / "networks").iterdir()
    content = graph.SerializeToString()
    details = library.find_details(folder.name)
    (folder / "graph.pb").write_bytes(content)
    backup(home, tmp_path / "b.tar")
    with pytest.raises(UserError, match="damaged"):
        restore(tmp_path / "other", tmp_path / "b.tar")
    import hashlib

    forged = details.model_copy(update={"graph_sha256": hashlib.sha256(content).hexdigest()})
    (folder / "network.json").write_text(forged.model_dump_json())
    backup(home, tmp_path / "c.tar")
    with pytest.raises(UserError, match="ReadFile"):
        restore(tmp_path / "other", tmp_path / "c.tar")
    assert not (tmp_path / "other").exists()


def test_the_check_says_what_is_damaged_and_what_is_orphaned(full, home):
    assert list(check(home)) == []
    whole, other = full.page(0, 2)
    (home / "dreams" / f"{whole.id}.png").write_bytes(b"no picture")
    (home / "dreams" / f"{other.id}.film.zip").write_bytes(b"no film")
    (home / "dreams" / "20260101-000000-000000-aaaaaa.png").write_bytes(b"of nobody")
    (home / "bin" / "20260101-000000-000000-bbbbbb.json").write_text("{")
    (home / "photos" / f"{'0' * 64}.png").write_bytes(full.png_path(other.id).read_bytes())
    os.mkfifo(home / "dreams" / "20260101-000000-000000-cccccc.json")
    found = {(finding.path.name.split("-")[-1], finding.damaged) for finding in check(home)}
    assert {
        (f"{whole.id.split('-')[-1]}.png", True),
        (f"{other.id.split('-')[-1]}.film.zip", True),
        ("aaaaaa.png", False),
        ("bbbbbb.json", True),
        ("cccccc.json", True),
        (f"{'0' * 64}.png", True),
    } == found


def test_the_command_line(full, home, tmp_path, capsys):
    assert main(["gallery", "check"]) == 0
    assert main(["gallery", "backup", str(tmp_path / "b.tar")]) == 0
    (dream, _) = full.page(0, 2)
    full.png_path(dream.id).unlink()
    assert main(["gallery", "check"]) == 2
    assert f"damaged dreams/{dream.id}.png: the picture is missing" in capsys.readouterr().out
    assert main(["gallery", "restore", str(tmp_path / "b.tar")]) == 0
    assert main(["gallery", "check"]) == 0
    lock = lock_home(home)
    assert main(["gallery", "restore", str(tmp_path / "b.tar")]) == 2
    lock.release()
    assert "Another server works" in capsys.readouterr().err
