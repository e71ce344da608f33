"""The trace of changes: who did what to which dream or network, one line of JSON each."""

import json
import logging

log = logging.getLogger("dream.trace")


def trace(change: str, who: str, **what: object) -> None:
    """Logs a change.

    Args:
        change: what happened, such as ``deleted``.
        who: the address of a person, or a browser session, of which only the beginning is logged.
        what: the dream, network or job, and details; as JSON can hold them.
    """
    log.info(
        json.dumps(
            {"change": change, "who": who if "@" in who else who.removeprefix("browser:")[:8], **what},
            ensure_ascii=False,
        )
    )
