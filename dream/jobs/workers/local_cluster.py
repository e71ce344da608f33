"""Worker processes on this machine, which only the process that started them can reach.

A Dask scheduler runs whatever a client sends it, and everybody who has an account on a machine can connect to its
127.0.0.1. So both ends of every connection must show the same certificate, made for this cluster and kept in memory.
"""

import logging
from typing import Any

from distributed import Nanny, Scheduler, Security, SpecCluster, Worker

from dream.private_apis import NoWebServer

HERE = {"host": "127.0.0.1", "protocol": "tls://"}


class LocalScheduler(NoWebServer, Scheduler):
    """Dask's scheduler without its web server."""


class LocalWorker(NoWebServer, Worker):
    """Dask's worker without its web server."""


def local_cluster(workers: int, memory: str) -> Any:
    """Starts worker processes of one thread each; the certificate is valid for a year.

    Args:
        workers: how many.
        memory: of each, as ``4GiB`` or ``auto``; at 95 % of it a worker is started anew.
    """
    common = {**HERE, "security": Security.temporary()}
    worker = {
        "cls": Nanny,
        "options": {
            **common,
            "worker_class": LocalWorker,
            "nthreads": 1,
            "memory_limit": memory,
            "silence_logs": logging.ERROR,
        },
    }
    return SpecCluster(
        scheduler={"cls": LocalScheduler, "options": {**common, "dashboard": False}},
        workers=dict.fromkeys(range(workers), worker),
        security=common["security"],
        silence_logs=logging.ERROR,
    )
