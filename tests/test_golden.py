"""What earlier releases wrote must load for ever, and their recipes give the pictures that they gave (golden/README.md)."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dream import load_network, make
from dream.gallery.gallery import Gallery
from dream.jobs.files import JobFiles
from dream.networks.user import library
from dream.pictures.display import to_uint8
from dream.pictures.png import recipe_in
from dream.pictures.start import pixels_sha256
from dream.recipe import parse_plan
from dream.settings import settings

GOLDEN = Path(__file__).parent / "golden"
DREAMS = {  # release: {recipe's name: dream's id}
    "first": {
        "dream-channel-photo": "20261125-000739-768569-20eb55",
        "dream-class-noise": "20261125-000740-902768-2dacb1",
        "dream-layer-sample": "20261125-000739-642375-fe4828",
        "iterations-500": "20261125-000741-056946-72520e",
        "naive-channel-noise": "20261125-000737-759930-fbefa0",
        "naive-class-noise": "20261125-000739-237164-fd72fb",
        "naive-class-photo": "20261125-000739-408483-f63ff7",
        "naive-layer-sample": "20261125-000738-410382-dadc6a",
        "silent-channel": "20261125-000740-626786-0a0d2e",
        "stopped-dream": "20261125-000740-982476-2c77a7",
        "wider-than-a-tile": "20261125-000741-193155-9ca26e",
    },
    "before-ghost": {
        "dream-layer-sample": "20261125-000817-293957-bd5187",
        "dream-neuron-sample": "20261125-000818-005131-c157a4",
        "fourier-channel-noise": "20261125-000818-805544-7f5615",
        "fourier-class-256": "20261125-000832-695701-cd1369",
        "fourier-class-apart-0": "20261125-000821-113419-398b1d",
        "fourier-class-noise": "20261125-000820-789084-ccd5c1",
        "fourier-default-256": "20261125-000827-029452-bd05a1",
        "fourier-iterations-500": "20261125-000822-099739-6f42f5",
        "fourier-layer-photo": "20261125-000821-361752-2c7766",
        "iterations-500": "20261125-000821-914394-3060d2",
        "laplacian-channel-noise": "20261125-000815-822929-0b3ba9",
        "laplacian-sum-sample": "20261125-000817-068496-b6ba12",
        "naive-channel-noise": "20261125-000804-361492-ab4492",
        "naive-class-apart-photo": "20261125-000809-916765-047120",
        "naive-class-noise": "20261125-000807-567148-969023",
        "naive-guide-sample": "20261125-000812-032569-eba979",
        "naive-neuron-noise": "20261125-000810-569689-a35f79",
        "octaves-guide-photo": "20261125-000813-736480-6b82bc",
        "octaves-layer-noise": "20261125-000812-850579-b83baf",
        "own-network": "20261125-000847-781236-14f0c1",
        "stopped-dream": "20261125-000821-825795-443f20",
        "zoom-channel-noise": "20261125-000821-713579-33e789",
        "zoom-layer-sample": "20261125-000821-638973-a45703",
    },
    "version-1": {
        "compared-channels": "20261125-000827-961158-ed710d",
        "compared-methods": "20261125-000827-017635-02d05d",
        "compared-steps-and-layers": "20261125-000830-076415-abd57a",
        "compared-stopped": "20261125-000830-123278-ddb7e3",
        "dream-layer-sample": "20261125-000816-392485-0391fa",
        "dream-neuron-sample": "20261125-000816-573915-9f3f98",
        "fourier-channel-noise": "20261125-000817-182405-20c571",
        "fourier-class-apart-0": "20261125-000820-819449-d4ea23",
        "fourier-class-ghost": "20261125-000826-497830-682b70",
        "fourier-class-noise": "20261125-000818-712227-34af83",
        "fourier-layer-photo": "20261125-000821-505799-2d04aa",
        "fourier-no-ghost": "20261125-000824-617993-0ff41d",
        "iterations-500": "20261125-000822-597677-dc2e3d",
        "laplacian-channel-noise": "20261125-000813-854306-d934ac",
        "laplacian-sum-sample": "20261125-000816-194514-91cdc5",
        "naive-channel-noise": "20261125-000822-732592-e13031",
        "naive-class-apart-photo": "20261125-000808-105604-e408b3",
        "naive-class-noise": "20261125-000824-364836-6e9552",
        "naive-guide-sample": "20261125-000810-666443-72aa65",
        "naive-neuron-noise": "20261125-000808-777596-c10330",
        "octaves-guide-photo": "20261125-000812-288518-d29f09",
        "octaves-layer-noise": "20261125-000811-435567-3f47c4",
        "own-network": "20261125-000849-884174-ab93c4",
        "stopped-dream": "20261125-000822-550090-32a832",
        "zoom-channel-noise": "20261125-000822-422379-23f0b7",
        "zoom-layer-sample": "20261125-000821-825395-6d5bb0",
    },
    "version-2": {
        "compared-methods": "20261125-030251-843702-d9ec9c",
        "dream-both-sample": "20261125-030250-018277-5649f8",
        "fourier-channel-lite0": "20261125-030248-058707-d02d9a",
        "fourier-class-both": "20261125-030244-314108-eb3eb5",
        "fourier-class-lite0": "20261125-030245-893121-dac715",
        "fourier-class-lite0-apart-0": "20261125-030247-397412-e154a5",
        "fourier-class-noise": "20261125-030248-636881-506f17",
        "fourier-layer-photo": "20261125-030248-961401-37d67b",
        "spectral-default-sample": "20261125-030240-371678-47535e",
        "spectral-even-sum": "20261125-030241-759733-a0a5d4",
        "spectral-kept-photo": "20261125-030240-768782-650b6a",
        "stopped-dream": "20261125-030252-756864-0c34b5",
    },
}

ALL = [(release, name) for release, names in DREAMS.items() for name in names]
PHOTO = "de0b7d0588d73b9c58437ef76f8be6ec46910ac5a6e93509acd9c42fcaa5cbf4"
GUIDE = "d0c7e576c313e3a9085c81582df3d49f8f3de543f575049cbbb7144a2dc35691"
WIDE = "8f02cdc35122f31ea4892405b8384055443a2446e3028e761a5de2988c862bfd"
PHOTOS = {"first": {PHOTO, WIDE}, "before-ghost": {PHOTO, GUIDE}, "version-1": {PHOTO, GUIDE}, "version-2": {PHOTO}}
FILMS = {  # frames
    ("before-ghost", "dream-layer-sample"): 8,
    ("before-ghost", "zoom-layer-sample"): 4,
    ("version-1", "dream-layer-sample"): 9,
    ("version-1", "zoom-layer-sample"): 4,
    ("version-1", "compared-channels"): 6,
}
STOPPED = {  # steps
    ("first", "stopped-dream"): 5,
    ("first", "iterations-500"): 4,
    ("before-ghost", "stopped-dream"): 5,
    ("before-ghost", "iterations-500"): 4,
    ("before-ghost", "fourier-iterations-500"): 8,
    ("version-1", "stopped-dream"): 5,
    ("version-1", "iterations-500"): 4,
    ("version-1", "compared-stopped"): 4,
    ("version-2", "stopped-dream"): 4,
}
OWNERS = {("first", "naive-class-noise"): "a3f9", ("version-1", "naive-class-noise"): "anna@example.org"}
OWN_NETWORK = "tiny-net-16ca1d37"
# What no field of a recipe brings back: see golden/README.md.
OTHERWISE = {("first", "silent-channel"), ("before-ghost", "dream-neuron-sample")}
CLOSE, CLOSE_FOURIER = 1.0, 3.0  # mean difference, out of 255, that other processors' rounding may make


@pytest.fixture
def home(request, tmp_path):
    """A copy of what a release wrote."""
    return Path(shutil.copytree(GOLDEN / request.param, tmp_path / "home"))


@pytest.fixture
def own_network():
    """The network that somebody brought, where this process looks for it."""
    folder = settings().home / "networks" / OWN_NETWORK
    shutil.copytree(GOLDEN / "version-1/networks" / OWN_NETWORK, folder, dirs_exist_ok=True)
    yield load_network(OWN_NETWORK)
    shutil.rmtree(folder)


def recipe_of(release, name):
    return parse_plan((GOLDEN / release / "recipes" / f"{name}.json").read_bytes())


def test_the_table_names_every_file():
    for release, names in DREAMS.items():
        assert {path.stem for path in (GOLDEN / release / "recipes").glob("*")} == set(names)
        assert {path.stem for path in (GOLDEN / release / "dreams").glob("*.json")} == set(names.values())
        assert {path.stem for path in (GOLDEN / release / "dreams").glob("*.png")} == set(names.values())


@pytest.mark.parametrize("home", DREAMS, indirect=True)
def test_galleries_of_earlier_releases_open(home, request):
    release = request.node.callspec.params["home"]
    gallery = Gallery(home)
    ids = sorted(DREAMS[release].values(), reverse=True)
    assert gallery.count() == len(ids)
    assert [dream.id for dream in gallery.page(0, 100)] == ids
    assert gallery.rebuild() == len(ids)
    for name, dream_id in DREAMS[release].items():
        dream = gallery.find(dream_id)
        assert dream.recipe == recipe_of(release, name)
        assert recipe_in(gallery.png_path(dream_id).read_bytes()) == dream.recipe
        assert len(dream.scores) == dream.recipe.steps
        assert dream.recipe.stopped_after == STOPPED.get((release, name))
        with Image.open(gallery.png_path(dream_id)) as image:
            assert image.size == (dream.width, dream.height)
        assert gallery.thumbnail(dream_id)
        assert set(gallery.photos(dream.recipe)) == dream.recipe.photos
        assert len(gallery.film(dream_id)) == FILMS.get((release, name), 0)
        assert dream.owner == OWNERS.get((release, name), "4f1c9a77d2e04b6c")
        assert dream.created.utcoffset().total_seconds() == 0
    for sha256 in PHOTOS[release]:
        assert pixels_sha256(gallery.photo(sha256)) == sha256


@pytest.mark.parametrize("home", DREAMS, indirect=True)
def test_their_dreams_can_be_changed_and_deleted(home, request):
    release = request.node.callspec.params["home"]
    gallery = Gallery(home)
    dream_id = DREAMS[release]["stopped-dream"]
    before = gallery.find(dream_id)
    gallery.change(dream_id, star=True, note="seen")
    assert gallery.find(dream_id) == before.model_copy(update={"star": True, "note": "seen"})
    gallery.delete(dream_id)
    gallery.restore(dream_id)
    assert gallery.find(dream_id).recipe == before.recipe


def test_what_people_said_of_a_dream():
    dreams = GOLDEN / "version-1/dreams"
    for name, said in {
        "naive-channel-noise": ("Scales – für Anna", True, "Looks like scales.\nTry fire6 next."),
        "naive-class-noise": ("class flamingo out of noise", False, ""),
    }.items():
        kept = json.loads((dreams / f"{DREAMS['version-1'][name]}.json").read_bytes())
        assert (kept["title"], kept["star"], kept["note"]) == said


@pytest.mark.parametrize("home", ["version-1"], indirect=True)
def test_waiting_jobs(home):
    files = JobFiles(home)
    private, mail, compared = files.read()
    assert [job.id for job in (private, mail, compared)] == [f"00000000000000a{number}" for number in (1, 2, 3)]
    assert (private.private, private.deaths, private.recipe.method.kind) == (True, 0, "naive")
    assert (mail.private, mail.deaths, mail.owner) == (False, 1, "anna@example.org")
    assert mail.recipe.start.sha256 == PHOTO and mail.recipe.objective.picture.sha256 == GUIDE and mail.recipe.seed == 2
    photos = files.photos(mail)
    assert {sha256: pixels_sha256(pixels) for sha256, pixels in photos.items()} == {PHOTO: PHOTO, GUIDE: GUIDE}
    assert [len(row) for row in compared.recipe.cells] == [2, 2] and compared.recipe.base.method.kind == "fourier"
    assert [job.request.reserved_id for job in (private, mail, compared)] == [
        json.loads((GOLDEN / "version-1/jobs" / f"{job.id}.json").read_bytes())["keep_as"]
        for job in (private, mail, compared)
    ]
    assert all(job.state == "waiting" for job in (private, mail, compared))


def test_a_network_that_somebody_brought(own_network):
    assert own_network.class_names == ("wood", "stone", "water", "sky")
    assert [(layer.name, layer.channels) for layer in own_network.layers] == [("bias_a", 8), ("bias_b", 4)]
    details = library.accepted()[OWN_NETWORK]
    assert (details.source, details.layers, details.classes) == ("Tiny Net.pb", 2, 4)
    assert details.mean == details.scale == (127.5,) * 3
    same = (GOLDEN / release / "networks" / OWN_NETWORK / "network.json" for release in ("before-ghost", "version-1"))
    assert len({path.read_bytes() for path in same}) == 1


def test_every_method_and_objective_of_these_releases_is_here():
    for release in ("before-ghost", "version-1"):
        recipes = [recipe_of(release, name) for name in DREAMS[release]]
        assert {recipe.base.method.kind for recipe in recipes} == {
            "dream",
            "fourier",
            "laplacian",
            "naive",
            "octaves",
            "zoom",
        }
        assert {recipe.base.objective.kind for recipe in recipes} == {
            "channel",
            "layer",
            "class",
            "neuron",
            "guide",
            "sum",
        }
        assert {recipe.base.start.kind for recipe in recipes} == {"noise", "sample", "photo"}


def test_old_recipes_mean_what_they_meant():
    assert all(recipe_of("first", name).tile == 2048 for name in DREAMS["first"])
    old = [recipe_of("before-ghost", name) for name in DREAMS["before-ghost"]]
    assert all(recipe.method.ghost == 0 for recipe in old if recipe.method.kind == "fourier")
    assert (
        recipe_of("before-ghost", "fourier-default-256").method.step,
        recipe_of("before-ghost", "fourier-default-256").method.decay,
    ) == (0.03, 1.5)


@pytest.mark.parametrize(("release", "name"), [one for one in ALL if one not in OTHERWISE])
def test_recipes_give_the_pictures_that_they_gave(release, name, squeezenet, efficientnet_lite0, request):
    recipe = recipe_of(release, name)
    own = request.getfixturevalue("own_network") if recipe.base.network == OWN_NETWORK else None
    networks = {"squeezenet": squeezenet, "efficientnet-lite0": efficientnet_lite0, OWN_NETWORK: own}
    folder = GOLDEN / release
    photos = {sha: np.asarray(Image.open(folder / "photos" / f"{sha}.png").convert("RGB")) for sha in recipe.photos}
    dream = make(networks.__getitem__, recipe, photos)
    kept = np.asarray(Image.open(folder / "dreams" / f"{DREAMS[release][name]}.png"))
    difference = np.abs(to_uint8(dream.picture, recipe.stretched).astype(float) - kept)
    assert difference.mean() < (CLOSE_FOURIER if recipe.base.method.kind in ("fourier", "spectral") else CLOSE)
    written = json.loads((folder / "dreams" / f"{DREAMS[release][name]}.json").read_bytes())["scores"]
    assert len(dream.scores) == len(written)
    assert np.isclose(dream.scores[0], written[0], rtol=1e-3, atol=1e-3)
