import errno
import io
import shutil
import sqlite3
from contextlib import closing, contextmanager

import numpy as np
import pytest
from bins import age_bin
from PIL import Image

from dream.errors import UserError
from dream.gallery.gallery import Gallery
from dream.gallery.index import DreamFilter
from dream.gallery.trash import Trash
from dream.pictures.png import encode_png
from dream.pictures.start import pixels_sha256
from dream.recipe import Layer, Naive, Noise, Photo, Recipe

PHOTO = np.random.default_rng(2).integers(0, 256, (40, 50, 3), dtype=np.uint8)
RECIPE = Recipe(start=Noise(), objective=Layer(layer="fire7"), method=Naive())
PHOTOS = {pixels_sha256(PHOTO): PHOTO}
OVER_PHOTO = RECIPE.model_copy(update={"start": Photo(sha256=pixels_sha256(PHOTO))})


def keep(gallery, recipe=RECIPE, photos=None):
    noise = np.random.default_rng(1).integers(0, 256, (480, 640, 3), dtype=np.uint8)
    png = encode_png(noise, recipe)
    return gallery.keep(
        png, recipe, (1.0, 2.5), size=(640, 480), seconds=1.5, photos=photos, film=[b"a", b"bc"], owner="me"
    )


def test_newest_first_and_paged(tmp_path):
    gallery = Gallery(tmp_path)
    kept = [keep(gallery) for _ in range(5)]
    assert gallery.count() == 5
    assert [dream.id for dream in gallery.page(0, 2) + gallery.page(1, 2)] == [dream.id for dream in kept[:0:-1]]


def test_it_survives_a_restart(tmp_path):
    dream = keep(Gallery(tmp_path))
    again = Gallery(tmp_path)
    assert again.find(dream.id) == dream
    assert again.page(0, 9) == [dream]
    assert again.film(dream.id) == [b"a", b"bc"]


def break_missing(path):
    path.unlink()


def break_damaged(path):
    path.write_bytes(b"SQLite format 3\0" + b"garbage" * 1000)


def break_other_version(path):
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.commit()
    connection.close()


def break_incomplete(path):
    connection = sqlite3.connect(path)
    connection.execute("DELETE FROM dreams WHERE id IN (SELECT id FROM dreams LIMIT 1)")
    connection.commit()
    connection.close()


@pytest.mark.parametrize("damage", [break_missing, break_damaged, break_other_version, break_incomplete])
def test_a_bad_index_is_made_anew_from_the_files(tmp_path, damage):
    gallery = Gallery(tmp_path)
    ids = [keep(gallery).id for _ in range(3)]
    del gallery
    damage(tmp_path / "index.sqlite")
    assert [dream.id for dream in Gallery(tmp_path).page(0, 9)] == ids[::-1]


@contextmanager
def full_disk(path):
    """Nothing can be written to this index."""
    changes = ("INSERT", "DELETE")
    with closing(sqlite3.connect(path)) as index:
        for change in changes:
            refuse = "SELECT RAISE(ABORT, 'database or disk is full');"
            index.execute(f"CREATE TRIGGER full_{change} BEFORE {change} ON dreams BEGIN {refuse} END")
        yield
        for change in changes:
            index.execute(f"DROP TRIGGER full_{change}")


def test_what_the_index_could_not_write_it_catches_up_with(tmp_path):
    gallery = Gallery(tmp_path)
    starred, gone, back = (keep(gallery) for _ in range(3))
    gallery.delete(back.id)
    with full_disk(tmp_path / "index.sqlite"):
        kept = keep(gallery)
        gallery.change(starred.id, star=True)
        gallery.delete(gone.id)
        gallery.restore(back.id)
        assert gone not in gallery.page(0, 9)
    assert [dream.id for dream in gallery.page(0, 9)] == [kept.id, back.id, starred.id]
    assert gallery.count(DreamFilter(starred=True)) == 1


def test_an_index_that_cannot_be_written_at_the_start_is_told(tmp_path):
    (tmp_path / "index.sqlite").mkdir()
    with pytest.raises(UserError, match="Cannot keep dreams in"):
        Gallery(tmp_path)


def test_the_index_is_made_anew_beside_a_running_server(tmp_path):
    server, command_line = Gallery(tmp_path), Gallery(tmp_path)
    keep(server)
    assert command_line.rebuild() == 1
    keep(server)
    assert server.count() == command_line.count() == 2


def test_half_a_dream_is_never_shown(tmp_path):
    gallery = Gallery(tmp_path)
    whole, half, torn = (keep(gallery) for _ in range(3))
    (tmp_path / "dreams" / f"{half.id}.json").unlink()
    (tmp_path / "dreams" / f"{torn.id}.json").write_text('{"id": "torn')
    assert Gallery(tmp_path).page(0, 9) == [whole]


def test_thumbnails_are_small_and_come_back(tmp_path):
    gallery = Gallery(tmp_path)
    dream = keep(gallery)  # noise: the worst there is for JPEG
    thumbnail = gallery.thumbnail(dream.id)
    assert len(thumbnail) <= 40_000
    assert max(Image.open(io.BytesIO(thumbnail)).size) <= 320
    (tmp_path / "thumbnails" / f"{dream.id}.jpg").unlink()
    assert gallery.thumbnail(dream.id) == thumbnail
    gallery.png_path(dream.id).unlink()
    (tmp_path / "thumbnails" / f"{dream.id}.jpg").unlink()
    assert gallery.thumbnail(dream.id) is None


def test_thumbnails_are_shown_where_they_cannot_be_kept(tmp_path):
    gallery = Gallery(tmp_path)
    dream = keep(gallery)
    shutil.rmtree(tmp_path / "thumbnails")
    assert gallery.thumbnail(dream.id)


def test_a_photo_is_kept_as_long_as_a_dream_needs_it(tmp_path):
    gallery = Gallery(tmp_path)
    first, second = keep(gallery, OVER_PHOTO, PHOTOS), keep(gallery, OVER_PHOTO, PHOTOS)
    sha256 = OVER_PHOTO.start.sha256
    np.testing.assert_array_equal(gallery.photo(sha256), PHOTO)
    gallery.delete(first.id)
    assert gallery.photo(sha256) is not None
    gallery.delete(second.id)
    assert gallery.photo(sha256) is not None  # for a week it may come back
    age_bin(tmp_path, days=8)
    gallery = Gallery(tmp_path)
    assert gallery.photo(sha256) is None
    assert gallery.deleted() == []
    assert list((tmp_path / "dreams").iterdir()) == []
    assert [path.name for path in (tmp_path / "bin").iterdir()] == ["clock"]


def test_a_deleted_dream_stays_in_the_bin_for_a_week(tmp_path):
    gallery = Gallery(tmp_path)
    dream = keep(gallery)
    png = gallery.png_path(dream.id).read_bytes()
    gallery.delete(dream.id)
    assert gallery.count() == 0
    assert gallery.find(dream.id) is None
    age_bin(tmp_path, days=6)
    gallery = Gallery(tmp_path)
    ((deleted, _),) = gallery.deleted()
    assert deleted == dream
    gallery.restore(dream.id)
    assert gallery.find(dream.id) == dream
    assert gallery.png_path(dream.id).read_bytes() == png
    assert gallery.page(0, 10) == [dream]
    assert gallery.deleted() == []
    with pytest.raises(UserError, match="not in the bin"):
        gallery.restore("20260101-000000-000000-aaaaaa")


def test_the_bin_is_emptied_when_it_is_looked_at(tmp_path):
    gallery = Gallery(tmp_path)
    dream, other = keep(gallery), keep(gallery)
    gallery.delete(dream.id)
    gallery.delete(other.id)
    age_bin(tmp_path, days=8, names=[dream.id])
    gallery = Gallery(tmp_path)
    assert [deleted for deleted, _ in gallery.deleted()] == [other]
    assert not (tmp_path / "bin" / f"{dream.id}.png").exists()


def test_what_leaves_the_bin_while_it_is_listed_is_left_out(tmp_path):
    gallery = Gallery(tmp_path)
    (tmp_path / "bin" / "gone.json").symlink_to("nowhere")  # listed, and not there
    assert gallery.deleted() == []


def test_a_read_only_bin_gives_nothing_back_and_says_so(tmp_path, monkeypatch):
    gallery = Gallery(tmp_path)
    dream = keep(gallery)
    gallery.delete(dream.id)

    def refuse(*_):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Trash, "restore", refuse)
    with pytest.raises(UserError, match="Read-only"):
        gallery.restore(dream.id)


def test_killed_while_deleting_it_can_still_be_had_back_or_forgotten(tmp_path, monkeypatch):
    gallery = Gallery(tmp_path)
    dream = keep(gallery)
    (tmp_path / "dreams" / f"{dream.id}.json").replace(tmp_path / "bin" / f"{dream.id}.json")  # and no further
    gallery = Gallery(tmp_path)
    assert gallery.count() == 0
    gallery.restore(dream.id)
    assert gallery.png_path(dream.id).exists()
    (tmp_path / "dreams" / f"{dream.id}.json").replace(tmp_path / "bin" / f"{dream.id}.json")
    age_bin(tmp_path, days=8)
    Gallery(tmp_path)
    assert not gallery.png_path(dream.id).exists()


def test_what_people_say_of_a_dream_is_kept_in_its_file(tmp_path):
    gallery = Gallery(tmp_path)
    dream = keep(gallery)
    gallery.change(dream.id, star=True)
    gallery.change(dream.id, title="Owls!", note="for the poster")
    found = Gallery(tmp_path).find(dream.id)
    assert (found.star, found.title, found.note) == (True, "Owls!", "for the poster")
    with pytest.raises(UserError, match="cannot be kept"):
        gallery.change(dream.id, note="x" * 2001)
    with pytest.raises(UserError, match="no such dream"):
        gallery.change("20260101-000000-000000-aaaaaa", star=True)


def test_dreams_are_found_by_words_stars_owners_and_methods(tmp_path):
    gallery = Gallery(tmp_path)
    first, second = keep(gallery), keep(gallery, OVER_PHOTO, PHOTOS)
    gallery.change(first.id, note="Für die Ausstellung, 50 %", star=True)

    def found(**wanted):
        there = gallery.page(0, 10, DreamFilter(**wanted))
        assert gallery.count(DreamFilter(**wanted)) == len(there)
        return [dream.id for dream in there]

    assert found() == [second.id, first.id]
    assert found(text="für AUSSTELLUNG") == [first.id]
    assert found(text="50 %") == [first.id]
    assert found(text="%") == [first.id]  # a letter like any other
    assert found(text="nowhere") == []
    assert found(starred=True) == [first.id]
    assert found(owner="somebody") == []
    assert found(network="squeezenet") == [second.id, first.id]
    assert found(method="naive", text="FIRE7 all noise") == [first.id]
    assert found(method="dream") == []
    assert gallery.networks() == ["squeezenet"]


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "a/b", "nothing-like-this", "a\0b"])
def test_only_ids_become_paths(tmp_path, name):
    assert Gallery(tmp_path).find(name) is None


def test_a_home_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match="DREAM_HOME"):
        Gallery(tmp_path / "file" / "home")
