"""The hub's files: those for six machines are only read, by a server that says whether it would start."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

from libertad.exchange.transport import nats_hub
from libertad.exchange.transport.nats_keys import node_credentials
from libertad.journal.checkpoint import Signer
from scenarios.brokers import BINARY, DOCUMENTED, Brokers, certificate, operator_client

LYON = Signer(b"l" * 32)


def test_the_documented_cluster_and_regions_are_valid(tmp_path):
    """Six machines would be needed to run them: nats-server reads them and says whether it would start."""
    cert, key = certificate(tmp_path)
    for name in ("hub.conf", "cluster.conf", "regions.conf"):
        shutil.copy(DOCUMENTED / name, tmp_path)
    with (tmp_path / "hub.conf").open("a") as hub:
        hub.write("include ./cluster.conf\ninclude ./regions.conf\n")
    (tmp_path / "authorities.conf").write_text(
        nats_hub.users({LYON.origin: node_credentials(LYON.seed).public}, node_credentials(b"o" * 32).public)
    )
    (tmp_path / "gateways.conf").write_text("gateways = [ { name: plata, urls: [ tls://127.0.0.1:7 ] } ]\n")
    names = dict.fromkeys(re.findall(r"LBT_\w+_LISTEN|LBT_LISTEN", _text_of(tmp_path)), "127.0.0.1:1234")
    names |= {f"LBT_ROUTE_{number}": f"nats://127.0.0.1:{number}" for number in (1, 2, 3)}
    names |= {"LBT_HUB_NAME": "hub1", "LBT_REGION": "caribbean", "LBT_HUB_STORE": str(tmp_path / "store")}
    names |= {"LBT_TLS_CERT": str(cert), "LBT_TLS_KEY": str(key), "LBT_TLS_CA": str(cert)}

    def check():
        command = [BINARY, "-t", "-c", str(tmp_path / "hub.conf")]
        return subprocess.run(command, env=names, capture_output=True, text=True, timeout=30)

    done = check()
    assert done.returncode == 0, done.stderr
    with (tmp_path / "regions.conf").open("a") as regions:
        regions.write("gatewayz { }\n")
    assert check().returncode != 0


def test_the_documented_hub_has_room_for_the_boxes_of_two_hundred_authorities():
    """A server puts `max_bytes` by for each box: of 2 GB the 33rd was refused, whatever lay in the others."""
    (size,) = re.findall(r"max_file_store: (\d+)GB", (DOCUMENTED / "hub.conf").read_text())
    assert int(size) * 10**9 >= 200 * nats_hub.MOST_BYTES


def test_one_server_of_the_documented_file_keeps_the_boxes_of_two_hundred_and_one(tmp_path):
    origins = [f"{number:032x}" for number in range(201)]
    brokers = Brokers(tmp_path, {LYON.origin: LYON.seed})

    async def provision_hub():
        client = await operator_client(brokers.hub_url, brokers.operator, brokers.certificate)
        streams = client.jetstream(timeout=60)
        await nats_hub.provide(streams, origins)
        account = await streams.account_info()
        await client.close()
        return account.streams

    try:
        # In a thread of its own: a browser's loop may be running in this one.
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(asyncio.run, provision_hub()).result() == 201
    finally:
        brokers.stop()


def _text_of(folder):
    return "".join(path.read_text() for path in folder.glob("*.conf"))
