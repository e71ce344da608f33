"""Addresses of the server's own pages."""

import streamlit as st


def base_path() -> str:
    """The path that the app is served under, ``server.baseUrlPath``: ``/dream``, or ``/`` without one."""
    return f"/{st.get_option('server.baseUrlPath').strip('/')}"


def path_of(route: str) -> str:
    """The path of a route such as ``auth/login``."""
    return f"{base_path().rstrip('/')}/{route}"
