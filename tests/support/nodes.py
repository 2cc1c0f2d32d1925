"""Several nodes in one process, each with its own home, rings and database (`lone.py`); no global is used."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, TypeVar

from libertad.access.acting import Act, new_id
from libertad.access.actor import FOUNDERS, Actor
from libertad.access.founding import _first
from libertad.exchange.onboarding import admission
from libertad.exchange.onboarding.invitation import read
from libertad.exchange.receiving.receive_pipeline import Pulled
from libertad.exchange.sync.endpoint import JOIN, WELCOME, Exchange
from libertad.journal import ingest
from libertad.journal.node import Node
from libertad.journal.sql import Sql
from libertad.vocabulary.values import Happened
from tests.support import lone
from tests.support.lone import schema

T = TypeVar("T")
__all__ = ["LoneNode", "Party", "invited", "operation", "schema", "settle"]


class LoneNode(Node):
    """A node that knows its own database."""

    def __init__(self, home: Path, statements: Sequence[str] = ()) -> None:
        self.local = threading.local()
        self.sessions: list[Sql] = []
        super().__init__(home)
        if statements:
            lone.make(home, statements)

    def sql(self) -> Sql:
        session = getattr(self.local, "sql", None)
        if session is None or getattr(session.raw, "closed", False):
            session = self.local.sql = lone.open_sql(self.home)
            self.sessions.append(session)
        return session

    def close(self) -> None:
        super().close()
        if lone.POSTGRES:  # sessions are few
            while self.sessions:
                self.sessions.pop().close()


class Party:
    """An authority at its node, with officers, and its exchange."""

    def __init__(self, home: Path, statements: Sequence[str], name: str) -> None:
        self.name = name
        self.node = LoneNode(home, statements)
        self.exchange = Exchange(self.node)
        self.authority = ""
        self.operation = ""
        self.officers: dict[str, str] = {}
        self.roles: dict[str, str] = {}  # of officers who are called otherwise than by their role
        self.reachable = True

    def copy(self, home: Path) -> Party:
        """It as it stands, once its node is closed, in another home; its exchange remembers what it did."""
        lone.copy(self.node.home, home)
        party = Party(home, (), self.name)
        for name in ("authority", "operation", "officers", "roles"):
            setattr(party, name, deepcopy(getattr(self, name)))
        for name in ("memories", "seen", "served", "counters", "begun"):
            setattr(party.exchange, name, deepcopy(getattr(self.exchange, name)))
        return party

    def found_authority(self, authority: str, role: str = "administrator") -> str:
        """Ring, own file and first officer."""
        public = self.node.rings.create(authority, None, "")
        self.node.writer.submit(lambda tx: ingest.enrol(tx, public, authority))
        self.authority = authority
        officer = self.officers[role] = new_id()
        actor = Actor(officer, authority, role)
        FOUNDERS.add((authority, officer))
        try:
            self.node.writer.submit(
                lambda tx: _first(
                    Act(tx, actor), name=f"{self.name} first", rank="", service_number="1", what=None
                )
            )
        finally:
            FOUNDERS.discard((authority, officer))
        return officer

    def actor(self, role: str) -> Actor:
        return Actor(self.officers[role], self.authority, self.roles.get(role, role), self.operation)

    def do(self, role: str, action: Callable[..., T], /, **kwargs: Any) -> T:
        """Perform an action at this node."""
        happened: Happened | None = kwargs.pop("happened", None)
        supersedes = kwargs.pop("supersedes", None)
        actor = self.actor(role)
        return self.node.writer.submit(
            lambda tx: action(Act(tx, actor, happened, supersedes=supersedes), **kwargs)
        )

    def appoint(self, role: str) -> str:
        from libertad.access.actions.appoint_officer import appoint_officer

        self.officers[role] = self.do(
            "coordinator" if "coordinator" in self.officers else "administrator",
            appoint_officer,
            name=f"{self.name} {role}",
            service_number=f"{self.name}-{role}",
            role=role,
        )
        return self.officers[role]

    # -- talk ------------------------------------------------------------------------------

    def trip_to(
        self, other_party: Party, spoil: Callable[[Iterator[bytes]], Iterable[bytes]] | None = None
    ) -> Any:
        """A round trip without a network; `spoil` changes the parts on the way."""

        def go(message: bytes) -> Iterable[bytes]:
            if not other_party.reachable or not self.reachable:
                raise ConnectionError("the line is cut")
            answered = other_party.exchange.answer(message)
            return answered if spoil is None else spoil(answered)

        return go

    def pull(self, other_party: Party, **options: Any) -> Pulled:
        spoil = options.pop("spoil", None)
        return self.exchange.pull(other_party.node.key.origin, self.trip_to(other_party, spoil), **options)

    def close(self) -> None:
        self.node.close()
        lone.drop(self.node.home)

    def rows(self, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
        return sorted(self.node.sql().all(f"select {columns} from {table}"), key=repr)


def operation(first: Party) -> None:
    """Found the coordinating centre and open an operation there."""
    from libertad.operations.actions.open_operation import open_operation

    first.found_authority(new_id(), "coordinator")
    first.operation = first.do(
        "coordinator",
        open_operation,
        name="Operation Test",
        first_day="2018-04-03",
        last_day="2018-04-09",
        zone="America/Barbados",
        country=["BB", "GY"],
        authority_name="Centre",
        authority_country="BB",
        officer_name="Centre first",
        officer_service_number="1",
    )


def invited(
    first: Party, newcomer: Party, kind: str = "police", country: str = "GY", part: str = "member"
) -> None:
    """`newcomer` joins the operation of `first` by an invitation; its keys have not travelled yet."""
    from datetime import UTC, datetime

    from libertad.exchange.onboarding import invitations
    from libertad.exchange.onboarding.invitation import invite, write

    actor, here = first.actor("coordinator"), first.node
    subject = first.do(
        "coordinator",
        admission._invite,
        name=newcomer.name,
        kind=kind,
        country=country,
        zone="America/Guyana",
        address="",
        part=part,
    )
    moment = datetime.now(UTC)
    invitation = invite(
        operation=first.operation,
        inviter=first.authority,
        node=here.key,
        device=here.rings.device(first.authority),
        address="",
        name=newcomer.name,
        kind=kind,
        country=country,
        zone="America/Guyana",
        authority=subject,
        now=moment,
        part=part,
    )
    here.writer.submit(lambda tx: invitations.remember(tx.sql, invitation, moment, actor.officer))
    text = write(invitation, here.key, here.rings.device(first.authority))
    newcomer.found_authority(subject)
    newcomer.operation = first.operation
    answer = admission.answer(newcomer.node, read(text, moment), "")
    assert list(first.exchange.answer(JOIN + answer)) == [WELCOME]


def settle(parties: list[Party], rounds: int = 12) -> int:
    """Everybody pulls from everybody whom they ask until nothing is new; returns how many rounds it took."""
    from libertad.exchange.peering import peers
    from libertad.exchange.sync import silent_peers

    by_origin = {party.node.key.origin: party for party in parties}
    for count in range(rounds):
        news = 0
        for party in parties:
            for peer in peers.every(party.node.sql()):
                other_party = by_origin.get(peer.origin)
                if other_party is None or peer.state != "active":
                    continue
                if peer.origin in silent_peers.silent(party.exchange, party.node.sql()):
                    continue
                before = party.node.sql().first("select count(*) from exchange_want")
                done = party.pull(other_party)
                after = party.node.sql().first("select count(*) from exchange_want")
                news += done.parcels + (before != after) + done.taken.released
        if not news:
            return count
    return rounds
