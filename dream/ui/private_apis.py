"""Everything that is used of Streamlit though it is not public.

None of this is promised by Streamlit, so a new release may take it away: ``tests/test_private_apis.py`` then fails and
says what. Each function says why no public name does the same. Other libraries' are in :mod:`dream.private_apis`.
"""

import sys

from streamlit.runtime.pages_manager import PagesManager


def stop_running_pages_directly() -> bool:
    """Tells Streamlit to run app.py for every address; returns False where it does so already.

    Streamlit does so by itself once a script has called ``st.navigation``. Until then it runs a file in a folder named
    pages by itself, without app.py, and no public option turns that off.
    """
    if not PagesManager.uses_pages_directory:
        return False
    PagesManager.uses_pages_directory = False
    return True


def keep_keras_session() -> None:
    """Makes Streamlit's ``keras.backend.clear_session()`` after every script run do nothing in this process.

    Where Keras is loaded (TensorFlow loads it) Streamlit calls it unconditionally, without an option. It collects
    garbage, which takes some tenths of a second with TensorFlow's half a million objects, and has nothing to clear here:
    the server holds no Keras model.
    """
    keras = sys.modules.get("keras")
    if keras is not None:
        keras.backend.clear_session = lambda *_, **__: None
