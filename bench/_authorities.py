"""Many authorities of one operation for `bench.authorities`: nodes by the dozen in a process, and the hub's
three real servers between them.

`python -m bench._authorities serve FOLDER NAME...` drives the nodes of these homes; it takes commands, a
line of JSON each, and answers each with a line. Nodes are the product's, each with its home, rings, SQLite
database, exchange and connection to the hub; only their rounds of letters are driven one after the other.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OFFICERS = "access_officer"


class Cluster:
    """The hub as docs/nats.md sets it up: three servers, a box for each node kept three times."""

    def __init__(self, folder: Path, seeds: dict[str, bytes], servers: int = 3) -> None:
        """`seeds`: origin -> seed of the node's key."""
        from libertad.exchange.transport import nats_hub
        from libertad.exchange.transport.nats_keys import node_credentials
        from scenarios.brokers import DOCUMENTED, OPERATOR_SEED, certificate
        from scenarios.replay.ports import free_ports

        self.folder, self.origins = folder, sorted(seeds)
        self.certificate, self.key = certificate(folder)
        self.operator = node_credentials(OPERATOR_SEED)
        nkeys = {origin: node_credentials(seed).public for origin, seed in seeds.items()}
        users = nats_hub.users(nkeys, self.operator.public)
        ports = [free_ports(3) for _ in range(servers)]
        routes = {
            f"LBT_ROUTE_{n}": f"nats-route://127.0.0.1:{triple[2]}" for n, triple in enumerate(ports, 1)
        }
        self.servers = []
        for number, (port, leaf, cluster) in enumerate(ports, 1):
            own = folder / f"hub{number}"
            own.mkdir()
            text = (DOCUMENTED / "hub.conf").read_text() + "include ./cluster.conf\n"
            (own / "hub.conf").write_text(text)
            (own / "cluster.conf").write_text((DOCUMENTED / "cluster.conf").read_text())
            (own / "authorities.conf").write_text(users)
            self.servers.append(self._server(own, port, leaf, cluster, routes))
        self.url = ",".join(f"tls://127.0.0.1:{triple[0]}" for triple in ports)

    def _server(self, own: Path, port: int, leaf: int, cluster: int, routes: dict[str, str]) -> Any:
        from scenarios.brokers import Server

        return Server(
            own,
            own / "hub.conf",
            port,
            {
                "LBT_HUB_NAME": own.name,
                "LBT_HUB_LISTEN": f"127.0.0.1:{port}",
                "LBT_HUB_LEAF_LISTEN": f"127.0.0.1:{leaf}",
                "LBT_HUB_STORE": str(own / "store"),
                "LBT_TLS_CERT": str(self.certificate),
                "LBT_TLS_KEY": str(self.key),
                "LBT_TLS_CA": str(self.certificate),
                "LBT_REGION": "region",
                "LBT_CLUSTER_LISTEN": f"127.0.0.1:{cluster}",
                **routes,
            },
        )

    async def provide(self, within: float = 600) -> None:
        """The boxes, once the servers have found each other."""
        import asyncio

        from nats.errors import Error

        from libertad.exchange.transport import nats_hub
        from scenarios.brokers import operator_client

        ends = time.monotonic() + within
        client = await operator_client(self.url, self.operator, self.certificate)
        waiting = list(self.origins)
        while waiting:
            try:
                await nats_hub.provide(client.jetstream(timeout=20), waiting[:1], replicas=len(self.servers))
                waiting.pop(0)
            except (Error, TimeoutError):
                if time.monotonic() > ends:
                    raise
                await asyncio.sleep(0.5)
        await client.close()

    def kill(self, number: int) -> None:
        """kill -9."""
        self.servers[number].kill()

    def start(self, number: int) -> None:
        self.servers[number].start()

    def memory(self) -> int:
        """Bytes that the servers hold now."""
        return sum(rss(server._process.pid) for server in self.servers if server._process is not None)

    def stored(self) -> int:
        """Bytes of the servers' stores on disk."""
        return sum(file.stat().st_size for file in self.folder.glob("hub*/store/**/*") if file.is_file())

    def stop(self) -> None:
        for server in self.servers:
            server.kill()


def rss(pid: int) -> int:
    """Bytes of memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@dataclass
class Founded:
    """Homes under a folder by name, the first the centre's, and what identifies each."""

    names: list[str]
    parties: dict[str, dict[str, Any]]
    seeds: dict[str, bytes]


def found_operation(folder: Path, count: int) -> Founded:
    """A centre that opens an operation and `count` - 1 police that join by files; all closed."""
    from libertad.exchange.onboarding import admission
    from tests.support import nodes

    admission.register()
    statements = nodes.schema()
    names = [f"n{number:03}" for number in range(count)]
    centre = nodes.Party(folder / names[0], statements, names[0])
    nodes.operation(centre)
    parties, seeds = {}, {centre.node.key.origin: centre.node.key.seed}
    for name in names[1:]:
        police = nodes.Party(folder / name, statements, name)
        nodes.invited(centre, police)
        seeds[police.node.key.origin] = police.node.key.seed
        parties[name] = party_fields(police)
        police.node.close()
    parties[names[0]] = party_fields(centre)
    centre.node.close()
    (folder / "parties.json").write_text(json.dumps(parties))
    return Founded(names, parties, seeds)


def party_fields(party: Any) -> dict[str, Any]:
    return {name: getattr(party, name) for name in ("name", "authority", "operation", "officers", "roles")}


class Driver:
    """Nodes of one process."""

    def __init__(self, folder: Path, names: Sequence[str], url: str, ca: Path) -> None:
        from libertad.exchange.onboarding import admission
        from libertad.exchange.transport import courier
        from libertad.exchange.transport.courier import Courier
        from libertad.exchange.transport.nats_transport import NatsTransport
        from libertad.journal import writer
        from tests.support.nodes import Party

        admission.register()
        # There are many nodes in little memory: a thread each for letters, and 2 MB of write-ahead log.
        courier.WORKERS, writer.CHECKPOINT_PAGES = 1, 500
        parties = json.loads((folder / "parties.json").read_text())
        self.parties: dict[str, Any] = {}
        self.posts: dict[str, Courier] = {}
        self.transports: dict[str, NatsTransport] = {}
        for name in names:
            party = self.parties[name] = Party(folder / name, (), name)
            party.__dict__.update(parties[name])
            key, post = party.node.key, Courier(party.exchange, asking=0)
            transport = post.transport = self.transports[name] = NatsTransport(
                url,
                key.origin,
                key.seed,
                ca=ca,
                seal=post.seal,
                open=post.open,
                handler=post.take,
                tick=0.5,
                poll=5.0,
            )
            transport.start()
            self.posts[name] = post
        self.due = dict.fromkeys(names, 0.0)  # when each node has its next round

    def round(self) -> int:
        """The round of letters that is due first, each node's as often as in the product; how many letters
        leave. One node's, so that a command waits for no more: a round of all to all takes half an hour."""
        from libertad.exchange.transport import courier

        name = min(self.due, key=self.due.__getitem__)
        self.due[name] = max(time.monotonic(), self.due[name]) + courier.EVERY
        return self.posts[name].round()

    def wait(self) -> float:
        """Seconds until a round is due."""
        return max(0.0, min(self.due.values()) - time.monotonic())

    def write(self, what: str) -> list[str]:
        """An entry of each node that all members read: an officer appointed. Returns the officers' ids."""
        return [self._appoint(party, what) for party in self.parties.values()]

    @staticmethod
    def _appoint(party: Any, label: str) -> str:
        from libertad.access.actions.appoint_officer import appoint_officer

        by = "coordinator" if "coordinator" in party.officers else "administrator"
        return str(
            party.do(by, appoint_officer, name=f"{party.name} {label}", service_number=label, role="officer")
        )

    def state(self, expected: Sequence[str]) -> dict[str, Any]:
        """How many nodes know the operation, and how many of `expected` officers they lack, all together."""
        has = lacks = 0
        for party in self.parties.values():
            sql = party.node.sql()
            has += sql.first("select 1 from operations_operation") is not None
            here = {row[0] for row in sql.all(f"select id from {OFFICERS}")}
            lacks += len(set(expected) - here)
        return {"operation": has, "lacks": lacks}

    def holdings(self) -> dict[str, Any]:
        """What each node holds of the operation's compartment, and what it holds back."""
        by_node: dict[str, Any] = {}
        for name, party in self.parties.items():
            sql = party.node.sql()
            (place,) = sql.all("select compartment from operations_operation")
            hashes = [
                bytes(row[0]).hex()
                for row in sql.all(
                    "select hash from journal_entry where compartment = ? order by hash", place
                )
            ]
            state = self.transports[name].state()
            moved = sql.first(
                "select coalesce(sum(bytes_in), 0), coalesce(sum(bytes_out), 0) from exchange_peer"
            )
            by_node[name] = {
                "entries": hashes,
                "held": len(sql.all("select 1 from journal_held")),
                "sent": state.sent,
                "received": state.received,
                "failed": state.failed,
                "refused": state.refused,
                "bytes_in": moved[0],
                "bytes_out": moved[1],
            }
        return by_node

    def connected(self) -> int:
        return sum(transport.state().connected for transport in self.transports.values())

    def stop(self) -> None:
        for transport in self.transports.values():
            transport.stop()
        for post in self.posts.values():
            post.pool.shutdown(wait=True)
        for party in self.parties.values():
            party.node.close()


def serve(folder: Path, names: Sequence[str]) -> None:
    """Take commands until the input ends; between them every node has its rounds."""
    import selectors

    driver = Driver(folder, names, os.environ["BENCH_HUB"], Path(os.environ["BENCH_CA"]))
    waiting = selectors.DefaultSelector()
    waiting.register(sys.stdin, selectors.EVENT_READ)
    print(json.dumps({"ready": len(names)}), flush=True)
    rounds = letters = 0
    while True:
        if not waiting.select(driver.wait()):
            rounds, letters = rounds + 1, letters + driver.round()
            continue
        line = sys.stdin.readline()
        if not line:
            break
        ask = json.loads(line)
        if ask["do"] == "write":
            answer: dict[str, Any] = {"ids": driver.write(ask["what"])}
        elif ask["do"] == "state":
            answer = driver.state(ask["expected"]) | {
                "rounds": rounds,
                "letters": letters,
                "connected": driver.connected(),
                "rss": rss(os.getpid()),
            }
        else:
            used = resource.getrusage(resource.RUSAGE_SELF)
            answer = {
                "nodes": driver.holdings(),
                "cpu": used.ru_utime + used.ru_stime,
                "peak": used.ru_maxrss * 1024,
            }
        print(json.dumps(answer), flush=True)
    driver.stop()


if __name__ == "__main__" and sys.argv[1:2] == ["serve"]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "libertad.web.settings.test"
    import django

    django.setup()
    serve(Path(sys.argv[2]), sys.argv[3:])
    os._exit(0)
