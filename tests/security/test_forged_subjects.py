"""Another authority says again what somebody began, in its own file or in the subject's: no row moves.

The forger's node checks nothing. What it signs is dated before everything, and after it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from libertad.access.acting import Act
from libertad.access.actor import Actor
from libertad.journal import folding, reading
from libertad.journal.folding import Said
from libertad.journal.node import node
from libertad.journal.rings import Rings
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction
from libertad.vocabulary.values import Happened
from tests.support.populated import Populated

# Read models that have one row a subject, and who forges: an authority that could hold such a file.
SUBJECTS = {
    "operations.Operation": "other-lead",
    "operations.Window": "other-lead",
    "operations.Lead": "other-lead",
    "operations.Site": "other-lead",
    "operations.Team": "other-lead",
    "operations.Visit": "other-lead",
    "operations.Check": "other-lead",
    "operations.SiteCount": "other-lead",
    "people.Person": "other-officer",
    "people.Property": "other-officer",
    "people.Detention": "other-lead",
    "people.Tally": "other-officer",
    "evidence.Exhibit": "other-officer",
    "evidence.ExhibitCount": "other-officer",
    "care.CareFile": "deciding-authority",
    "care.Consent": "deciding-authority",
    "care.Screening": "deciding-authority",
    "care.Identification": "prosecutor",
    "care.ReturnDecision": "prosecutor",
    "care.Referral": "deciding-authority",
    "care.Safety": "deciding-authority",
    "care.Disclosure": "deciding-authority",
    "hits.Question": "other-officer",
    "figures.Release": "other-lead",
}
# What only the authority that began a subject says of it, also in the subject's own file.
OWN = {
    "lead.report",
    "visit.record",
    "check.record",
    "site.count",
    "person.meet",
    "property.taken",
    "tally.person",
    "exhibit.seize",
    "exhibit.count",
    "care.person",
    "consent.record",
    "consent.withdraw",
    "screening.record",
    "referral.make",
    "referral.answer",
    "wish.record",
    "safety.plan",
    "release.propose",
    "release.withdraw",
    "hit.ask",
    "identification.decide",
    "return.decide",
    "disclosure.propose",
    "disclosure.read",
    "disclosure.send",
    "disclosure.end",
}
YEARS = (2001, 2030)


class _Undo(Exception):
    """Takes the forgeries back."""


@contextmanager
def lawless(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A node whose own check was taken out, and whose authorities were let into every file."""

    def key(self: Rings, authority: str, compartment: bytes) -> tuple[bytes, bytes]:
        sealing_key = self.sealing_key(compartment.hex())
        assert sealing_key is not None
        return sealing_key

    with monkeypatch.context() as patched:
        patched.setattr(Act, "_check", lambda *_: None)
        patched.setattr(Rings, "current", key)
        yield


def again(act: Act, entry: Said, place: str, year: int, *, nonce: bool) -> None:
    """Say an entry's content again as this actor; with its nonce, which whoever opened the entry knows."""
    if nonce and entry.body.nonce:
        act.tx.nonces[entry.subject] = entry.body.nonce
    at = Happened(at=dt.datetime(year, 1, 1, tzinfo=dt.UTC), zone="UTC")
    act.say(place, entry.content, subject=entry.subject, supersedes={}, happened=at)


def moved(
    populated: Populated, label: str, forge: Callable[[Transaction, Actor, dict[str, list[Said]]], None]
) -> list[str]:
    """The rows of a read model that differ after the forgeries, all of which are taken back."""
    here = node()
    actor = populated.world.actor(SUBJECTS[label])
    projection = folding.by_label()[label]
    before = reading.table(Sql(), projection)
    differences: list[str] = []

    def job(tx: Transaction) -> None:
        entries = [entry for _, entry in reading.open_entries(here, list(reading.stored(tx.sql)))]
        groups = {key: group for (name, key), group in folding.group(entries).items() if name == label}
        forge(tx, actor, groups)
        after = {key: row for key, row in reading.table(tx.sql, projection).items() if key in before}
        differences.extend(reading.differences({label: before}, {label: after}))
        raise _Undo

    with contextlib.suppress(_Undo):
        here.writer.submit(job)
    assert before, f"nothing of {label} is on file: the test says nothing"
    return differences


@pytest.mark.parametrize("label", SUBJECTS)
def test_what_another_file_says_of_a_subject_changes_no_row(
    populated: Populated, label: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forge(tx: Transaction, actor: Actor, groups: dict[str, list[Said]]) -> None:
        for entries in groups.values():
            kinds = {entry.compartment: Act(tx, actor).kind(entry.compartment) for entry in entries}
            for year in YEARS:
                for entry in entries:
                    if entry.authority == actor.authority:
                        continue
                    act = Act(tx, actor)
                    place = act.open(kinds[entry.compartment], entry.subject, ())
                    again(act, entry, place, year, nonce=year == YEARS[0])

    with lawless(monkeypatch):
        assert moved(populated, label, forge) == []


@pytest.mark.parametrize("label", SUBJECTS)
def test_what_only_its_own_authority_says_another_does_not_say_in_its_file_either(
    populated: Populated, label: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def forge(tx: Transaction, actor: Actor, groups: dict[str, list[Said]]) -> None:
        for entries in groups.values():
            for entry in entries:
                if entry.verb in OWN and entry.authority != actor.authority:
                    tried.append(entry.verb)
                    for year in YEARS:
                        again(Act(tx, actor), entry, entry.compartment, year, nonce=True)

    with lawless(monkeypatch):
        assert moved(populated, label, forge) == []
    expected = OWN & folding.by_label()[label].verbs
    assert bool(tried) == bool(expected), f"nothing was tried of {expected}"
