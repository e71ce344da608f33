"""The Deep Dream explorer: ``streamlit run app.py``.

Streamlit imports this file twice: as ``app``, for the server with what happens before anybody comes, and as
``__main__`` for every look at a page. Worker processes import it a third time, under another name, for nothing.
"""


def main() -> None:
    """Navigation and page set-up, nothing else."""
    import streamlit as st

    from dream.errors import UserError
    from dream.ui import resources, session

    st.set_page_config(page_title="Deep Dream explorer", page_icon="🌀", layout="wide")
    st.html("<style>[data-testid='stMainBlockContainer'] { padding-top: 4.5rem; max-width: 1280px; }</style>")
    if session.login_configured() and session.person() is None:
        session.ask_to_log_in()
    session.remember_visitor()
    page = st.navigation(
        [
            st.Page("pages/home.py", title="Home", icon=":material/home:", default=True),
            st.Page("pages/picture.py", title="Picture", icon=":material/image:"),
            st.Page("pages/layers.py", title="Layers", icon=":material/layers:"),
            st.Page("pages/render.py", title="Render", icon=":material/auto_awesome:"),
            st.Page("pages/compare.py", title="Compare", icon=":material/grid_view:"),
            st.Page("pages/gallery.py", title="Gallery", icon=":material/photo_library:"),
            st.Page("pages/learn.py", title="Learn", icon=":material/school:"),
            st.Page(
                "pages/server.py", title="Server", icon=":material/monitor_heart:", visibility=session.server_page()
            ),
        ],
        position="top",
    )
    try:
        resources.jobs()
    except UserError as error:
        st.error(str(error), icon=":material/error:")
        st.stop()
    session.offer_to_log_out()
    page.run()


if __name__ == "__main__":
    main()
elif __name__ == "app":
    from streamlit import App

    from dream.ui.lifespan import before_anybody_comes

    app = App(__file__, lifespan=before_anybody_comes)
