"""docs/standby.md is followed literally: a node on PostgreSQL is killed while people are recorded on it, and
its standby takes over; then the old machine is started again.

Two real PostgreSQL servers, real nodes by `libertad run`, a peer that goes on exchanging with them.
"""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from scenarios.replay.ports import free_ports
from tests.docs.test_deployment import AS_NOBODY, SIT, Sitting
from tests.support import postgres
from tests.support.mailed import LEADS
from tests.support.outside import ROOT, certificates, code_in, eventually, machines

pytestmark = [pytest.mark.sqlite_only, pytest.mark.xdist_group("standby")]

PAGE = (ROOT / "docs" / "standby.md").read_text("utf-8")
FRAMES = dict(re.findall(r"^```sh (\S+)\n(.*?)^```$", PAGE, re.M | re.S))
DEPLOYMENT = (ROOT / "docs" / "deployment.md").read_text("utf-8")
OTHER_DISK = "/dev/shm"  # another than that of /tmp
PEOPLE = """
import sys
import django; django.setup()
from libertad.access.acting import perform
from libertad.access.models import Account
from libertad.access.queries import actor_of
from libertad.commands import unlocking
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.values import PersonName
unlocking.open_rings()
actor = actor_of(Account.objects.of("NA-2"))
for number in range(100_000):
    name = (PersonName(text=f"Somebody {number}"),)
    print(perform(actor, meet_person, country="NA", name=name), flush=True)
"""
READABLE = """
import sys, json
import django; django.setup()
from libertad.access.models import Account
from libertad.access.queries import actor_of, open_row, readable
from libertad.commands import unlocking
from libertad.people.models import Person
unlocking.open_rings()
actor = actor_of(Account.objects.of("NA-2"))
for person in json.load(open(sys.argv[1])):
    row = readable(actor, Person, [person]).first()
    if row is not None and open_row(actor, row).get("name"):
        print(person)
"""
OPEN = """
import django; django.setup()
from libertad.access.acting import perform
from libertad.access.models import Account
from libertad.access.queries import actor_of
from libertad.commands import unlocking
from libertad.journal.node import close_node
from libertad.operations.actions.open_operation import open_operation
unlocking.open_rings()
perform(actor_of(Account.objects.of("NA-1")), open_operation, name="Operation Quiver",
    first_day="2018-04-03", last_day="2018-04-09", zone="Africa/Windhoek", country=["NA", "ZM"],
    authority_name="Centre", authority_country="NA", officer_name="B. Nangolo", officer_rank="",
    officer_service_number="NA-1")
close_node()
"""


@dataclass
class Seat(Sitting):
    """A machine with a PostgreSQL of its own, or none; `data`: where it lies, `primary`: whom it follows."""

    server: int = 0
    programs: Path | None = None
    primary: int = 0

    @property
    def environment(self) -> dict[str, str]:
        variables = super().environment
        if self.programs is not None:
            variables |= {"PATH": f"{self.programs}:{variables['PATH']}", "PGPORT": str(self.server)}
        if AS_NOBODY and self.database is not None:
            variables["PGPASSFILE"] = str(self.passwords)
        return variables

    @property
    def passwords(self) -> Path:
        assert self.database is not None
        return self.database.parent / "passwords"

    def substitute(self, script: str) -> str:
        """PostgreSQL's own programs run as another user where root plays everybody."""
        script = script.replace("$PROGRAMS/", " ".join([*AS_NOBODY, f"{self.programs}/"]))
        script = script.replace("PRIMARY:5432", f"127.0.0.1:{self.primary}").replace(
            "host=PRIMARY port=5432", f"host=127.0.0.1 port={self.primary}"
        )
        return super().substitute(
            script.replace("=PRIMARY", "=127.0.0.1").replace("STANDBY/32", "127.0.0.1/32")
        )

    def frame(self, name: str, **values: str) -> str:
        return self.type(FRAMES[name], **values)

    def script(self, text: str, *arguments: str) -> list[str]:
        """Words of a program on this node, beside the one that serves."""
        (self.folder / "script.py").write_text(text)
        command = f"PYTHONPATH={ROOT} {sys.executable} {self.folder}/script.py {' '.join(arguments)}"
        return self.type(command).split()

    def sql(self, query: str) -> list[Any]:
        where = f"postgresql://libertad@/postgres?host={self.database}&port={self.server}"
        with psycopg.connect(where, autocommit=True) as connection:
            return connection.execute(query).fetchall()

    def hand_over(self) -> None:
        """The password that root wrote into its own folder, to the user that PostgreSQL runs as."""
        if AS_NOBODY:
            shutil.copy(self.folder / ".pgpass", self.passwords)
            postgres.own(self.passwords, pwd.getpwnam("nobody"))

    def kill(self) -> None:
        """kill -9 of the node, and of the whole of its PostgreSQL."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
        if self.database is not None and (self.database / "postmaster.pid").exists():
            pid = int((self.database / "postmaster.pid").read_text().split()[0])
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            for process_id in (pid, *map(int, children)):
                with suppress(ProcessLookupError):
                    os.kill(process_id, signal.SIGKILL)
            eventually(lambda: not Path(f"/proc/{pid}").exists(), "the end of PostgreSQL")


def deployed(name: str) -> list[str]:
    """Frames of docs/deployment.md."""
    return re.findall(rf"^```sh {name}\n(.*?)^```$", DEPLOYMENT, re.M | re.S)


@pytest.fixture
def three(tmp_path: Path) -> Iterator[tuple[Seat, Seat, Seat]]:
    """The machine, its standby, and a peer on SQLite; all with certificates and settings."""
    certificates(tmp_path / "tls")
    seats = []
    store = Path(tempfile.mkdtemp(prefix="libertad-pg-", dir="/tmp"))
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    programs = postgres.programs(store, user is not None)
    for name in ("first", "standby", "peer"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "app").symlink_to(ROOT)
        server, port = free_ports(2)
        seat = Seat(folder, tmp_path / "tls", port=port, server=server, programs=programs)
        shutil.copytree(tmp_path / "tls", folder / "tls")
        if name != "peer":
            (store / name).mkdir()
            seat.database = store / name / "pgdata"
        seats.append(seat)
    if user is not None:
        postgres.own(store, user)
    first, standby, peer = seats
    standby.primary, first.primary = first.server, standby.server
    with tempfile.TemporaryDirectory(dir=OTHER_DISK) as safe, machines(*seats):
        for seat in (first, standby):
            seat.media = {"/media/standby": str(store / "media"), "/media/safe": safe}
            seat.type(deployed("each")[2])
        peer.type(deployed("each")[2])
        try:
            yield first, standby, peer
        finally:
            for seat in (first, standby):
                seat.kill()
            shutil.rmtree(store, ignore_errors=True)


def database(seat: Seat) -> None:
    """Step 5 of running it for real; one machine plays two here, so only the page's own line lets one in."""
    (script,) = deployed("postgres-from-pypi")
    lines = [line for line in script.splitlines(keepends=True) if not line.startswith("PROGRAMS=")]
    seat.type("cd /tmp\n" + "".join(lines).replace("-A peer", "-A trust"))
    assert seat.database is not None
    rules = seat.database / "pg_hba.conf"
    retained = [line for line in rules.read_text().splitlines() if not line.startswith("host")]
    rules.write_text("\n".join(retained) + "\n")


def founded(first: Seat, peer: Seat) -> None:
    """A centre on PostgreSQL, its officers and its operation; police of Zambia at the peer."""
    first.type(
        "libertad found --name Centre --kind centre --country NA --zone Africa/Windhoek --administrator "
        '"A. Shikongo" --number NA-ADM\n'
        'libertad user add "B. Nangolo" --number NA-1 --role coordinator --as NA-ADM\n'
        'libertad user add "C. Uirab" --number NA-2 --role officer --as NA-ADM\n'
        'libertad user add "D. Isaak" --number NA-3 --role national-lead --as NA-ADM\n'
    )
    first.script(OPEN)
    first.start()
    first.type(
        'libertad exchange invite "Police of Zambia" --kind police --country ZM --address https://HOST '
        "--file zambia.invitation --as NA-1"
    )
    (first.folder / "zambia.invitation").rename(peer.folder / "zambia.invitation")
    code_in(
        peer.type(
            'libertad exchange join zambia.invitation --administrator "E. Banda" --number ZM-ADM '
            "--address https://HOST"
        )
    )
    peer.start()
    eventually(lambda: peers_of(peer)[0]["taken"] > 5, "the operation at the peer")
    peer.type('libertad user add "F. Phiri" --number ZM-1 --role national-lead --as ZM-ADM')


def peers_of(seat: Seat) -> list[dict[str, Any]]:
    peers: list[dict[str, Any]] = json.loads(seat.type("libertad exchange peers --json"))
    return peers


def leads(seat: Seat) -> set[str]:
    """Leads that a node has, as its own program reads them."""
    text = (
        "import django; django.setup()\nfrom libertad.operations.models import Lead\n"
        "print(*Lead.objects.values_list('id', flat=True))\n"
    )
    return set(seat.script(text))


def lead(seat: Seat, number: str, country: str) -> str:
    (lead_id,) = seat.script(LEADS.replace('country="GY"', f'country="{country}"'), number, "1", "10")
    return lead_id


def work_until_killed(first: Seat, count: int) -> list[str]:
    """People recorded at the first machine until it is killed, hard; those that were acknowledged."""
    (first.folder / "people.py").write_text(PEOPLE)
    command = first.substitute(SIT + f"PYTHONPATH={ROOT} exec {sys.executable} {first.folder}/people.py")
    process = subprocess.Popen(
        ["bash", "-euc", command],
        env=first.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stderr is not None
    met = []
    for _ in range(count):
        line = process.stdout.readline()
        assert line, process.stderr.read()
        met.append(line.strip())
    first.kill()
    process.kill()
    met += [line.strip() for line in process.stdout if line.endswith("\n")]
    process.wait()
    return met


def test_the_standby_takes_over_what_was_acknowledged_and_the_old_machine_ends(
    three: tuple[Seat, Seat, Seat],
) -> None:
    first, standby, peer = three
    database(first)
    founded(first, peer)
    # Prepare.
    first.frame("primary")
    shutil.copy(first.folder / "standby.secret", standby.folder)
    first.stop()
    first.type("cd /tmp\n" + FRAMES["primary-listens"])
    first.start()
    standby.frame("standby")
    standby.hand_over()
    standby.type("cd /tmp\n" + FRAMES["standby-follows"])
    first.frame("primary-waits")
    eventually(
        lambda: "streaming | sync" in " ".join(first.frame("primary-watch").split()), "a standby in sync"
    )
    first.frame("primary-copy")
    shutil.copy(first.folder / "environment", standby.folder)
    # The machine is lost, as people are being recorded.
    met = work_until_killed(first, 25)
    # Take over.
    settings = (first.folder / "environment").read_text()
    (standby.folder / "environment").write_text(
        settings.replace(str(first.folder), str(standby.folder)).replace(
            str(first.database), str(standby.database)
        )
    )
    assert standby.database is not None
    restore = FRAMES["standby-takes-over"].splitlines()[-1]
    assert "promote it first" in standby.type(f"({restore} || true) 2>&1")
    output = standby.type("cd /tmp\n" + FRAMES["standby-takes-over"])
    assert "Everything in it was verified" in output
    (standby.folder / "met.json").write_text(json.dumps(met))
    assert set(standby.script(READABLE, str(standby.folder / "met.json"))) == set(met) and len(met) >= 25
    # Its name leads to it now: the proxy of the first hands on to it.
    assert first.proxy is not None
    first.proxy.inner = standby.port
    standby.start()
    standby.type(FRAMES["standby-enrols"].replace("https://HOST", first.address), ADMINISTRATOR="NA-ADM")
    # Exchange goes on, both ways.
    lead_id = lead(peer, "ZM-1", "ZM")
    eventually(lambda: lead_id in leads(standby), "what the peer says, at the standby")
    shared = lead(standby, "NA-3", "NA")
    assert shared in leads(standby)
    eventually(lambda: "1 peers, 0 failing" in peer.type("libertad exchange status || true"), "no trouble")
    old_machine_comes_back(first, peer)
    give_back(first, standby)


def starts_again(first: Seat) -> None:
    """PostgreSQL after a kill -9; its log is told where it does not."""
    assert first.database is not None
    try:
        first.type("cd /tmp\n" + FRAMES["primary-listens"].splitlines()[1])
    except AssertionError as why:
        raise AssertionError((first.database / "log").read_text()[-2000:]) from why


def old_machine_comes_back(first: Seat, peer: Seat) -> None:
    """Its database waits; where somebody switches that off, a peer tells the node whose place it lost."""
    starts_again(first)
    before = first.sql("select count(*) from pg_stat_replication")
    assert before == [(0,)]
    first.frame("primary-alone")
    first.proxy, proxy = None, first.proxy
    first.start()
    log = first.folder / "run.log"
    eventually(lambda: "another node takes its place" in log.read_text(), "the word of a peer")
    first.kill()
    starts_again(first)
    done = subprocess.run(first.command(), env=first.environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1 and "another node takes its place" in done.stderr + done.stdout
    findings = json.loads(first.type("libertad doctor --json || true"))
    assert any("another node takes its place" in finding["what"] for finding in findings)
    first.proxy = proxy


def give_back(first: Seat, standby: Seat) -> None:
    """The old machine follows the new one."""
    first.kill()
    first.frame("old-machine")
    standby.frame("primary")
    shutil.copy(standby.folder / "standby.secret", first.folder)
    standby.stop()
    standby.type("cd /tmp\n" + FRAMES["primary-listens"])
    first.frame("standby")
    first.hand_over()
    first.type("cd /tmp\n" + FRAMES["standby-follows"])
    standby.frame("primary-waits")
    eventually(
        lambda: "streaming | sync" in " ".join(standby.frame("primary-watch").split()), "the old one in sync"
    )


def test_every_frame_of_the_page_is_typed() -> None:
    text = Path(__file__).read_text("utf-8")
    assert {name for name in FRAMES if f'"{name}"' not in text} == set()
    assert len(re.findall(r"^```sh", PAGE, re.M)) == len(FRAMES)
