"""Quick script runs in a server that has imported TensorFlow.

TensorFlow creates half a million objects. Every garbage collection that traverses them blocks all visitors' pages for
some tenths of a second. The option ``runner.postScriptGC`` in ``.streamlit/config.toml`` turns off the collection
after every script run; Python's own collections remain.
"""

import gc

from dream.networks.tensorflow import tensorflow
from dream.ui.private_apis import keep_keras_session


def load_tensorflow() -> None:
    """Imports TensorFlow into this process and excludes its objects from garbage collection."""
    tensorflow()
    keep_keras_session()
    gc.collect()
    gc.freeze()  # the objects that exist now are ignored by later collections
