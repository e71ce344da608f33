"""Each page, driven without a browser; the workers are played by a list."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dream.errors import UserError
from dream.pictures.png import encode_png
from dream.recipe import Channel, Class, Dream, Fourier, Guide, Layer, Naive, Neuron, Noise, Recipe, Sample, Sum, Term
from dream.studio.gallery import Gallery
from dream.studio.jobs import Jobs
from dream.ui import navigation, resources
from dream.ui.session import Choice

RECIPE = Recipe(start=Sample(name="coffee"), objective=Layer(layer="fire7"), method=Dream(), seed=3)


@pytest.fixture
def gallery(tmp_path, monkeypatch):
    gallery = Gallery(tmp_path)
    monkeypatch.setattr(resources, "gallery", lambda: gallery)
    return gallery


@pytest.fixture(autouse=True)
def jobs(gallery, monkeypatch):
    """Jobs that wait for ever: no workers are started."""
    monkeypatch.setattr(Jobs, "_start", lambda self: None)
    # AppTest forgets before every run that app.py has called st.navigation, and would be sent round in circles.
    monkeypatch.setattr(navigation, "only_through_app", lambda: None)
    jobs = Jobs(gallery)
    monkeypatch.setattr(resources, "jobs", lambda: jobs)
    return jobs


def keep(gallery, recipe=RECIPE, count=1):
    pixels = np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    for _ in range(count):
        dream = gallery.keep(encode_png(pixels, recipe), recipe, (1.0, 2.0, 3.0), size=(80, 60), seconds=2.0)
    return dream


def run(page, query=None, **state):
    test = AppTest.from_file("../../app.py", default_timeout=60)
    for key, value in state.items():
        test.session_state[key] = value
    test.run()
    if page != "home":
        test.switch_page(f"pages/{page}.py")
        for key, value in (query or {}).items():
            test.query_params[key] = value
        test.run()
    assert not test.exception, test.exception
    return test


def choice(test):
    return test.session_state["choice"]


def click(test, label):
    next(button for button in test.button if button.label == label).click()
    test.run()
    assert not test.exception, test.exception


def words(test):
    return " ".join(element.value for kind in ("title", "markdown", "caption", "error") for element in test.get(kind))


def test_the_whole_app_opens_on_home():
    test = AppTest.from_file("../../app.py", default_timeout=60).run()
    assert not test.exception
    assert test.title[0].value == "What has a network learned to see?"
    assert [button.label for button in test.button].count("Dream this") >= 4


def test_a_home_that_cannot_be_used_is_told(monkeypatch):
    def refuse():
        raise UserError("Cannot keep dreams in /nowhere: Permission denied. Set DREAM_HOME to another folder.")

    monkeypatch.setattr(resources, "jobs", refuse)
    test = AppTest.from_file("../../app.py", default_timeout=60).run()
    assert "Set DREAM_HOME" in test.error[0].value
    assert not test.exception


def test_a_ready_dream_is_submitted_with_one_click(jobs):
    test = run("home")
    click(test, "Dream this")
    (job,) = jobs._jobs.values()
    assert job.recipe.objective == Layer(layer="fire7")


def test_picture_shows_what_the_network_sees():
    test = run("picture")
    assert "Egyptian cat" in "".join(element.proto.body for element in test.get("html"))
    assert "Chelsea" in words(test)


def test_names_keep_their_capitals():
    assert "Astronaut Eileen Collins" in words(run("render", choice=Choice(start=Sample(name="astronaut"))))


def test_picture_takes_another_sample_and_another_size():
    test = run("picture")
    test.button(key="sample-coffee").click().run()
    test.slider(key="longest-sample").set_value(320).run()
    assert choice(test).start == Sample(name="coffee", longest_side=320)


def test_noise_brings_the_clear_method():
    test = run("picture")
    test.segmented_control(key="source").set_value("Noise").run()
    assert choice(test).recipe().start == Noise()
    assert choice(test).recipe().method == Fourier()


def test_an_upload_that_is_no_picture_is_told_and_nothing_is_lost():
    test = run("picture")
    test.segmented_control(key="source").set_value("Upload").run()
    test.file_uploader[0].upload("text.jpg", b"only text", "image/jpeg").run()
    assert "not a picture" in test.error[0].value
    assert choice(test).start == Sample(name="chelsea")


def test_an_upload_becomes_the_start():
    pixels = np.random.default_rng(0).integers(0, 256, (90, 120, 3), dtype=np.uint8)
    test = run("picture")
    test.segmented_control(key="source").set_value("Upload").run()
    test.file_uploader[0].upload("mine.png", encode_png(pixels), "image/png").run()
    assert not test.exception
    assert choice(test).start.kind == "photo"
    np.testing.assert_array_equal(choice(test).photos[choice(test).start.sha256], pixels)


def test_layers_lists_shallow_to_deep_and_bounds_the_channel():
    test = run("layers")
    test.segmented_control(key="kind-squeezenet").set_value("One feature").run()
    layers = test.selectbox(key="layer-squeezenet")
    assert layers.options[0].startswith("conv1_pre_relu · very shallow")
    assert layers.options[-1].startswith("conv10_pre_relu · very deep")
    layers.set_value("fire4_expand1x1_pre_relu").run()
    channel = test.number_input(key="channel-fire4_expand1x1_pre_relu")
    assert (channel.min, channel.max) == (0, 127)
    channel.set_value(99).run()
    assert choice(test).objective == Channel(layer="fire4_expand1x1_pre_relu", channel=99)
    assert "feature 99 of layer" in words(test)


def test_layers_finds_a_class_by_name():
    test = run("layers")
    test.segmented_control(key="kind-squeezenet").set_value("A thing by name").run()
    test.selectbox(key="class-squeezenet").set_value(954).run()
    assert choice(test).objective == Class(index=954, name="banana")
    assert "banana" in words(test)


def test_layers_takes_a_neuron():
    test = run("layers")
    test.segmented_control(key="kind-squeezenet").set_value("One feature").run()
    test.toggle(key="one-place").set_value(True).run()
    test.slider(key="x").set_value(0.25).run()
    assert choice(test).objective == Neuron(layer="fire7", channel=0, x=0.25, y=0.5)


def test_layers_takes_a_guide():
    test = run("layers")
    test.segmented_control(key="kind-squeezenet").set_value("Like another picture").run()
    test.selectbox(key="guide").set_value("rocket").run()
    assert choice(test).objective == Guide(layer="fire7", picture=Sample(name="rocket"))
    assert "finds in A rocket" in words(test)


def test_layers_takes_a_mix():
    terms = (Term(objective=Channel(layer="fire4", channel=3)), Term(objective=Layer(layer="fire7"), weight=-0.5))
    test = run("layers", choice=Choice(objective=Sum(terms=terms)))
    assert choice(test).objective == Sum(terms=terms)
    assert "feature 3 of layer `fire4` minus 0.5 × everything in layer `fire7`" in words(test)


@pytest.mark.parametrize("method", ["fourier", "laplacian", "octaves", "naive"])
def test_every_method_is_offered_out_of_noise(jobs, method):
    test = run("render", choice=Choice(start=Noise(width=64, height=64)))
    test.segmented_control(key="method-noise").set_value(method).run()
    click(test, "Start dreaming")
    (job,) = jobs._jobs.values()
    assert job.recipe.method.kind == method


def test_render_starts_what_was_chosen(jobs):
    test = run("render")
    test.slider(key="dream-step").set_value(2.5).run()
    test.slider(key="dream-iterations").set_value(4).run()
    click(test, "Start dreaming")
    (job,) = jobs._jobs.values()
    assert job.recipe.method == Dream(step=2.5, iterations=4)


def test_settings_of_a_method_survive_another_method():
    test = run("render")
    test.slider(key="dream-step").set_value(4.0).run()
    test.segmented_control(key="method-sample").set_value("naive").run()
    assert choice(test).recipe().method == Naive()
    test.segmented_control(key="method-sample").set_value("dream").run()
    assert choice(test).recipe().method.step == 4.0


def test_a_full_queue_is_told(jobs):
    test = run("render", visitor="a" * 32)
    for _ in range(4):
        jobs.submit(RECIPE, {}, "a" * 32)
    test.run()
    click(test, "Add to the queue")
    assert "3 are waiting" in test.error[0].value


def test_an_empty_gallery_says_what_to_do():
    assert "Nothing here yet" in words(run("gallery"))


def test_the_gallery_turns_pages(gallery):
    keep(gallery, count=14)
    test = run("gallery")
    assert [button.label for button in test.button].count("Open") == 12
    click(test, "Older")
    assert [button.label for button in test.button].count("Open") == 2


def open_dream(dream):
    return run("gallery", query={"dream": dream.id})


def test_one_dream_opens_and_is_dreamed_again(gallery, jobs):
    test = open_dream(keep(gallery))
    assert "A cup of espresso, changed so that everything in layer" in words(test)
    click(test, "Dream it again")
    (job,) = jobs._jobs.values()
    assert job.recipe == RECIPE


def test_delete_asks_first(gallery):
    dream = keep(gallery)
    test = open_dream(dream)
    click(test, "Delete")
    assert {"Delete it", "Keep it"} <= {button.label for button in test.button}
    assert gallery.find(dream.id) is not None


def test_a_dream_that_is_gone_is_told(gallery):
    dream = keep(gallery)
    gallery.delete(dream.id)
    assert "no such dream" in words(open_dream(dream))
