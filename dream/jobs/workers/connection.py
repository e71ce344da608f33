"""The connection to the workers: made in the background, monitored, and made again when it is lost."""

import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from threading import Event
from typing import Any

from dream.jobs.monitoring import WorkerState, worker_states
from dream.jobs.workers.cluster import threads_each
from dream.private_apis import scheduler_connection
from dream.recipe import Recipe

CHECK_EVERY = 2  # seconds
RESTART_SECONDS = 30
LONGEST_PAUSE = 30  # seconds between two attempts to connect

log = logging.getLogger(__name__)


def new_key(job_id: str) -> str:
    """A Dask key for one attempt at a job."""
    return f"dream-{job_id}-{secrets.token_hex(4)}"


def is_key_of(key: object, job_id: str) -> bool:
    """Whether a Dask key is of an attempt at this job."""
    return str(key).startswith(f"dream-{job_id}-")


class Workers:
    """A monitored Dask client.

    A client that lost its scheduler is closed, even if it reconnects by itself: the scheduler has then forgotten the
    futures, the plugin and the subscription to frames.
    """

    def __init__(self, connect: Callable[[], Any], likely: tuple[Recipe, ...], on_frame: Callable) -> None:
        """Does not connect yet.

        Args:
            connect: makes the client.
            likely: recipes to warm up workers with.
            on_frame: called with the workers' events, on the client's event loop.
        """
        self.first_try_over = Event()  # set after the first attempt to connect, successful or not
        self._connect = connect
        self._likely = likely
        self._on_frame = on_frame
        self._client: Any = None
        self._connection: Any = None  # of the client when it was set up
        self._threads = 0
        self._failing = False
        self._closing = Event()

    @property
    def client(self) -> Any:
        """The client; None while the scheduler cannot be reached."""
        client = self._client
        if client is None or client.status != "running" or scheduler_connection(client) is not self._connection:
            return None
        return client

    @property
    def ready(self) -> bool:
        """Whether there were workers at the last check."""
        return self.client is not None and self._threads > 0

    def monitor(self, on_lost: Callable[[], None], on_check: Callable[[], None]) -> None:
        """Connects, and reconnects whenever the connection is lost, until :meth:`close`. Runs in its own thread.

        Args:
            on_lost: called when the connection is lost: submitted work will not come back.
            on_check: called every few seconds, connected or not.
        """
        pause = CHECK_EVERY
        while not self._closing.is_set():
            try:
                if self.client is None:
                    self._disconnect()
                    on_lost()
                    pause = CHECK_EVERY if self._open() else min(2 * pause, LONGEST_PAUSE)
                on_check()
            except Exception:
                log.exception("The queue was not checked")
            finally:
                self.first_try_over.set()
            self._closing.wait(pause)

    def threads(self) -> int:
        """How many jobs can run at once; 0 if no worker can be reached. Waits for the client's event loop."""
        client, self._threads = self.client, 0
        if client is not None:
            with suppress(Exception):  # connection just lost: the next check notices
                self._threads = sum(client.nthreads().values())
        return self._threads

    def states(self) -> list[WorkerState]:
        """State of the workers; empty if none can be reached."""
        client = self.client
        if client is not None:
            with suppress(Exception):  # connection just lost
                return worker_states(client)
        return []

    def stop(self, job_id: str) -> None:
        """Tells a job's worker to stop before its next step. Waits for the client's event loop."""
        client = self.client
        if client is not None:
            from dream.jobs.workers.worker import stop_event

            with suppress(Exception):  # connection just lost: the job does not continue
                stop_event(job_id, client).set()

    def restart_worker_of(self, job_id: str) -> None:
        """Kills the worker process that renders a job, and lets another take its place; it reports a dead worker.

        Waits for the client's event loop. A worker without a nanny process cannot be started anew: it is logged.
        """
        client = self.client
        if client is None:
            return
        try:
            tasks = client.processing()
            busy = [address for address, keys in tasks.items() if any(is_key_of(key, job_id) for key in keys)]
            client.restart_workers(busy, timeout=RESTART_SECONDS, raise_for_error=False)
        except Exception:
            log.warning("The worker of the job %s cannot be started anew: end it by hand", job_id, exc_info=True)

    def wait_until_warm(self) -> None:
        """Blocks until a worker has loaded the default network, or that or the first connection has failed."""
        self.first_try_over.wait()
        client = self.client
        if client is not None:
            from dream.jobs.workers.worker import warm_up

            with suppress(Exception):  # connection just lost
                client.submit(warm_up, [], pure=False).exception()

    def close(self) -> None:
        """Closes the connection, and ends workers that were started here."""
        self._closing.set()
        self._disconnect()

    def _open(self) -> bool:
        from dream.jobs.workers.worker import TOPIC, WorkerSetup

        try:
            self._client = client = self._connect()
            connection = scheduler_connection(client)
            client.register_plugin(WorkerSetup(self._likely, threads_each()))
            client.subscribe_topic(TOPIC, self._on_frame)
        except Exception:
            if not self._failing:  # logged once, not at every attempt
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
