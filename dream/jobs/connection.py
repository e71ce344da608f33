"""The way to the workers: made in the background, watched, and made anew after whatever happened to it."""

import logging
from collections.abc import Callable
from contextlib import suppress
from threading import Event
from typing import Any

from dream.jobs.cluster import threads_each
from dream.jobs.monitoring import WorkerState, worker_states
from dream.private_apis import scheduler_connection
from dream.recipe import Recipe

LOOK_EVERY = 2  # seconds
LONGEST_PAUSE = 30  # seconds between two tries to connect

log = logging.getLogger(__name__)


class Workers:
    """A Dask client that is looked after.

    One whose scheduler went away is let go, even where it finds a scheduler again: that one knows neither the work
    nor the plugin, and does not send it frames.
    """

    def __init__(self, connect: Callable[[], Any], likely: tuple[Recipe, ...], on_frame: Callable) -> None:
        """Takes what makes the client, recipes to get workers ready for, and who gets their frames."""
        self.tried = Event()  # set once the first try is over, whatever came of it
        self._connect = connect
        self._likely = likely
        self._on_frame = on_frame
        self._client: Any = None
        self._connection: Any = None  # the client's, as it was when it was made ready
        self._threads = 0
        self._failing = False
        self._closing = Event()

    @property
    def client(self) -> Any:
        """The client; None where the scheduler cannot be reached now."""
        client = self._client
        if client is None or client.status != "running" or scheduler_connection(client) is not self._connection:
            return None
        return client

    @property
    def ready(self) -> bool:
        """Whether there are workers, as of the last look."""
        return self.client is not None and self._threads > 0

    def monitor(self, lost: Callable[[], None], look: Callable[[], None]) -> None:
        """Keeps the workers in reach until :meth:`close`; for a thread of its own.

        Args:
            lost: called whenever no work that was handed over will come back.
            look: called every few seconds, also while the workers are out of reach.
        """
        pause = LOOK_EVERY
        while not self._closing.is_set():
            try:
                if self.client is None:
                    self._disconnect()
                    lost()
                    pause = LOOK_EVERY if self._reach() else min(2 * pause, LONGEST_PAUSE)
                look()
            except Exception:
                log.exception("The queue was not looked after")
            finally:
                self.tried.set()
            self._closing.wait(pause)

    def threads(self) -> int:
        """How many jobs can run at once; 0 where no worker can be reached. Waits for the client's event loop."""
        client, self._threads = self.client, 0
        if client is not None:
            with suppress(Exception):  # it went away just now: the next look sees that
                self._threads = sum(client.nthreads().values())
        return self._threads

    def states(self) -> list[WorkerState]:
        """The workers as they are now."""
        client = self.client
        if client is not None:
            with suppress(Exception):  # it went away just now
                return worker_states(client)
        return []

    def stop(self, job_id: str) -> None:
        """Tells the worker of a job to stop at its next step. Waits for the client's event loop."""
        client = self.client
        if client is not None:
            from dream.jobs.worker import stop_event

            with suppress(Exception):  # it went away just now: the job does not go on
                stop_event(job_id, client).set()

    def wait_until_warm(self) -> None:
        """Blocks until a worker has loaded the default network, or died over it, or the first try to reach one failed."""
        self.tried.wait()
        client = self.client
        if client is not None:
            from dream.jobs.worker import warm_up

            with suppress(Exception):  # it went away just now
                client.submit(warm_up, [], pure=False).exception()

    def close(self) -> None:
        """Lets the workers go for good."""
        self._closing.set()
        self._disconnect()

    def _reach(self) -> bool:
        from dream.jobs.worker import TOPIC, Prepared

        try:
            self._client = client = self._connect()
            connection = scheduler_connection(client)
            client.register_plugin(Prepared(self._likely, threads_each()))
            client.subscribe_topic(TOPIC, self._on_frame)
        except Exception:
            if not self._failing:  # once, not every half minute of a night
                log.exception("The workers cannot be reached: trying again until they can")
            self._failing = True
            return False
        self._connection, self._failing = connection, False
        if self._closing.is_set():
            self._disconnect()
        return True

    def _disconnect(self) -> None:
        client, self._client, self._connection = self._client, None, None
        if client is None:
            return
        if not self._closing.is_set():
            log.warning("The workers are out of reach: what they were rendering starts again")
        try:
            cluster = client.cluster
            client.close()
            if cluster is not None:
                cluster.close()
        except Exception:
            log.warning("The connection to the workers did not close as it should", exc_info=True)
