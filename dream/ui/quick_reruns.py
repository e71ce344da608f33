"""Keeps script runs quick in a server that holds TensorFlow.

TensorFlow brings half a million objects. Every garbage collection that looks at them takes some tenths of a second, in
which no visitor's page moves. The option ``runner.postScriptGC`` in ``.streamlit/config.toml`` turns off the collection
after every script run; Python's own, when enough new objects have come together, remain.
"""

import gc

from dream.networks.tensorflow import tensorflow
from dream.ui.private_apis import keep_keras_session


def load_tensorflow() -> None:
    """Imports TensorFlow into the server, so that later script runs do not pay for it."""
    tensorflow()
    keep_keras_session()
    gc.collect()
    gc.freeze()  # what is there now stays until the end: no collection looks at it again
