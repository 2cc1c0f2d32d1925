"""A phone whose app was taken out: what its key signs, by a node without checks that writes with that key."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from libertad.access.about_members import prove_enrolment
from libertad.access.acting import Act
from libertad.access.actions.enrol_device import enrol_device
from libertad.access.actor import Actor
from libertad.exchange.authorization import reauthorization
from libertad.exchange.authorization.entry_authorization import Judge
from libertad.exchange.control import key_wrap
from libertad.journal import header, ingest, sealing
from libertad.journal.checking import Foreign, check
from libertad.vocabulary.body import Verb, build
from libertad.vocabulary.field_verbs import FIELD
from libertad.vocabulary.verbs.access import DeviceEnrol
from libertad.vocabulary.verbs.operations import LeadReport
from tests.support.lawless import lawless
from tests.support.nodes import Party

LEAD = {
    "reference": "L-GY-K7-001",
    "country": "GY",
    "summary": "Lights at night",
    "source_grade": "2",
    "information_grade": "B",
    "handling": "P",
}
SAYS = ("lead.report", "visit.record", "person.meet", "compartment.open")


def lead_words(**changes: Any) -> LeadReport:
    return build(LeadReport, LEAD | changes)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """The phone's clock shows this."""
    with patch("libertad.journal.clock.now", lambda: moment):
        yield


class Phone:
    """An officer's phone of a party, of whose node it is a copy: it knows what that knew then."""

    def __init__(self, home: Party) -> None:
        self.party = home
        self.public, self.secret = self.key = header.keypair(os.urandom(32))
        self.device = header.device_id(self.public)
        home.node.rings.ring(home.authority).device = self.key

    @property
    def proof(self) -> str:
        return prove_enrolment(self.secret, self.party.authority, self.party.operation)

    def says(self, **changes: Any) -> dict[str, Any]:
        """What enrols it: for the officer, for an hour."""
        until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
        usual = {"kind": FIELD, "officer": self.party.officers["officer"], "until": until, "verb": SAYS}
        return usual | {"public": self.public.hex()} | changes

    def enrolled(self, owner: Party, **changes: Any) -> None:
        """Its authority's administrator enrols it."""
        owner.do("administrator", enrol_device, proof=self.proof, **self.says(**changes))

    def word(self, **changes: Any) -> DeviceEnrol:
        return build(DeviceEnrol, self.says(**changes))

    def say(
        self,
        what: Verb,
        place: str,
        *,
        subject: str = "",
        role: str = "officer",
        actor: Actor | None = None,
        **options: Any,
    ) -> str:
        """It signs an entry, whatever it is; returns the entry's hash."""
        who = actor or self.party.actor(role)

        def act(tx: Any) -> str:
            acting = Act(tx, who)
            return acting.say(place, what, subject=subject or acting.new_id(place), **options)

        with lawless():
            return self.party.node.writer.submit(act)

    def entries(self) -> list[Foreign]:
        """All that it signed, in the order of its logs."""
        rows = self.party.node.sql().all(
            "select header, signature, body from journal_entry where device = ? order by idx", (self.device,)
        )
        return [Foreign(bytes(exact), bytes(signature), bytes(body)) for exact, signature, body in rows]

    def give_key(self, to: Party, place: str) -> None:
        """The key of a file that it opened, as its wrap gives it to its authority."""
        rings, authority = self.party.node.rings, self.party.authority
        _, _, key = rings.newest[bytes.fromhex(place)]
        recipient = key_wrap.recipient_key(to.node.rings, authority)
        wrap = key_wrap.wrap(
            recipient.public,
            recipient.key_id,
            compartment=bytes.fromhex(place),
            kid=sealing.key_id(key),
            number=0,
            giver=authority,
            reader=authority,
            key=key,
        )
        assert key_wrap.take_keys(to.node.rings, [wrap])


def hand_over(to: Party, entries: Iterable[Foreign]) -> ingest.Ingested:
    """Check, judge, store and fold, as with all that another device wrote."""

    def job(tx: Any) -> ingest.Ingested:
        judge = Judge(tx)
        done = ingest.ingest(tx, check(list(entries), ingest.publics(tx)), judge)
        if judge.grounds:
            reauthorization.settle(tx, judge.accepted)
        return done

    return to.node.writer.submit(job)


def held(party: Party) -> dict[str, tuple[str, str]]:
    """Why entries are held, by hash."""
    rows = party.node.sql().all(
        "select e.hash, h.reason, h.detail from journal_held h join journal_entry e on e.idx = h.idx"
    )
    return {bytes(name).hex(): (reason, detail) for name, reason, detail in rows}


def here(party: Party, entry: str) -> bool:
    return (
        party.node.sql().first("select 1 from journal_entry where hash = ?", (bytes.fromhex(entry),))
        is not None
    )
