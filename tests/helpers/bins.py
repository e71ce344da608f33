"""The trash as it is after some days."""

import json
import os

DAY = 24 * 3600


def age_bin(home, days, names=None):
    """As if the dreams of these names, or all, had been deleted so much earlier; a new Gallery sees it."""
    clock = home / "bin" / "clock"
    sightings = json.loads(clock.read_text())
    for path in (home / "bin").glob("*.json"):
        if names is None or path.stem in names:
            then = path.stat().st_mtime - days * DAY
            os.utime(path, (then, then))
            sightings["deleted"][path.stem] -= days * DAY
    clock.write_text(json.dumps(sightings))
