"""Names by which the server may be asked for."""

import socket

import pytest
import streamlit as st
from starlette.testclient import WebSocketDenialResponse

from dream.settings import settings

OURS = ["localhost", "127.0.0.1", "[::1]", "192.168.7.20", "[fd00::7]", socket.gethostname(), socket.getfqdn()]
OTHERS = ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example@localhost", "nobody", ""]


def asked(browser, host):
    return browser.get("/", headers={"host": host}).status_code


@pytest.mark.parametrize("host", OURS)
@pytest.mark.parametrize("port", ["", ":8501"])
def test_this_machine_is_asked_by_its_names_and_addresses(visit, host, port):
    assert asked(visit(), host + port) == 200


@pytest.mark.parametrize("host", OTHERS)
def test_it_does_not_answer_to_other_names(visit, host):
    assert asked(visit(), host) == 400


def test_nor_do_its_websockets(visit):
    with visit().websocket_connect("/_stcore/stream", headers={"host": "localhost:8501"}):
        pass
    with (
        pytest.raises(WebSocketDenialResponse),
        visit().websocket_connect("/_stcore/stream", headers={"host": "evil.example"}),
    ):
        pass


def test_other_names_are_a_setting(visit, monkeypatch):
    monkeypatch.setenv("DREAM_HOSTS", '["dream.example.org", "*.lab.example.org"]')
    settings.cache_clear()
    browser = visit()
    assert asked(browser, "Dream.Example.org") == asked(browser, "one.lab.example.org:8501") == 200
    assert asked(browser, "evil.example") == asked(browser, "lab.example.org.evil.example") == 400


@pytest.mark.parametrize("option", ["server.address", "browser.serverAddress"])
def test_names_in_streamlits_settings_are_taken(visit, option):
    before = st.get_option(option)
    st.config.set_option(option, "studio.example.org")
    try:
        assert asked(visit(), "studio.example.org") == 200
    finally:
        st.config.set_option(option, before)
