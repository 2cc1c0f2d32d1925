"""Random changes of rows by a superuser of the database: nobody gains anything, and what decides is noticed.

`make soak` makes 1,000 (LIBERTAD_THIEF_CHANGES); `make test` and `make test-all` fewer, of the same seeds.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client

from libertad.access import accounts, keys
from libertad.access.actions.erase_person import erase_person
from libertad.access.models import Account, Session
from libertad.exchange.control import withheld_keys
from libertad.exchange.onboarding import invitations
from libertad.exchange.peering import peers
from libertad.hits.actions.read_hit import read_hit
from libertad.journal import guards, seals
from libertad.journal.guards import GUARDS
from libertad.journal.node import node
from libertad.journal.seals import RowChanged
from libertad.journal.verify import verify
from tests.access.signing import sign_in
from tests.support.populated import Populated
from tests.support.sealed import believe_all
from tests.support.thief import Change, Gains, Table, Thief, pages_of, read, shapes, write

PASSWORD = "correct horse battery"
FEW = 150
# What a page writes goes by these: the node would go on from a changed one. `verify` finds them.
TREE = frozenset({"journal_entry", "journal_head", "journal_tile"})
CREDENTIALS = frozenset(
    {
        "access_account",
        "access_officer",
        "access_session",
        "access_api_key",
        "access_programkey",
        "access_enrolment",
        "mfa_authenticator",
        "access_authority",
        "access_compartment",
    }
)


@dataclass
class Robbed:
    """A world, what it lets anybody do, and its rows from before some of that was taken from them."""

    gains: Gains
    before: dict[str, Table]
    base: set[tuple[str, ...]]


@pytest.fixture(scope="module")
def robbed(populated: Populated) -> Robbed:
    cache.clear()
    world = populated.world
    administrator = world.actor("administrator")
    appointment = accounts.appoint(
        administrator, name="C. T.", service_number="GY-7741", role="officer", rank=""
    )
    accounts.enrol("GY-7741", appointment.code, PASSWORD)
    leaver, signed_out = Client(), Client()
    sign_in(leaver, "GY-7741", PASSWORD)
    sign_in(signed_out, "N-caseworker", PASSWORD)
    key = keys.make(world.actor("officer"))
    before = {shape.name: read(shape) for shape in shapes()}
    cookies = [client.cookies["libertad"].value for client in (leaver, signed_out)]

    accounts.withdraw(administrator, appointment.officer, "left the force")
    signed_out.post("/sign-out/")
    keys.end(world.actor("officer"), key.id, "lost")
    account = Account.objects.get(officer=world.actor("second-caseworker").officer)
    account.set_password("another word of hers")
    account.save()
    TOTP.activate(Account.objects.get(officer=world.actor("prosecutor").officer), generate_totp_secret())
    peers.set_state(node(), peers.every(node().sql())[0].origin, peers.SUSPENDED)
    used = "b" * 32
    assert node().writer.submit(lambda tx: invitations.revoke(tx.sql, used, datetime.now(UTC)))
    gains = Gains(
        populated,
        {name: client_of(populated, name) for name in world.actors},
        pages_of(populated),
        refused=[("GY-7741", PASSWORD), ("N-second-caseworker", PASSWORD), ("N-prosecutor", PASSWORD)],
        cookies=cookies,
        secrets=[key.secret],
    )
    base = gains.all(sorted(gains.clients))
    kinds = {gain[0] for gain in base}
    assert kinds == {"page", "word", "act", "file", "kind", "device", "stands"} | (kinds & {"peer", "lives"})
    assert not node().seals.findings(node().sql())
    return Robbed(gains, before, base)


def client_of(populated: Populated, name: str) -> Client:
    client = populated.world.client(name)
    client.raise_request_exception = False
    return client


def decides(change: Change) -> bool:
    """Whether a change touches what is sealed of a guarded table."""
    guard = GUARDS.get(change.shape.name)
    if guard is None:
        return False
    places = [change.shape.columns.index(name) for name in guard.names]

    def sealed(rows: Table) -> set[bytes]:
        digests = set()
        for row in rows.values():
            values = [row[at] for at in places]
            if guard.table == "access_session" and values[1] is None:
                continue
            if guard.table == guards.TOUCH and str(values[0]).partition(":")[0] not in guards.MODELS:
                continue
            try:
                digests.add(guard.digest(b"x" * 32, values))
            except (TypeError, ValueError):  # no moment, no JSON: certainly not what was sealed
                digests.add(os.urandom(16))
        return digests

    return sealed(change.gone) != sealed(change.come)


def gained(robbed: Robbed, change: Change, rng: random.Random) -> set[tuple[str, ...]]:
    """What the change grants to anybody, beyond what was so before."""
    gains, name = robbed.gains, rng.choice(sorted(robbed.gains.clients))
    granted = {*gains.acted(), *gains.exchanged()}
    if change.shape.name not in TREE:
        granted |= set(gains.open_pages([name]))
        if change.shape.name in CREDENTIALS:
            cache.clear()
            granted |= set(gains.entered())
    return granted - robbed.base


def put_right(robbed: Robbed, change: Change) -> None:
    """The rows as they were; whoever was signed out by the change signs in again."""
    write(change.shape, change.come, change.gone)
    for name, client in robbed.gains.clients.items():
        if change.shape.name in CREDENTIALS and client.get("/").status_code != 200:
            robbed.gains.clients[name] = client_of(robbed.gains.made, name)
    node().writer.caches.clear()
    if change.shape.name == "access_session":  # ended by the node meanwhile, and now back
        Session.objects.filter(pk__in=[key[0] for key in change.gone]).delete()
        believe_all()
    left = node().seals.findings(node().sql())
    assert not left, f"after {change}: {left}"


def one_change(robbed: Robbed, seed: int, only: str = "") -> str | None:
    """Make one random change, look, put it right; returns its kind, None where the database refused it.

    `only`: of this table.
    """
    rng = random.Random(seed)
    thief = Thief(rng, robbed.before)
    thief.shapes = [shape for shape in thief.shapes if only in ("", shape.name)]
    change = thief.change()
    if change is None:
        return None
    try:
        write(change.shape, change.gone, change.come)
    except (DatabaseError, OverflowError, ValueError):
        return None
    try:
        granted = gained(robbed, change, rng)
        noticed = {notice.table for notice in node().seals.findings(node().sql())}
        if change.shape.name in TREE:
            noticed |= {"tree"} if not verify(node(), models=False).clean else set()
    finally:
        put_right(robbed, change)
    assert not granted, f"seed {seed}, {change} grants {sorted(granted)[:5]}"
    if decides(change):
        assert change.shape.name in noticed, f"seed {seed}, {change} is not noticed"
    return change.kind.partition(" ")[0]


def change_rows(robbed: Robbed, seeds: Iterator[int], number: int) -> set[str]:
    kinds, done = set(), 0
    for seed in seeds:
        if done == number:
            break
        kind = one_change(robbed, seed)
        if kind is not None:
            kinds.add(kind)
            done += 1
    return kinds


@pytest.mark.nightly
def test_no_random_change_of_rows_gives_anybody_anything(robbed: Robbed) -> None:
    kinds = change_rows(robbed, iter(range(10_000)), FEW)
    assert kinds == {"update", "delete", "copy", "swap", "old"}


def changed(robbed: Robbed, table: str, key: tuple[object, ...], **columns: object) -> Change:
    """A named change: these columns of one row; without columns the row goes."""
    shape = next(shape for shape in shapes() if shape.name == table)
    old = read(shape)[key]
    new = tuple(columns.get(name, value) for name, value in zip(shape.columns, old, strict=True))
    change = Change("named", shape, {key: old}, {key: new} if columns else {})
    write(shape, change.gone, change.come)
    node().writer.caches.clear()
    return change


def test_nobody_reads_an_own_proposal_by_the_word_of_the_database(robbed: Robbed) -> None:
    world, hit = robbed.gains.made.world, robbed.gains.made.ids["hit-waiting"]
    change = changed(robbed, "hits_hit", (hit,), proposed_by=world.actor("second-caseworker").officer)
    try:
        with pytest.raises(RowChanged):
            world.perform("caseworker", read_hit, hit=hit, agrees="yes", reasons="The same scar")
    finally:
        put_right(robbed, change)


@pytest.mark.parametrize("columns", [{}, {"active": False}])
def test_a_hold_that_the_database_lost_forbids_erasing_all_the_same(
    robbed: Robbed, columns: dict[str, object]
) -> None:
    world, ids = robbed.gains.made.world, robbed.gains.made.ids
    change = changed(robbed, "access_hold", (ids["hold"],), **columns)
    try:
        with pytest.raises(RowChanged):
            world.perform("caseworker", erase_person, person=ids["victim"], reason="asked for")
    finally:
        put_right(robbed, change)


def test_a_key_that_is_withheld_stays_so_without_its_row(robbed: Robbed) -> None:
    file = "c" * 32
    statement = "insert into exchange_withheld (compartment, number) values (?, 1)"
    node().writer.submit(lambda tx: tx.sql.run(statement, (file,)))
    change = changed(robbed, "exchange_withheld", (file,))
    assert withheld_keys.withheld(node(), node().sql(), [file]) == {file}
    put_right(robbed, change)
    node().writer.submit(lambda tx: tx.sql.run("delete from exchange_withheld"))


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("table", "taken"),
    [
        ("access_officer", "holds"),
        ("access_account", "holds"),
        ("mfa_authenticator", "complete"),
        ("exchange_peer", "holds"),
        ("journal_device", "wrong"),
    ],
)
def test_a_protection_that_is_gone_gives_somebody_something(
    robbed: Robbed, monkeypatch: pytest.MonkeyPatch, table: str, taken: str
) -> None:
    """The planted bug: a check of the seals answers that all is well, though the change is still noticed."""
    answers: dict[str, Any] = {
        "holds": lambda *_, **__: True,
        "complete": lambda *_: True,
        "wrong": lambda *_: set(),
    }
    monkeypatch.setattr(seals.Seals, taken, answers[taken])
    if taken == "holds":
        monkeypatch.setattr("libertad.journal.sealing_rows.Sealing.holds", lambda *_: True)
    with pytest.raises(AssertionError, match="grants"):
        for seed in range(400):
            one_change(robbed, seed, table)


@pytest.mark.soak
def test_nor_does_any_of_a_thousand(robbed: Robbed) -> None:
    number = int(os.environ.get("LIBERTAD_THIEF_CHANGES", "1000"))
    assert change_rows(robbed, iter(range(20_000, 200_000)), number)
