"""The Deep Dream explorer: ``streamlit run app.py``."""


def main() -> None:
    """Navigation and page set-up, nothing else."""
    import streamlit as st

    from dream.errors import UserError
    from dream.ui import resources, session

    st.set_page_config(page_title="Deep Dream explorer", page_icon="🌀", layout="wide")
    st.html("<style>[data-testid='stMainBlockContainer'] { padding-top: 4.5rem; max-width: 1280px; }</style>")
    session.remember_visitor()
    page = st.navigation(
        [
            st.Page("pages/home.py", title="Home", icon=":material/home:", default=True),
            st.Page("pages/picture.py", title="Picture", icon=":material/image:"),
            st.Page("pages/layers.py", title="Layers", icon=":material/layers:"),
            st.Page("pages/render.py", title="Render", icon=":material/auto_awesome:"),
            st.Page("pages/gallery.py", title="Gallery", icon=":material/photo_library:"),
        ],
        position="top",
    )
    try:
        resources.jobs()  # the workers start in the background while the first page is read
    except UserError as error:
        st.error(str(error), icon=":material/error:")
        st.stop()
    page.run()


if __name__ == "__main__":  # worker processes import this file again, under another name
    main()
