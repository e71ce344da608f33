"""The switch for bfloat16, in processes of their own: TensorFlow is set up once a process."""

import os
import subprocess
import sys

import numpy as np
import pytest

from dream.ascent.objectives import scalar_of
from dream.pictures.start import sample
from dream.recipe import Channel

CHANNEL = Channel(layer="fire5", channel=10)
SCRIPT = """
import sys
import numpy as np
from pathlib import Path
read_text = Path.read_text
def of_another_processor(path, *arguments, **options):
    return f"flags : fpu {sys.argv[1]}" if str(path) == "/proc/cpuinfo" else read_text(path, *arguments, **options)
Path.read_text = of_another_processor
from dream.ascent.objectives import scalar_of
from dream.networks.zoo.catalog import load_network
from dream.recipe import Channel
network = load_network("squeezenet")
gradient = network.gradient(scalar_of(Channel(layer="fire5", channel=10), network))
np.save(sys.argv[3], gradient(np.load(sys.argv[2]))[1])
"""


@pytest.mark.parametrize("flag", ["avx512_bf16", "avx2"])
def test_it_changes_little_and_nothing_where_the_processor_has_none(squeezenet, tmp_path, flag):
    picture = sample("chelsea")[50:178, 100:228].astype(np.float32)
    np.save(tmp_path / "picture.npy", picture)
    files = [str(tmp_path / name) for name in ("picture.npy", "gradient.npy")]
    environment = {**os.environ, "DREAM_BFLOAT16": "true"}
    subprocess.run([sys.executable, "-c", SCRIPT, flag, *files], env=environment, check=True)
    g, exact = np.load(files[1]), squeezenet.gradient(scalar_of(CHANNEL, squeezenet))(picture)[1]
    assert np.corrcoef(g.ravel(), exact.ravel())[0, 1] > 0.95
    assert np.array_equal(g, exact) == (flag == "avx2")
