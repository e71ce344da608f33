"""People log in at a provider on this machine, at a server under a path as the README's proxy leads to."""

import http.client
import socket
import subprocess
import sys
import time
import urllib.request
from urllib.parse import parse_qs, urlsplit

import pytest
from conftest import Server
from playwright.sync_api import expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

SECRETS = """
[auth]
redirect_uri = "http://localhost:{port}/dream/oauth2callback"
cookie_secret = "a secret for tests, as long as it should be"
client_id = "dream"
client_secret = "another"
server_metadata_url = "http://localhost:{provider}/.well-known/openid-configuration"
"""
ANNA = '{"sub": "anna", "email": "anna@example.org", "email_verified": true}'
IMPOSTOR = '{"sub": "anna@example.org", "email": "anna@example.org", "email_verified": false}'


@pytest.fixture(scope="module")
def provider():
    """The port of an OpenID provider that knows two people."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    command += ["--user-claims", ANNA, "--user-claims", IMPOSTOR]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://localhost:{port}/.well-known/openid-configuration", timeout=2)
            break
        except OSError:
            time.sleep(0.1)
    yield port
    process.terminate()
    process.wait()


@pytest.fixture(scope="module")
def server(tmp_path_factory, provider):
    home = tmp_path_factory.mktemp("login-home")
    secrets = home / "secrets.toml"
    server = Server(home, "--secrets.files", str(secrets), base="/dream", DREAM_ADMINS='["anna@example.org"]')
    secrets.write_text(SECRETS.format(port=server.port, provider=provider))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def visitor(browser, server):
    """Makes pages of browsers that know nothing of each other."""
    contexts = []

    def new_page():
        contexts.append(browser.new_context(base_url=server.url))
        return contexts[-1].new_page()

    yield new_page
    for context in contexts:
        context.close()


def log_in(page, sub, address="/dream/"):
    page.goto(address)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("button", name=sub, exact=True).click()


def upload(server):
    """The status of an upload by a visitor who has a connection, and has not logged in."""
    place = f"localhost:{server.port}/dream/_stcore"
    with urllib.request.urlopen(f"http://{place}/health") as answer:
        cookie = answer.headers["set-cookie"].split(";")[0]
    with connect(f"ws://{place}/stream", subprotocols=["streamlit"], additional_headers={"Cookie": cookie}) as talk:
        message = BackMsg()
        message.rerun_script.query_string = ""
        talk.send(message.SerializeToString())
        ran, session = False, ""
        while not (session and ran):
            told = ForwardMsg.FromString(talk.recv(timeout=60))
            session = told.new_session.initialize.session_id or session
            ran = told.WhichOneof("type") == "script_finished"
        connection = http.client.HTTPConnection("localhost", server.port)
        body = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f.jpg"\r\n\r\n0000\r\n--x--\r\n'
        headers = {
            "Cookie": cookie,
            "X-Xsrftoken": cookie.split("=", 1)[1],
            "Content-Type": "multipart/form-data; boundary=x",
        }
        connection.request("PUT", f"/dream/_stcore/upload_file/{session}/1", body, headers)
        return connection.getresponse().status


def test_before_a_login_nothing_is_uploaded(server):
    assert upload(server) == 403


def test_a_login_leads_to_the_address_that_was_asked_for_and_ends_everywhere(visitor, server):
    page = visitor()
    log_in(page, "anna", "/dream/layers?class=340")
    expect(page.get_by_role("heading", name="What shall grow in it?")).to_be_visible()
    expect(page.get_by_text("class 340 of 1000")).to_be_visible()
    address = urlsplit(page.url)
    assert (address.path, parse_qs(address.query)["class"]) == ("/dream/layers", ["340"])
    expect(page.get_by_text("anna@")).to_be_visible()

    page.goto("/dream/picture")
    page.get_by_role("radio", name="Upload").click()
    with page.expect_response(lambda answer: "upload_file" in answer.url) as uploaded:
        page.locator('input[type="file"]').set_input_files(
            {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
        )
    assert uploaded.value.status == 204

    another = page.context.new_page()
    another.goto("/dream/server")
    expect(another.get_by_role("heading", name="Queue")).to_be_visible()
    thief = visitor()
    thief.context.add_cookies(page.context.cookies())
    thief.goto("/dream/gallery")
    expect(thief.get_by_role("heading", name="Gallery")).to_be_visible()

    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(lambda url: "/dream/gallery" not in url)
    thief.reload()
    expect(thief.get_by_role("button", name="Log in")).to_be_visible()
    another.get_by_role("link", name="Compare").first.click()
    expect(another.get_by_role("button", name="Log in")).to_be_visible()


def test_who_only_claims_an_address_is_not_its_admin(visitor):
    page = visitor()
    log_in(page, "anna@example.org", "/dream/server")
    expect(page.get_by_text("Only admins see this page")).to_be_visible()
    expect(page.get_by_text("sub:")).to_be_visible()
