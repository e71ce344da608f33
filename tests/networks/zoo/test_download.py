"""Fetching inception5h from a server on this machine: whole, broken, slow, silent, absent."""

import hashlib
import io
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from serving import serving, zipped_standin

from dream.errors import UserError
from dream.networks.zoo.catalog import ZOO, download, fetch, inception5h, load_network
from dream.networks.zoo.download import GRAPH_FILE, LABELS_FILE


@pytest.fixture(scope="module")
def archive(standin_path):
    return zipped_standin(standin_path)


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def files(folder):
    return sorted(path.name for path in folder.rglob("*") if path.name != ".lock")


def test_fetch_and_load(dream_env, archive):
    told = []
    with serving(archive) as (url, requests):
        dream_env(inception5h_url=url, inception5h_sha256=sha256(archive))
        assert not ZOO["inception5h"].ready()
        fetch("inception5h", lambda done, total: told.append((done, total)))
        fetch("inception5h")
    assert requests == ["/inception5h.zip"]
    assert files(download.folder()) == sorted([GRAPH_FILE, LABELS_FILE])
    assert told[-1] == (len(archive), len(archive))
    assert told == sorted(told)
    assert len(told) > 100
    assert ZOO["inception5h"].ready()
    assert load_network("inception5h").class_index("banana")


def test_a_slow_server_is_waited_for(dream_env):
    content = small_archive()
    with serving(content, pieces=5, pause=0.2) as (url, _):
        dream_env(inception5h_url=url, inception5h_sha256=sha256(content), download_seconds=2)
        fetch("inception5h")
    assert ZOO["inception5h"].ready()


@pytest.mark.parametrize(
    "behaviour, told",
    [
        ({"cut": 100}, "check the connection"),
        ({"cut": 100, "hang": True}, "check the connection"),
        ({"cut": 0, "hang": True}, "check the connection"),
        ({"status": 404}, "HTTP 404"),
        ({"status": 503}, "HTTP 503"),
    ],
    ids=["truncated", "stalled", "silent", "absent", "out of order"],
)
def test_what_did_not_come_leaves_nothing_and_starts_again(dream_env, behaviour, told):
    content = small_archive()
    with serving(content, **behaviour) as (url, requests):
        dream_env(inception5h_url=url, inception5h_sha256=sha256(content), download_seconds=0.5)
        with pytest.raises(UserError, match=told) as error:
            fetch("inception5h")  # that a silent server is not waited for: it would be silent for ever
        assert len(requests) == 2
    for part in (url, "inception5h.zip into", "SqueezeNet works meanwhile"):
        assert part in str(error.value)
    assert files(download.folder()) == []
    assert not ZOO["inception5h"].ready()
    with serving(content) as (url, _):
        dream_env(inception5h_url=url)
        fetch("inception5h")
    assert ZOO["inception5h"].ready()


def test_no_server_at_all(dream_env):
    dream_env(inception5h_url="http://127.0.0.1:9/inception5h.zip")
    with pytest.raises(UserError, match=r"check the connection.*SqueezeNet works meanwhile"):
        fetch("inception5h")
    assert files(download.folder()) == []


def test_a_changed_archive_is_refused_and_removed(dream_env):
    content = small_archive()
    changed = content[:60] + bytes([content[60] ^ 1]) + content[61:]
    with serving(changed) as (url, _):
        dream_env(inception5h_url=url, inception5h_sha256=sha256(content))
        with pytest.raises(UserError, match="not the published inception5h"):
            fetch("inception5h")
    assert files(download.folder()) == []


def test_a_mirror_must_match_the_published_hash(dream_env):
    with serving(small_archive()) as (url, _):
        dream_env(inception5h_url=url)
        with pytest.raises(UserError, match="not the published inception5h"):
            fetch("inception5h")


@pytest.mark.parametrize("names", [[GRAPH_FILE], ["../" + GRAPH_FILE, LABELS_FILE], []])
def test_an_archive_without_the_files_is_refused(dream_env, tmp_path, names):
    content = small_archive(names)
    with serving(content) as (url, _):
        dream_env(inception5h_url=url, inception5h_sha256=sha256(content))
        with pytest.raises(UserError, match="holds no inception5h"):
            fetch("inception5h")
    assert files(tmp_path) == ["cache", download.folder().name]


def test_an_endless_answer_is_cut_off(dream_env, monkeypatch):
    monkeypatch.setattr(download, "LARGEST_ARCHIVE", 1000)
    monkeypatch.setattr(download, "CHUNK", 100)
    with serving(bytes(5000)) as (url, _):
        dream_env(inception5h_url=url)
        with pytest.raises(UserError, match="far more"):
            fetch("inception5h")
    assert files(download.folder()) == []


def test_a_member_that_is_far_too_large_is_refused(dream_env, monkeypatch):
    monkeypatch.setattr(download, "LARGEST_FILE", 3)
    content = small_archive()
    with serving(content) as (url, _):
        dream_env(inception5h_url=url, inception5h_sha256=sha256(content))
        with pytest.raises(UserError, match="far larger"):
            fetch("inception5h")
    assert files(download.folder()) == []


def test_a_watcher_that_gives_up_leaves_nothing(dream_env):
    content = small_archive()

    def stop(done, total):
        raise KeyboardInterrupt

    with serving(content) as (url, _):
        dream_env(inception5h_url=url, inception5h_sha256=sha256(content))
        with pytest.raises(KeyboardInterrupt):
            fetch("inception5h", stop)
        assert files(download.folder()) == []
        fetch("inception5h")
    assert ZOO["inception5h"].ready()


def test_two_threads_and_two_processes_make_one_download(dream_env):
    content = small_archive()
    with serving(content, pieces=4, pause=0.5) as (url, requests):
        dream_env(inception5h_url=url, inception5h_sha256=sha256(content))
        program = "from dream.networks.zoo.download import fetch; fetch()"
        processes = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(2)]
        with ThreadPoolExecutor() as threads:
            list(threads.map(lambda _: fetch("inception5h"), range(2)))
        assert [process.wait(60) for process in processes] == [0, 0]
    assert requests == ["/inception5h.zip"]


def test_a_killed_download_starts_again(dream_env):
    content = small_archive()
    with serving(content, cut=100, hang=True) as (url, _):
        dream_env(inception5h_url=url, inception5h_sha256=sha256(content))
        process = subprocess.Popen([sys.executable, "-c", "from dream.networks.zoo.download import fetch; fetch()"])
        waited = time.monotonic()
        while not list(download.folder().glob(".part-*/*")) and time.monotonic() - waited < 30:
            time.sleep(0.05)
        process.kill()
        process.wait()
    assert files(download.folder())
    with serving(content) as (url, _):
        dream_env(inception5h_url=url)
        fetch("inception5h")
    assert files(download.folder()) == sorted([GRAPH_FILE, LABELS_FILE])


def test_an_archive_laid_down_by_hand(dream_env, archive):
    dream_env(inception5h_sha256=sha256(archive))
    download.folder().mkdir(parents=True)
    (download.folder() / download.ARCHIVE_FILE).write_bytes(archive)
    assert ZOO["inception5h"].ready()
    assert len(load_network("inception5h").class_names) == 1008
    assert files(download.folder()) == sorted([GRAPH_FILE, LABELS_FILE])


def test_a_wrong_archive_laid_down_by_hand_is_removed(dream_env, archive):
    download_folder = download.folder()
    download_folder.mkdir(parents=True)
    (download_folder / download.ARCHIVE_FILE).write_bytes(archive)
    with pytest.raises(UserError, match="was removed"):
        load_network("inception5h")
    assert files(download_folder) == []


def test_a_cached_graph_that_is_not_the_published_one_is_removed(dream_env):
    download.folder().mkdir(parents=True)
    (download.folder() / GRAPH_FILE).write_bytes(b"changed")
    with pytest.raises(UserError, match="was removed: fetch inception5h again"):
        inception5h.load()
    assert files(download.folder()) == []


def test_nothing_to_fetch():
    with pytest.raises(UserError, match="nothing to fetch for squeezenet"):
        fetch("squeezenet")


def small_archive(names=(GRAPH_FILE, LABELS_FILE)):
    """An archive with the right names and a few bytes: enough to be fetched, not to be loaded."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as zipped:
        for name in names:
            zipped.writestr(zipfile.ZipInfo(name), f"content of {name}")
        zipped.writestr(zipfile.ZipInfo("padding"), bytes(500))
    return content.getvalue()
