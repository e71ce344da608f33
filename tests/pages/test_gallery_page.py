"""The Gallery page."""

import io
import zipfile

from paging import RECIPE, click, keep, open_dream, run, words

from dream.gallery.index import DreamFilter
from dream.pictures.png import recipe_in
from dream.ui.dreams import gallery_actions
from dream.ui.dreams.gallery_actions import zipped


def test_an_empty_gallery_says_what_to_do():
    assert "Nothing here yet" in words(run("gallery"))


def test_the_gallery_turns_pages(gallery):
    keep(gallery, count=14)
    test = run("gallery")
    assert [button.label for button in test.button].count("Open") == 12
    test.session_state[f"gallery-page-2-{DreamFilter()}"] = 2
    test.run()
    assert [button.label for button in test.button].count("Open") == 2


def test_one_dream_opens_and_is_dreamed_again(gallery, jobs):
    test = open_dream(keep(gallery))
    assert "A cup of espresso, changed so that everything in layer" in words(test)
    click(test, "Dream it again")
    (job,) = jobs.all()
    assert job.recipe == RECIPE


def test_the_gallery_finds_and_filters(gallery):
    owls, other = keep(gallery), keep(gallery)
    gallery.change(owls.id, title="Owls", star=True)

    def shown(test):
        return {button.key.removeprefix("open-") for button in test.button if button.label == "Open"}

    test = run("gallery")
    test.text_input(key="gallery-search").set_value("owl").run()
    assert shown(test) == {owls.id}
    test.text_input(key="gallery-search").set_value("unicorn").run()
    assert "No dream is like that" in words(test)
    test.text_input(key="gallery-search").set_value("").run()
    assert shown(test) == {owls.id, other.id}
    test.button_group(key="gallery-only").set_value(["Starred"]).run()
    assert shown(test) == {owls.id}
    test.button_group(key="gallery-only").set_value(["Mine"]).run()
    assert shown(test) == set()


def test_a_star_a_title_and_a_note(gallery):
    dream = keep(gallery)
    test = open_dream(dream)
    test.button(key=f"star-{dream.id}").click().run()
    assert gallery.find(dream.id).star
    next(field for field in test.text_input if field.label == "Title").set_value("Owls")
    test.text_area[0].set_value("for the poster")
    next(button for button in test.button if button.label == "Save").click().run()
    assert "for the poster" in words(test)
    assert gallery.find(dream.id).title == "Owls"


def test_several_are_selected_and_zipped(gallery):
    dreams = [keep(gallery) for _ in range(3)]
    test = run("gallery")
    test.toggle(key="selecting").set_value(True).run()
    test.checkbox(key=f"select-{dreams[0].id}").check().run()
    test.checkbox(key=f"select-{dreams[2].id}").check().run()
    assert "**2 selected**" in words(test)
    with zipfile.ZipFile(io.BytesIO(zipped([dreams[0], dreams[2]]))) as archive:
        assert [recipe_in(archive.read(name)) for name in archive.namelist()] == [RECIPE, RECIPE]


def test_more_than_a_zip_holds_is_told(gallery, monkeypatch):
    dream = keep(gallery)
    monkeypatch.setattr(gallery_actions, "MOST_MEGABYTES", 0)
    test = run("gallery", selecting=True, selected={dream.id: None})
    assert "go into one ZIP" in words(test)
    assert test.get("download_button")[0].proto.disabled


def test_all_that_are_selected_are_deleted(gallery):
    for _ in range(101):
        keep(gallery)
    selected = {dream.id: None for dream in gallery.page(0, 101)}
    test = run("gallery", selecting=True, selected=selected)
    assert "**101 selected**" in words(test)
    test.button(key="delete-selected").click().run()
    assert "101 dreams will be in the bin" in words(test)


def test_a_folded_bin_draws_nothing(gallery):
    gallery.delete(keep(gallery).id)
    test = run("gallery")
    assert "Bin (1)" in {expander.label for expander in test.expander}
    assert "Have it back" not in {button.label for button in test.button}


def test_the_bin_turns_pages(gallery):
    for _ in range(12):
        gallery.delete(keep(gallery).id)
    test = run("gallery", **{"bin-open": True})
    assert [button.label for button in test.button].count("Have it back") == 10
    test.session_state["bin-page-2"] = 2
    test.run()
    assert [button.label for button in test.button].count("Have it back") == 2
    click(test, "Have it back")
    assert gallery.count() == 1
    assert [button.label for button in test.button].count("Have it back") == 1


def test_the_bin_gives_back(gallery):
    dream = keep(gallery)
    gallery.delete(dream.id)
    test = run("gallery", **{"bin-open": True})
    test.button(key=f"restore-{dream.id}").click().run()
    assert gallery.find(dream.id) == dream
    assert not test.exception


def test_delete_asks_first(gallery):
    dream = keep(gallery)
    test = open_dream(dream)
    click(test, "Delete")
    assert "Keep" in {button.label for button in test.button}
    assert gallery.find(dream.id) is not None


def test_a_dream_that_is_gone_is_told(gallery):
    dream = keep(gallery)
    gallery.delete(dream.id)
    assert "no such dream" in words(open_dream(dream))
