"""Worker processes on this machine are reached by their server alone."""

import os
import ssl

import psutil
import pytest
from distributed import Security
from distributed.comm import connect as connect_to
from own_loop import run_coroutine

from dream.jobs.workers.cluster import connect


def listening():
    """Where this process and its children listen, as ``ip:port``."""
    ours = [psutil.Process(), *psutil.Process().children(recursive=True)]
    connections = [connection for process in ours for connection in process.net_connections("inet")]
    places = {connection.laddr for connection in connections if connection.status == psutil.CONN_LISTEN}
    return {f"{ip}:{port}" for ip, port in places}


@pytest.fixture(scope="module")
def before():
    """Where other tests listen."""
    return listening()


@pytest.fixture(scope="module")
def client(before):
    client = connect()
    client.wait_for_workers(1)
    yield client
    cluster = client.cluster
    client.close()
    cluster.close()


def places(client):
    """Where scheduler, workers and the processes that watch over workers listen, as ``127.0.0.1:port``."""
    workers = client.scheduler_info()["workers"]
    addresses = [client.scheduler.address, *workers, *(worker["nanny"] for worker in workers.values())]
    return [address.split("://")[1] for address in addresses]


def test_its_own_client_is_let_in(client):
    assert client.submit(os.getpid).result() != os.getpid()


def trusting():
    """What a client of TLS brings that has no certificate and believes every server."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return {"ssl_context": context, "require_encryption": True}


@pytest.mark.parametrize(
    ("protocol", "arguments"),
    [("tcp", {}), ("tls", trusting()), ("tls", Security.temporary().get_connection_args("client"))],
    ids=["in the clear", "without a certificate", "with another certificate"],
)
def test_others_are_not(client, protocol, arguments):
    for place in places(client):
        with pytest.raises(OSError):
            run_coroutine(connect_to(f"{protocol}://{place}", timeout=0.5, **arguments))


def test_there_is_no_other_door(before, client):
    assert listening() - before == set(places(client))
