"""Moving a store between SQLite and PostgreSQL, by the real command: all of it arrives, or nothing counts."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import uuid
from pathlib import Path

import psycopg
import pytest

from tests.support import warm

ROOT = Path(__file__).parents[2]
SETTINGS = "libertad.web.settings.test"
pytestmark = pytest.mark.sqlite_only  # both databases in each run of it

MAKE = """
import django; django.setup()
from pathlib import Path
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
call_command("migrate", verbosity=0)
from allauth.mfa.models import Authenticator
from libertad.access.actions.erase_person import erase_person
from libertad.access.models import Account, ApiKey, Enrolment, Session
from libertad.exchange.authorization import reauthorization
from libertad.journal.models import Entry, Held
from libertad.journal.node import close_node, node
from tests.support.populated import populate
from tests.support.sealed import believe_all
from tests.support.world import build
world = build(Path(settings.LIBERTAD_HOME))
made = populate(world)
Held.objects.all().delete()  # shown in the quarantine, and folded all the same: now one as it would be
believe_all()  # taken away past the node, whose seals would tell of it
held = Entry.objects.latest("idx").idx
node().writer.submit(lambda tx: reauthorization.hold(tx, held, tx.entry(held), ("unauthorised", "as a test")))
world.perform("national-lead", erase_person, person=made.ids["person"], reason="order 7", source="decision")
for account in Account.objects.all():
    Enrolment.objects.create(account=account, code="c" * 64, expires=timezone.now())
    ApiKey.objects.create(
        id=f"{account.pk:016}", digest=f"{account.pk:064}", account=account, expires=timezone.now(),
        window=timezone.now())
    Authenticator.objects.create(user=account, type="totp", data={"secret": f"sealed {account.pk}"})
    Account.objects.filter(pk=account.pk).update(last_login=timezone.now())
for n in range(40):
    Session.objects.create(
        session_key=f"{n:040}", session_data="x" * n, expire_date=timezone.now(), account=n)
close_node()
"""
# Kills itself outright at a stage: no handler, no `finally`, as if the power went.
KILLED = """
import os, signal, sys, django; django.setup()
from libertad.journal import move, moving
stage, after = sys.argv[1], int(sys.argv[2])
calls = 0
def die(real):
    def counted(*args, **kw):
        global calls
        calls += 1
        if calls > after:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kw)
    return counted
if stage == "migrating":
    move.call_command = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
elif stage == "copying":
    moving.prepared = die(moving.prepared)
else:
    move._verified = die(move._verified)
move.BATCH = 7
from libertad.cli import app
app(["journal", "move", "--to", sys.argv[3]])
"""
APPEND = """
import django; django.setup()
from libertad.journal.node import node
node().writer.submit(lambda tx: None)
"""
SPOILT = """
import django; django.setup()
import sys
from libertad.journal import move, moving
table, column, checked = sys.argv[1], sys.argv[2], sys.argv[3] == "compared"
real, spoilt = moving.prepared, []
def prepared(model, rows, connection):
    found = real(model, rows, connection)
    if model._meta.db_table == table and not spoilt:
        names = [f.column for f in model._meta.concrete_fields]
        at = names.index(column)
        row = list(found[-1])
        row[at] = "x" if isinstance(row[at], str) else bytes(32)
        found[-1] = tuple(row)
        spoilt.append(1)
    return found
moving.prepared = prepared
if not checked:
    move._compare = lambda copied, progress: None
from libertad.cli import app
app(["journal", "move", "--to", sys.argv[4]])
"""


class Store:
    """A node's home with its database, and the command line on it."""

    def __init__(self, home, url=""):
        self.home = home
        self.source = f"sqlite:///{home / 'libertad.sqlite3'}"
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("LIBERTAD_", "DJANGO_"))
        } | {
            "LIBERTAD_HOME": str(home),
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "COLUMNS": "500",
        }
        if url:
            self.environment["LIBERTAD_DATABASE_URL"] = url

    def on(self, url):
        """The same node with the variable set."""
        return Store(self.home, url)

    def python(self, script, *arguments):
        return self.run("-c", script, *arguments)

    def run(self, *arguments):
        return warm.run([sys.executable, *arguments], cwd=ROOT, env=self.environment, timeout=300)

    def move(self, url, *rest):
        return self.run("-m", "libertad.cli", "journal", "move", "--to", url, *rest)

    def verified(self):
        done = self.run("-m", "libertad.cli", "journal", "verify", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        outcome = json.loads(done.stdout)
        return outcome["size"], outcome["root"], outcome["rows"], outcome["erased"]

    def refuses(self, url, words, *rest):
        done = self.move(url, *rest)
        assert done.returncode == 1 and words in done.stderr, done.stderr + done.stdout
        assert "Traceback" not in done.stderr
        return done.stderr


@pytest.fixture(scope="module")
def template_home(tmp_path_factory):
    home = tmp_path_factory.mktemp("moving") / "node"
    done = Store(home).python(MAKE)
    assert done.returncode == 0, done.stderr[-3000:]
    return home


@pytest.fixture
def store(template_home, tmp_path):
    shutil.copytree(template_home, tmp_path / "node")
    return Store(tmp_path / "node")


@pytest.fixture
def postgres(postgres_url):
    name = f"move_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_url, autocommit=True) as maintenance:
        maintenance.execute(f"create database {name}")
        yield postgres_url.replace("/postgres?", f"/{name}?")
        maintenance.execute(f"drop database {name} with (force)")


def dumped(home):
    """All that stands in the source, as SQL."""
    with sqlite3.connect(home / "libertad.sqlite3") as file:
        return hashlib.sha256("\n".join(file.iterdump()).encode()).hexdigest()


def rows(url, query):
    """Read past everything of ours."""
    if url.startswith("sqlite:///"):
        with sqlite3.connect(url.removeprefix("sqlite://")) as file:
            return sorted(file.execute(query).fetchall())
    with psycopg.connect(url) as database:
        return sorted(database.execute(query).fetchall())


def tables(url):
    names = "select tablename from pg_tables where schemaname = 'public'"
    names_found = rows(url, "select name from sqlite_master" if url.startswith("sqlite") else names)
    return {name for (name,) in names_found}


ENTRIES = "select idx, hash, header, signature, body from journal_entry"
SAME = (
    ENTRIES,
    "select key, entry from journal_touch",
    "select id, password, service_number, officer from access_account",
    "select user_id, type, cast(data as text) from mfa_authenticator",
    "select account_id, code from access_enrolment",
    "select id, digest, account_id, role from access_api_key",
    "select session_key, session_data, account from access_session",
    "select series, last from access_number",
    "select id, sealed, reference from people_person",
)
NEW_ACCOUNT = """
import django; django.setup()
from libertad.access.models import Account
before = set(Account.objects.values_list("pk", flat=True))
made = Account.objects.create_user("NEW-1", "correct horse battery", "f" * 32)
assert made.pk > max(before), (made.pk, max(before))
"""


def test_to_postgresql_and_back_everything_arrives_and_the_source_stays(store, postgres, tmp_path):
    verified = store.verified()
    assert verified[3] > 0, "no erased body in it"
    before = dumped(store.home)
    done = store.move(postgres)
    assert done.returncode == 0, done.stderr
    assert f"LIBERTAD_DATABASE_URL='{postgres}'" in done.stdout and "destroy the source" in done.stdout
    assert dumped(store.home) == before
    moved = store.on(postgres)
    assert moved.verified() == verified
    for query in SAME:
        expected = rows(store.source, query)
        assert expected and rows(postgres, query) == expected, query
    done = moved.python(NEW_ACCOUNT)
    assert done.returncode == 0, done.stderr
    back = f"sqlite:///{tmp_path / 'back.sqlite3'}"
    done = moved.move(back)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "back.sqlite3").stat().st_mode & 0o777 == 0o600
    here = store.on(back)
    assert here.verified() == verified
    for query in SAME:
        assert rows(back, query) == rows(postgres, query), query
    with sqlite3.connect(tmp_path / "back.sqlite3") as file:
        assert file.execute("pragma integrity_check").fetchone() == ("ok",)
        assert file.execute("pragma foreign_key_check").fetchall() == []
        assert (
            file.execute("select sql from sqlite_master where name = 'journal_touch'")
            .fetchone()[0]
            .endswith("without rowid")
        )


def test_a_target_that_holds_anything_is_refused(store, postgres, tmp_path):
    store.refuses(store.source, "already holds a journal of")
    with psycopg.connect(postgres) as database:
        database.execute("create table somebodys (a int)")
    store.refuses(postgres, "already holds 1 tables")
    store.refuses(postgres, "already holds 1 tables", "--again")
    file = sqlite3.connect(tmp_path / "other.sqlite3")
    file.execute("create table somebodys (a int)")
    file.close()
    store.refuses(f"sqlite:///{tmp_path / 'other.sqlite3'}", "give the URL of an empty database", "--again")
    assert rows(postgres, "select * from somebodys") == []


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://u:secretword@127.0.0.1:1/x", "cannot be reached"),
        ("postgresql://u:secretword@/x?host=/nowhere", "cannot be reached"),
        ("postgresql://u:secretword@/x?nonsense=1", "cannot be read as a URL"),
        ("mysql://u:secretword@host/x", "is no URL of a database"),
        ("secretword", "is no URL of a database"),
        ("sqlite://secretword", "names no file"),
        ("sqlite:////nowhere/at/all.sqlite3", "is no folder"),
    ],
)
def test_a_wrong_url_says_what_to_give_and_never_its_password(store, url, words):
    assert "secretword" not in store.refuses(url, words)


def test_no_password_is_shown():
    from libertad.commands.moving import without_password

    for url in ("postgresql://u:secret@h:5/d?sslmode=require", "postgresql://u@h/d?password=secret&a=b"):
        assert "secret" not in without_password(url)
    assert without_password("postgresql://u@h/d?host=/run") == "postgresql://u@h/d?host=/run"
    assert without_password("sqlite:////a/b.sqlite3") == "sqlite:////a/b.sqlite3"


OPEN = """
import django, sys; django.setup()
from contextlib import nullcontext
from libertad.journal.node import node
here = node()
with here.presence.alone() if sys.argv[1] == "alone" else nullcontext():
    print("open", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holding(store):
    """Start a process that has the node open, or is alone with it."""
    started = []

    def start(method):
        process = subprocess.Popen(
            [sys.executable, "-c", OPEN, method],
            cwd=ROOT,
            env=store.environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        started.append(process)
        assert process.stdout.readline() == "open\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def test_a_running_node_is_not_moved_and_one_that_was_killed_is(store, holding, tmp_path):
    process = holding("open")
    url = f"sqlite:///{tmp_path / 'to.sqlite3'}"
    store.refuses(url, "is running, or another command works on it: stop it")
    assert not (tmp_path / "to.sqlite3").exists()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert store.move(url).returncode == 0


def test_nobody_opens_a_node_that_is_being_moved(store, holding):
    holding("alone")
    done = store.run("-m", "libertad.cli", "journal", "stats")
    assert done.returncode == 1 and "is being moved" in done.stderr


def test_another_program_in_the_middle_of_writing_is_waited_for_no_longer_than_told(store, tmp_path):
    writer = sqlite3.connect(store.home / "libertad.sqlite3", isolation_level=None)
    writer.execute("begin immediate")
    store.refuses(f"sqlite:///{tmp_path / 'to.sqlite3'}", "another program writes")
    writer.close()


def test_a_source_behind_its_mark_or_locked_is_not_moved(store, tmp_path):
    url = f"sqlite:///{tmp_path / 'to.sqlite3'}"
    mark = store.home / "mark"
    mark_text = mark.read_text()
    mark.write_text(json.dumps(json.loads(mark_text) | {"size": 10**6}).ljust(120))
    store.refuses(url, "it is an older copy")
    mark.write_text(mark_text)
    part = next((store.home / "keys").glob("*.part"))
    part.rename(tmp_path / "part")
    store.refuses(url, "needs every ring of this node unlocked")
    assert not (tmp_path / "to.sqlite3").exists()


@pytest.mark.parametrize(
    ("kind", "stage", "after"),
    [
        ("postgres", "migrating", 0),
        ("postgres", "copying", 20),
        ("postgres", "verifying", 0),
        ("sqlite", "copying", 3),
        ("sqlite", "verifying", 0),
    ],
)
def test_killed_halfway_the_source_is_whole_and_the_target_is_known_as_unfinished(
    store, postgres, tmp_path, kind, stage, after
):
    url = postgres if kind == "postgres" else f"sqlite:///{tmp_path / 'to.sqlite3'}"
    before = dumped(store.home)
    done = store.python(KILLED, stage, str(after), url)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert dumped(store.home) == before
    for command in (["-m", "libertad.cli", "run", "--port", "18999"], ["-c", APPEND]):
        started = store.on(url).run(*command)
        assert started.returncode == 1 and "a move into this database was cut off" in started.stderr
    store.refuses(url, "--again empties it and starts over")
    done = store.move(url, "--again")
    assert done.returncode == 0, done.stderr
    assert rows(url, ENTRIES) == rows(store.source, ENTRIES)
    assert "journal_move" not in tables(url)


def test_another_nodes_unfinished_target_is_not_emptied(store, postgres):
    assert store.python(KILLED, "copying", "5", postgres).returncode == -signal.SIGKILL
    (store.home / "keys" / "node.key").write_bytes(bytes(32))
    origins = rows(postgres, "select origin from journal_move")
    store.refuses(postgres, "another node's move", "--again")
    assert origins and rows(postgres, "select origin from journal_move") == origins


def test_an_unfinished_target_with_a_strangers_table_is_not_emptied(store, postgres):
    assert store.python(KILLED, "copying", "5", postgres).returncode == -signal.SIGKILL
    with psycopg.connect(postgres) as database:
        database.execute("create table somebodys (a int)")
    store.refuses(postgres, "also holds tables that are not ours (somebodys)", "--again")


@pytest.mark.parametrize(
    ("table", "column", "by", "words"),
    [
        ("access_session", "session_data", "compared", "the rows of access_session"),
        ("mfa_authenticator", "type", "compared", "the rows of mfa_authenticator"),
        ("journal_entry", "signature", "verified", "does not verify"),
        ("journal_head", "frontier", "verified", "the move was cut off|does not verify"),
        ("operations_lead", "reference", "verified", "does not verify"),
        ("journal_touch", "key", "verified", "does not verify"),
    ],
)
def test_what_arrives_spoilt_is_found_in_the_target(store, tmp_path, table, column, by, words):
    """Planted: one value changes on the way. `verified` leaves the comparison out, to show that both look."""
    url = f"sqlite:///{tmp_path / 'to.sqlite3'}"
    done = store.python(SPOILT, table, column, by, url)
    assert done.returncode == 1 and any(w in done.stderr for w in words.split("|")), done.stderr
    assert "Traceback" not in done.stderr
    store.refuses(url, "--again empties it")


MEMORY = """
import django; django.setup()
import tracemalloc
from libertad.access.models import Session
from django.utils import timezone
from libertad.journal import moving
def peak(of):
    Session.objects.all().delete()
    for start in range(0, of, 500):
        Session.objects.bulk_create(Session(session_key=f"{n:040}", session_data=f"{n}" + "x" * 2000,
            expire_date=timezone.now()) for n in range(start, start + 500))
    tracemalloc.start()
    count = digest = 0
    for rows in moving.batches(Session, "default", 500):
        count += len(rows)
        digest = moving.added(digest, rows)
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == of
    return found
peak(1000)
print(peak(2000), peak(20000))
"""


def test_memory_does_not_grow_with_what_is_moved(store):
    done = store.python(MEMORY)
    assert done.returncode == 0, done.stderr
    small, large = map(int, done.stdout.split())
    assert large < small * 1.5


def test_tables_come_after_those_they_refer_to_and_the_head_comes_last():
    from libertad.journal import moving

    models = moving.tables()
    assert models[-1]._meta.db_table == "journal_head"
    for place, model in enumerate(models):
        assert not {m for m in moving._refers(model) if m is not model} & set(models[place:])


def test_batches_of_every_size_give_every_row_once(world):
    from libertad.journal import moving
    from libertad.journal.models import Entry, Touch

    for model in (Entry, Touch):
        whole = next(moving.batches(model, "default", 10**6))
        assert len(whole) == model.objects.count() > 20
        for size in (1, 7, len(whole)):
            assert [row for rows in moving.batches(model, "default", size) for row in rows] == whole
