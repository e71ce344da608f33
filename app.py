"""The Deep Dream explorer: ``streamlit run app.py``.

Streamlit imports this file as ``app``, once, for the server and its lifespan, and as ``__main__`` for every run of the
script. Worker processes import it under a third name, without effect.
"""


def main() -> None:
    """Sets up and runs the current page."""
    import streamlit as st

    from dream.errors import UserError
    from dream.ui import navigation, resources, session
    from dream.ui.components.messages import show_error
    from dream.ui.doors import uploads

    st.set_page_config(page_title="Deep Dream explorer", page_icon="🌀", layout="wide")
    st.html("<style>[data-testid='stMainBlockContainer'] { padding-top: 4.5rem; max-width: 1280px; }</style>")
    if session.login_configured() and session.person() is None:
        session.ask_to_log_in()
    uploads.admit()
    page = st.navigation(navigation.pages(), position="top")
    try:
        resources.jobs()
    except UserError as error:
        show_error(error)
        st.stop()
    session.offer_to_log_out()
    page.run()


if __name__ == "__main__":
    main()
elif __name__ == "app":
    from streamlit import App

    from dream.ui.doors.middleware import middleware
    from dream.ui.lifespan import lifespan

    app = App(__file__, lifespan=lifespan, middleware=middleware())
