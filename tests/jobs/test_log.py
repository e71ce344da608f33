"""Where the server's log goes."""

import logging

import pytest

from dream.jobs.log import to_standard_error
from dream.jobs.monitoring import RecentErrors


@pytest.fixture
def everything():
    """The project's logger, as it was before afterwards."""
    logger = logging.getLogger("dream")
    before = logger.handlers, logger.level, logger.propagate
    logger.handlers = []
    yield logger
    logger.handlers, logger.level, logger.propagate = before


def test_every_room_is_heard_on_standard_error_and_on_the_admins_page(everything, capsys):
    to_standard_error()
    to_standard_error()  # a server that is started again in this process
    recent = RecentErrors()
    everything.addHandler(recent)
    logging.getLogger("dream.jobs").info("a job ended")
    logging.getLogger("dream.jobs.workers").warning("the workers are away")
    logging.getLogger("dream.recipe.looks").warning("line 3 is no look")
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(" ", 3)[3] for line in lines] == ["a job ended", "the workers are away", "line 3 is no look"]
    assert [error.what for error in recent.last] == ["the workers are away", "line 3 is no look"]
