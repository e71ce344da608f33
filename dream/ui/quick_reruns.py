"""Keeps script runs quick in a server that holds TensorFlow.

After every script run Streamlit collects garbage and, where Keras is loaded (TensorFlow loads it), clears Keras's
session. With TensorFlow's half a million objects that costs every click some tenths of a second, during which no
other visitor's page moves either. Neither does anything for this app: it holds no Keras model.
"""

import gc
import sys

from dream.networks.tensorflow import tensorflow


def load_tensorflow() -> None:
    """Imports TensorFlow into the server, so that later script runs do not pay for it."""
    tensorflow()
    sys.modules["keras"].backend.clear_session = lambda *_, **__: None
    gc.collect()
    gc.freeze()  # what is there now stays for good: no need to look through it again
