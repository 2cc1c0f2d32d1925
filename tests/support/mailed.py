"""A hub, leaves and nodes as docs/nats.md has them typed: the real servers, and `libertad run`."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from scenarios.brokers import certificate
from scenarios.replay.ports import free_ports

ROOT = Path(__file__).parents[2]
FRAMES = re.findall(r"^```sh (\S+)\n(.*?)^```$", (ROOT / "docs" / "nats.md").read_text("utf-8"), re.M | re.S)
WITHIN = 300.0  # seconds: an end for what hangs, never a measure
NUMBERS = {"centre": "BB-1", "guyana": "GY-1"}
SIT = "set -a; . /srv/libertad/environment; set +a\n"
OPEN = """
import sys
import django; django.setup()
from libertad.access.acting import perform
from libertad.access.models import Account
from libertad.access.queries import actor_of
from libertad.commands import unlocking
from libertad.journal.node import close_node
from libertad.operations.actions.open_operation import open_operation
unlocking.open_rings()
perform(actor_of(Account.objects.of(sys.argv[1])), open_operation, name="Operation Mail",
    first_day="2018-04-03", last_day="2018-04-09", zone="America/Barbados", country=["BB", "GY"],
    authority_name="Centre", authority_country="BB", officer_name="M. Alleyne", officer_rank="",
    officer_service_number=sys.argv[1])
close_node()
"""
LEADS = """
import sys
import django; django.setup()
from libertad.access.acting import perform
from libertad.access.models import Account
from libertad.access.queries import actor_of
from libertad.commands import unlocking
from libertad.journal.node import close_node
from libertad.operations.actions.report_lead import report_lead
unlocking.open_rings()
actor = actor_of(Account.objects.of(sys.argv[1]))
for number in range(int(sys.argv[2])):
    print(perform(actor, report_lead, country="GY", summary=f"Lead {number} " + "x" * int(sys.argv[3]),
        source_grade="1", information_grade="A", handling="P", workplace="farm"), flush=True)
close_node()
"""


def frames(label: str) -> list[str]:
    """What the page has typed by this one, in its order."""
    return [script for name, script in FRAMES if name == label]


def until(look: Callable[[], Any], expected: str) -> Any:
    """The first true answer; a guard against waiting for ever, nothing is measured by it."""
    ends = time.monotonic() + WITHIN
    while time.monotonic() < ends:
        if answer := look():
            return answer
        time.sleep(0.1)
    raise AssertionError(f"{expected} did not come")


@dataclass
class Seat:
    """A machine at which somebody sits with the page open; what is put in place of the page's own names."""

    folder: Path
    put: dict[str, str] = field(default_factory=dict)
    served: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self.put = {"/srv/libertad/app": str(ROOT), **self.put}

    @property
    def environment(self) -> dict[str, str]:
        programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return {"PATH": programs, "HOME": str(self.folder), "COLUMNS": "300", "LC_ALL": "C.UTF-8"}

    def text(self, script: str) -> str:
        """A frame of the page for this machine."""
        for name, value in self.put.items():
            script = script.replace(name, value)
        return script

    def type(self, script: str, code: int = 0) -> str:
        """Type a frame; returns what it printed."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.text(script)],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=WITHIN,
            input="y\n" * 9,
        )
        assert done.returncode == code, (script, done.stdout, done.stderr)
        return done.stdout if not code else done.stdout + done.stderr

    def exits(self, script: str) -> int:
        """Type a frame that may fail; its exit code."""
        try:
            self.type(script)
        except AssertionError:
            return 1
        return 0

    def serve(self, name: str, script: str, port: int) -> None:
        """Type a frame whose last command goes on, until something listens at the port."""
        *before, last = self.text(script).rstrip().splitlines()
        with (self.folder / f"{name}.log").open("ab") as log:
            process = self.served[name] = subprocess.Popen(
                ["bash", "-euc", "\n".join([*before, f"exec {last}"])],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

        def listens() -> bool:
            assert process.poll() is None, (self.folder / f"{name}.log").read_text()[-3000:]
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        until(listens, f"{name} at port {port}")

    def end(self, name: str, signal_number: int = signal.SIGKILL) -> None:
        """End what was served, by kill -9 unless another way is named."""
        process = self.served.pop(name, None)
        if process is not None:
            process.send_signal(signal_number)
            process.wait(60)

    def close(self) -> None:
        for name in list(self.served):
            self.end(name)


class Hub(Seat):
    """The machine of a hub's server; its clients', its leaves' and its cluster's port."""

    def __init__(self, folder: Path, name: str = "hub1") -> None:
        self.port, self.leaves, self.cluster = free_ports(3)
        super().__init__(folder / name)
        self.put |= {
            "/srv/hub": str(self.folder),
            "0.0.0.0:4222": f"127.0.0.1:{self.port}",
            "0.0.0.0:7422": f"127.0.0.1:{self.leaves}",
            "0.0.0.0:6222": f"127.0.0.1:{self.cluster}",
            "HUB:4222": f"127.0.0.1:{self.port}",
            "LBT_HUB_NAME=hub1": f"LBT_HUB_NAME={name}",
        }

    def protect(self, source: Path) -> None:
        """One certificate for all here, which is its own authority."""
        shutil.copytree(source, self.folder / "tls")

    def up(self) -> None:
        (serve,) = frames("hub-serve")
        self.serve("hub", serve, self.port)


class Authority(Seat):
    """A node with its leaf; `number` is the service number of whoever acts."""

    def __init__(self, folder: Path, name: str, hubs: Sequence[Hub], number: str) -> None:
        self.name, self.number = name, number
        self.leaf, self.port = free_ports(2)
        super().__init__(folder / name)
        self.put |= {
            "/srv/libertad": str(self.folder),
            '"tls://HUB:7422"': ", ".join(f'"tls://127.0.0.1:{hub.leaves}"' for hub in hubs),
            "127.0.0.1:4222": f"127.0.0.1:{self.leaf}",
            "--port 8000": f"--port {self.port}",
        }
        secret = self.folder / "passphrase"
        secret.write_text("eleven pale herons over water\n")
        secret.chmod(0o600)
        shutil.copytree(hubs[0].folder / "tls", self.folder / "tls")
        (self.folder / "environment").write_text(
            "DJANGO_SETTINGS_MODULE=libertad.web.settings.production\n"
            f"LIBERTAD_HOME={self.folder}/node\nLIBERTAD_HOSTS=localhost\n"
            f"LIBERTAD_PASSPHRASE_FILE={secret}\nLIBERTAD_EXCHANGE_EVERY=0.5\nLIBERTAD_NATS_TICK=0.2\n"
        )

    def sit(self, script: str, code: int = 0) -> str:
        """Type with the node's settings read, as whoever sits down there does."""
        return self.type(SIT + script, code)

    def json(self, *arguments: str, code: int = 0) -> Any:
        output = self.sit(f"libertad {' '.join(arguments)} --json" + (" || true" if code else ""))
        return json.loads(output)

    def script(self, text: str, *arguments: str) -> list[str]:
        """Words of a program on this node, beside the one that serves."""
        (self.folder / "script.py").write_text(text)
        words = " ".join(arguments)
        return self.sit(f"PYTHONPATH={ROOT} python {self.folder}/script.py {words}").split()

    def leads(self, count: int = 1, size: int = 10) -> list[str]:
        return self.script(LEADS, self.number, str(count), str(size))

    def rows(self, query: str) -> list[Any]:
        with sqlite3.connect(f"file:{self.folder}/node/libertad.sqlite3?mode=ro", uri=True) as connection:
            return sorted(connection.execute(query).fetchall())

    def has(self, leads: Sequence[str]) -> bool:
        return set(leads) <= {row[0] for row in self.rows("select id from operations_lead")}

    def set_up_leaf(self) -> None:
        self.sit(frames("each")[1])

    def leaf_up(self) -> None:
        (serve,) = frames("each-leaf-serve")
        self.serve("leaf", serve, self.leaf)

    def up(self) -> None:
        (serve,) = frames("each-serve")
        self.serve("node", SIT + serve, self.port)


class Seats(NamedTuple):
    """A centre, police that never reach it, and the servers of the hub."""

    centre: Authority
    guyana: Authority
    hubs: tuple[Hub, ...]


@contextmanager
def seats(folder: Path, servers: int = 1) -> Iterator[Seats]:
    """All of the page's steps, until all of it serves. Whatever serves ends with the block."""
    hubs = tuple(Hub(folder, f"hub{number + 1}") for number in range(servers))
    (folder / "tls").mkdir()
    shutil.copy(certificate(folder / "tls")[0], folder / "tls" / "ca.pem")
    for hub in hubs:
        hub.protect(folder / "tls")
        for number, peer_hub in enumerate(hubs, 1):
            hub.put |= {
                f"HUB{number}:4222": f"127.0.0.1:{peer_hub.port}",
                f"HUB{number}:6222": f"127.0.0.1:{peer_hub.cluster}",
            }
    centre, guyana = (Authority(folder, name, hubs, number) for name, number in NUMBERS.items())
    with ExitStack() as ends:
        for seat in (centre, guyana, *hubs):
            ends.callback(seat.close)
        join(centre, guyana)
        provide(hubs, [centre, guyana])
        for authority in (centre, guyana):
            authority.set_up_leaf()
            authority.leaf_up()
            authority.type(frames("each")[2])
            authority.up()
        until(lambda: guyana.rows("select id from operations_operation"), "the operation")
        guyana.sit("libertad user add 'P. Singh' --number GY-1 --role national-lead --as GY-ADM")
        yield Seats(centre, guyana, hubs)


def join(centre: Authority, guyana: Authority) -> None:
    """Found an operation; Guyana joins it by files alone."""
    centre.sit(
        "libertad found --name Centre --kind centre --country BB --zone America/Barbados "
        "--administrator 'A. Gill' --number BB-ADM\n"
        "libertad user add 'M. Alleyne' --number BB-1 --role coordinator --as BB-ADM"
    )
    centre.script(OPEN, "BB-1")
    invite, take = frames("centre")
    (answer,) = frames("guyana")
    centre.sit(invite)
    (centre.folder / "guyana.invitation").rename(guyana.folder / "guyana.invitation")
    guyana.sit(answer)
    (guyana.folder / "guyana.answer").rename(centre.folder / "guyana.answer")
    centre.sit(take)


def provide(hubs: Sequence[Hub], nodes: Sequence[Authority]) -> None:
    """The hub, of one server or of three, and the boxes."""
    first, several = hubs[0], len(hubs) > 1
    (prepare,), (cluster,) = frames("hub"), frames("hub-cluster")
    (boxes,) = frames("hub-cluster-boxes" if several else "hub-boxes")
    lines = "".join(node.sit(frames("each")[0]) for node in nodes)
    for hub in hubs:
        (hub.folder / "nodes.txt").write_text(lines)
        hub.type(prepare + (cluster if several else ""))
        shutil.copy(first.folder / "authorities.conf", hub.folder / "copied")
        (hub.folder / "copied").rename(hub.folder / "authorities.conf")
        hub.up()
    if several:
        until(lambda: not first.exits(boxes), "a cluster that makes boxes")
    else:
        first.type(boxes)
