"""The Dask cluster: worker processes started here, or an existing scheduler."""

import os
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from dream.networks.serialization import SerializedNetwork, serialize
from dream.networks.zoo.catalog import DEFAULT, load_network
from dream.settings import settings


def connect() -> Any:
    """A client of ``DREAM_SCHEDULER``, or of worker processes started here.

    Raises:
        OSError: the scheduler cannot be reached, or not with these certificates.
    """
    import dask
    from distributed import Client

    dask.config.set(
        {
            "distributed.admin.low-level-log-length": 100,  # events that the scheduler keeps; a preview is up to 100 kB
            # Dask reports a worker's death at once and does not retry: the server counts deaths, across restarts too.
            "distributed.scheduler.allowed-failures": 0,
        }
    )
    if settings().scheduler:
        return Client(settings().scheduler, security=_security(), set_as_default=False)
    from dream.jobs.workers.local_cluster import local_cluster

    return Client(local_cluster(settings().workers, settings().worker_memory), set_as_default=False)


def threads_each() -> int | None:
    """Threads of the processor for each worker started here, which share one machine; None, all, for other clusters."""
    return None if settings().scheduler else max((os.cpu_count() or 1) // settings().workers, 1)


def networks_to_send(networks: Iterable[str]) -> dict[str, SerializedNetwork]:
    """The networks to send with a job, by name: those that workers on other machines may lack.

    Raises:
        UserError: a network does not exist any more.
    """
    elsewhere = settings().scheduler is not None
    return {name: _serialized(name) for name in networks if elsewhere and name != DEFAULT}


@lru_cache(maxsize=2)
def _serialized(network: str) -> SerializedNetwork:
    return serialize(load_network(network))


def _security() -> Any:
    from distributed import Security

    if settings().tls_ca is None:
        return None
    ca, cert, key = (str(path) for path in (settings().tls_ca, settings().tls_cert, settings().tls_key))
    return Security(tls_ca_file=ca, tls_client_cert=cert, tls_client_key=key, require_encryption=True)
