"""The first page is drawn before TensorFlow, which takes seconds, is imported."""

import subprocess
import sys
from pathlib import Path

DRAW_HOME = """
import sys
from streamlit.testing.v1 import AppTest
from dream.jobs.workers.connection import Workers

Workers.monitor = lambda self, on_lost, on_check: None  # nobody starts workers
test = AppTest.from_file("app.py", default_timeout=60).run()
assert test.title[0].value, test
print("tensorflow" in sys.modules)
"""


def test_home_is_drawn_without_tensorflow():
    root = Path(__file__).parent.parent.parent
    drawn = subprocess.run([sys.executable, "-c", DRAW_HOME], cwd=root, capture_output=True, text=True, timeout=120)
    assert drawn.stdout.strip().endswith("False"), drawn.stderr
