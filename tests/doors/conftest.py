"""The server's middleware around an app that answers everything."""

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient

from dream.ui.doors.middleware import middleware


async def answer(request):
    return PlainTextResponse("here")


async def talk(websocket):
    await websocket.accept()
    await websocket.close()


@pytest.fixture
def base_path():
    """Sets ``server.baseUrlPath``."""
    yield lambda path: st.config.set_option("server.baseUrlPath", path)
    st.config.set_option("server.baseUrlPath", "")


@pytest.fixture
def visit():
    """A browser at an address, whose requests reach an app behind the middleware."""

    def browser(address="http://localhost:8501", **headers):
        routes = [WebSocketRoute("/_stcore/stream", talk), Route("/{path:path}", answer, methods=["GET", "PUT"])]
        app = Starlette(routes=routes, middleware=middleware())
        return TestClient(app, base_url=address, headers=headers, follow_redirects=False)

    return browser
