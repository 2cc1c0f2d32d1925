"""Power cuts at any write, torn and reordered sectors, failing reads, writes and syncs: SQLite on a bad disk.

Real: the writer's thread, its transactions, folds and group commits, the mark, verify, SQLite with WAL and
the settings' own pragmas. Not real: SQLite is the build that apsw brings and not Python's (two libraries
share no VFS), so this shows what our use of SQLite relies on, in a release beside ours. Rings lie on the
machine's own disk. The seed decides everything, keys, nonces and the device's clock included: what fails once
fails again, write for write.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import random
import re
import shutil
import sqlite3
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.conf import settings

from libertad.access import lookup
from libertad.access.acting import Act
from libertad.journal import clock, reading, transaction, writer
from libertad.journal.node import BehindMark, Node, close_node
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction
from libertad.journal.verify import verify
from libertad.journal.writer import NotStored, Writer
from libertad.operations.actions.check_in import check_in
from libertad.operations.actions.report_lead import report_lead
from libertad.vocabulary.values import Refused
from tests.support.databases import emptied
from tests.support.faulty_vfs import Disk, Faults
from tests.support.played import home_of_its_own
from tests.support.world import build

pytestmark = [pytest.mark.sqlite_only, pytest.mark.django_db]

SEEDS = 200
SOAK = 2000
PLANTED = 24
GROUPS = (1, 1, 2, 5)
LEAD = {"country": "GY", "source_grade": "1", "information_grade": "B", "handling": "P"}
DATABASE = "node.sqlite3"
FAULTS = {
    "read": Faults(read=0.01),
    "full": Faults(full=0.02, short=0.02),
    "sync": Faults(sync=0.05),
    "forget": Faults(forget=0.05),
    "all": Faults(read=0.003, full=0.01, short=0.01, sync=0.05, forget=0.05),
}


class Broken(AssertionError):
    """A promise that did not hold."""


@contextlib.contextmanager
def seeded(seed):
    """Randomness and clock of the seed's own; every commit signs, as it would after a second."""
    rng, moments = random.Random(seed), itertools.count()
    began = datetime(2026, 1, 1, tzinfo=UTC)
    with (
        mock.patch("os.urandom", rng.randbytes),
        mock.patch("time.time_ns", lambda: 10**15 + next(moments) * 10**6),
        mock.patch.object(clock, "now", lambda: began + timedelta(milliseconds=next(moments))),
        mock.patch.object(lookup, "operation_now", lambda clock: began),
        mock.patch.object(transaction, "SIGN_EVERY", 0.0),
    ):
        yield


@dataclass
class Template:
    """A small operation in a home, its database as bytes, an officer who reports and a team."""

    home: object
    image: bytes
    actor: object
    team: str


@pytest.fixture(scope="module")
def template(django_db_setup, django_db_blocker, tmp_path_factory):
    from tests.operations.making import a_site, a_team

    home = tmp_path_factory.mktemp("faults") / "node"
    with seeded(0), django_db_blocker.unblock(), home_of_its_own(home):
        emptied()
        world = build(home)
        team = a_team(world, a_site(world))
        close_node()
        file, copy = Sql().first("pragma database_list")[2], home.parent / "copy.sqlite3"
        with (
            contextlib.closing(sqlite3.connect(file)) as old,
            contextlib.closing(sqlite3.connect(copy)) as new,
        ):
            old.backup(new)
            new.execute("vacuum")
        emptied()
    return Template(home, copy.read_bytes(), world.actors["officer"], team)


@dataclass
class History:
    """What was asked for, and what was answered."""

    sent: set[str] = field(default_factory=set)
    stored: set[str] = field(default_factory=set)
    refused: int = 0
    failed: int = 0
    marks: list[bytes] = field(default_factory=list)
    images: list[str] = field(default_factory=list)


class Life:
    """A node on a disk from one start to the cut after it."""

    def __init__(self, template, home, disk, history, seed, pragmas=None):
        self.template, self.home, self.disk, self.history = template, home, disk, history
        self.rng = random.Random(seed)
        self.pragmas = pragmas or settings.DATABASES["default"]["OPTIONS"]["init_command"]

    def run(self, groups):
        """Append in groups until the power goes; then cut it."""
        # Small, so that cuts fall into checkpoints as well; the product's 32 MB would never be reached here.
        pages = self.rng.choice((8, 40, 100_000))
        with (
            seeded(self.rng.randrange(2**32)),
            mock.patch.object(writer, "CHECKPOINT_PAGES", pages),
            self.disk.mounted(DATABASE, self.pragmas),
            contextlib.closing(Node(self.home)) as node,
            mock.patch.object(node, "write_mark", self._marking(node.write_mark)),
        ):
            for _ in range(groups):
                if self.disk.off:
                    break
                with contextlib.suppress(sqlite3.OperationalError):  # opening may meet a fault as well
                    self._group(node.writer)
            if self.rng.random() < 0.8:  # else it is stopped as it should be, and cut off after that
                return self.disk.cut()
        return self.disk.cut()

    def _marking(self, write):
        def marking(frontier):
            write(frontier)
            self.history.marks.append((self.home / "mark").read_bytes())

        return marking

    def _group(self, writer):
        """Some jobs in one commit; one alone by its caller's thread, as mostly, or by the writer's."""
        size = self.rng.choice(GROUPS)
        if size == 1 and self.rng.random() < 0.5:
            words, job = self._job()
            self._answered(words, lambda: writer.submit(job))
        else:
            self._hold_writer(writer, size)

    def _hold_writer(self, writer, size):
        """Jobs that wait while another holds the writer, and so come into one commit."""
        held, go, gate = threading.Event(), threading.Event(), Future()

        def hold(_tx):
            held.set()
            go.wait()

        writer.jobs.put((hold, gate))
        while not held.wait(0.001):
            if gate.done():
                return  # the disk refuses even to begin
        jobs = [self._job() for _ in range(size)]
        waiting = [(words, self._submit(writer, job)) for words, job in jobs]
        go.set()
        with contextlib.suppress(NotStored):
            gate.result(60)
        for words, done in waiting:
            self._answered(words, lambda done=done: done.result(60))

    def _answered(self, words, answer):
        try:
            answer()
        except Refused:
            self.history.refused += 1
        except NotStored:
            self.history.failed += 1
        else:
            self.history.stored.add(words)

    def _submit(self, writer, job):
        done = Future()
        writer.jobs.put((job, done))
        return done

    def _job(self):
        rng, actor, team = self.rng, self.template.actor, self.template.team
        words = f"{len(self.history.sent)} " + "x" * rng.choice((10, 10, 700, 9000))
        kind = rng.random()
        if kind < 0.1:
            return words, lambda tx: report_lead(Act(tx, actor), summary="", **LEAD | {"source_grade": "9"})
        self.history.sent.add(words)
        if kind < 0.4:
            return words, lambda tx: check_in(Act(tx, actor), team=team, state="on-site", note=words)
        return words, lambda tx: report_lead(Act(tx, actor), summary=words, **LEAD)


def check(home, disk, history, pragmas=None):
    """After the power came back: Broken with what does not hold."""
    try:
        _check(home, disk, history, pragmas or settings.DATABASES["default"]["OPTIONS"]["init_command"])
    except sqlite3.Error as why:
        raise Broken(f"the database cannot be read: {why}") from why


def _check(home, disk, history, pragmas):
    with disk.mounted(DATABASE, pragmas), contextlib.closing(Node(home)) as node:
        try:
            node.writer.submit(lambda tx: None)
        except (BehindMark, NotStored) as why:
            raise Broken(f"the node does not start: {why}") from why
        sql = Sql()
        if (sound := sql.first("pragma integrity_check")) != ("ok",):
            raise Broken(f"the database is not sound: {sound}")
        report = verify(node)
        if report.findings:
            raise Broken(f"verify finds {report.findings[0]}")
        contents, rows = [], 0
        for _, entry in reading.open_entries(node, reading.stored(sql)):
            if entry.verb in ("lead.report", "team.check_in"):
                contents.append(entry.content.summary if entry.verb == "lead.report" else entry.content.note)
        for table in ("operations_lead", "operations_checkin"):
            rows += sql.first(f"select count(*) from {table}")[0]
        if lost := history.stored - set(contents):
            raise Broken(f"acknowledged and lost: {len(lost)}")
        if len(contents) != len(set(contents)) or set(contents) - history.sent:
            raise Broken("stored twice, or never asked for")
        if rows != len(contents):
            raise Broken(f"{len(contents)} entries make {rows} rows")
        history.stored |= set(contents)  # seen once after a start: it has to stay as well


def live(template, folder, seed, *, pragmas=None, faults=None, lives=2, groups=12):
    """Lives of one node with a power cut after each; Broken at the first broken promise.

    Returns the history and the faults that happened.
    """
    rng = random.Random(seed)
    home, history, fault_kinds = folder / "home", History(), {}
    shutil.copytree(template.home, home)
    image = {DATABASE: template.image}
    try:
        for number in range(lives):
            disk = Disk(folder / f"disk{number}", image, rng.randrange(2**32), faults)
            if rng.random() < 0.9:
                disk.cut_at = rng.choice((rng.randint(1, 60), rng.randint(1, 400)))
            image = Life(template, home, disk, history, rng.randrange(2**32), pragmas).run(groups)
            fault_kinds |= disk.told
            if history.marks and rng.random() < 0.5:  # written and not synced: an older one may be there
                (home / "mark").write_bytes(rng.choice(history.marks[-5:]))
            history.marks.clear()
            # The WAL's bytes differ by its salts, which SQLite draws itself.
            sizes = sorted((name, len(data)) for name, data in image.items())
            history.images.append(f"{hashlib.sha256(image[DATABASE]).hexdigest()} {sizes}")
            check(home, Disk(folder / f"check{number}", image, 0), history, pragmas)
    finally:
        shutil.rmtree(folder)
    return history, fault_kinds


def failing(template, tmp_path, seeds=PLANTED, **options):
    """Of so many seeds, what each broken one broke."""
    broken = []
    for seed in range(seeds):
        try:
            live(template, tmp_path / str(seed), seed, lives=4, **options)
        except Broken as why:
            broken.append(str(why))
    print(f"{len(broken)} of {seeds} seeds:", *sorted(set(broken)), sep="\n  ")
    return broken


@pytest.mark.parametrize(
    "part", [0, *(pytest.param(part, marks=pytest.mark.nightly) for part in range(1, 4))]
)
def test_a_power_cut_at_any_write_loses_nothing_acknowledged(template, tmp_path, part):
    stored = failed = 0
    for seed in range(part * SEEDS // 4, (part + 1) * SEEDS // 4):
        history, _ = live(template, tmp_path / str(seed), seed)
        stored, failed = stored + len(history.stored), failed + history.failed
    assert stored > SEEDS and failed > SEEDS // 8  # else the cuts fell where nothing was going on


@pytest.mark.parametrize(
    "kind", ["all", *(pytest.param(kind, marks=pytest.mark.nightly) for kind in FAULTS if kind != "all")]
)
def test_errors_of_the_disk_are_refusals_and_a_cut_after_them_loses_nothing(template, tmp_path, kind):
    refused, fault_kinds = 0, set()
    for seed in range(16):
        history, kinds = live(template, tmp_path / str(seed), seed, faults=FAULTS[kind])
        refused, fault_kinds = refused + history.failed, fault_kinds | set(kinds)
    assert refused and fault_kinds == {k for k, chance in vars(FAULTS[kind]).items() if chance}


@pytest.mark.soak
@pytest.mark.parametrize("part", range(50))
def test_many_power_cuts_on_disks_with_errors(template, tmp_path, part):
    for seed in range(10_000 + part * SOAK // 50, 10_000 + (part + 1) * SOAK // 50):
        faults = random.Random(seed).choice([None, *FAULTS.values()])
        live(template, tmp_path / str(seed), seed, faults=faults, lives=4)


# NORMAL syncs at checkpoints, and so loses only what came after the last one.
@pytest.mark.parametrize(("level", "share"), [("OFF", 0.6), ("NORMAL", 0.2)])
def test_planted_a_commit_that_does_not_wait_for_the_disk_is_caught(template, tmp_path, level, share):
    pragmas = settings.DATABASES["default"]["OPTIONS"]["init_command"]
    weaker = re.sub("synchronous=FULL", f"synchronous={level}", pragmas)
    assert weaker != pragmas
    assert len(failing(template, tmp_path, pragmas=weaker)) > PLANTED * share


def test_planted_an_answer_before_the_commit_is_caught(template, tmp_path, monkeypatch):
    def run(self, sql, group, real=Writer._run):
        early = [(job, Future()) for job, _ in group]
        answers, answered_jobs = {id(job): done for job, done in group}, set()

        def answered(job):
            def then(tx):
                value = job(tx)
                answers[id(job)].set_result(value)
                answered_jobs.add(id(job))
                return value

            return then

        real(self, sql, [(answered(job), done) for job, done in early])
        for (_, done), (job, answer) in zip(early, group, strict=True):
            if id(job) not in answered_jobs:
                answer.set_exception(done.exception() or NotStored(str(job)))

    monkeypatch.setattr(Writer, "_run", run)
    broken = failing(template, tmp_path)
    assert len(broken) > PLANTED * 0.6 and any("acknowledged and lost" in why for why in broken)


def test_planted_a_mark_before_the_commit_is_caught(template, tmp_path, monkeypatch):
    real = Transaction.finish

    def finish(self):
        real(self)
        if self.frontier.size != self.start:
            self.node.write_mark(self.frontier)

    monkeypatch.setattr(Transaction, "finish", finish)
    broken = failing(template, tmp_path)
    assert len(broken) > PLANTED * 0.6 and all("older copy" in why for why in broken)


def test_planted_an_entry_committed_before_its_rows_is_caught(template, tmp_path, monkeypatch):
    real = Transaction.fold

    def fold(self, idx, entry):
        with contextlib.suppress(sqlite3.OperationalError):
            self.sql.commit()
            self.sql.begin()
        real(self, idx, entry)

    monkeypatch.setattr(Transaction, "fold", fold)
    monkeypatch.setattr(
        random.Random,
        "choice",
        lambda self, of, real=random.Random.choice: 1 if of == (1, 1, 2, 5) else real(self, of),
    )
    assert len(failing(template, tmp_path)) > PLANTED * 0.6


def test_a_seed_does_the_same_again(template, tmp_path):
    first, again = (
        [live(template, tmp_path / f"{n} {seed}", seed)[0] for seed in range(5)] for n in ("one", "two")
    )
    assert [run.images for run in first] == [run.images for run in again]
    assert [run.stored for run in first] == [run.stored for run in again]
    assert len({run.images[0] for run in first}) == 5
