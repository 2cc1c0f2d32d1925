"""An id proves who began it, in which file; whoever changes any part of that proves nothing."""

from __future__ import annotations

import os

import pytest

from libertad.journal import subjects
from libertad.journal.folding import Said, by_label
from libertad.journal.node import node
from libertad.journal.reading import open_entries, stored
from libertad.journal.sql import Sql
from libertad.operations.actions.report_lead import report_lead
from libertad.people.actions.meet_person import meet_person
from tests.support.world import World

OWN, PLACE = "a" * 32, "b" * 32


@pytest.mark.parametrize("place", ["", PLACE])
@pytest.mark.parametrize("prefix", [b"", bytes(range(6))])
def test_the_parts_of_an_id_give_it_and_no_others_do(place: str, prefix: bytes) -> None:
    nonce = os.urandom(subjects.NONCE)
    subject = subjects.derive(OWN, nonce, place, prefix)
    assert len(subject) == 32 and subject.startswith(prefix.hex())
    assert subjects.gives(subject, OWN, PLACE, nonce.hex())
    assert not subjects.gives(subject, "c" * 32, PLACE, nonce.hex())
    assert not subjects.gives(subject, OWN, PLACE, os.urandom(subjects.NONCE).hex())
    assert subjects.gives(subject, OWN, "d" * 32, nonce.hex()) is (place == "")
    for broken in ("", "xy" * 16, nonce.hex()[:-2]):
        assert not subjects.gives(subject, OWN, PLACE, broken)


def entry_of(verb: str) -> Said:
    entries = [entry for _, entry in open_entries(node(), list(stored(Sql()))) if entry.verb == verb]
    return entries[-1]


def test_what_an_officer_begins_proves_the_authority(world: World) -> None:
    world.perform(
        "officer",
        report_lead,
        country="GY",
        summary="x",
        source_grade="1",
        information_grade="B",
        handling="P",
    )
    world.perform("officer", meet_person, country="GY")
    for verb in ("lead.report", "person.meet", "tally.person", "officer.appoint"):
        entry = entry_of(verb)
        assert subjects.proves(entry), verb
    assert not entry_of("tally.seen").body.nonce, (
        "only the entry that begins a subject carries what proves it"
    )


def test_every_row_of_a_subject_says_what_begins_it() -> None:
    """A projection whose key is a subject, and that several entries touch, names its definition."""
    alone = {  # rows of one entry each, of files and members, or told from several files
        "access.Appointment",
        "access.OfficerSuspension",
        "access.Attachment",
        "access.Authority",
        "access.Begun",
        "access.BrokenGlass",
        "access.Suspended",
        "access.Undone",
        "access.Vouched",
        "access.CareConfirmed",
        "access.Clock",
        "access.Closing",
        "access.Compartment",
        "access.DangerContact",
        "access.Device",
        "access.ErasedFile",
        "access.Hold",
        "access.HoldTally",
        "access.Member",
        "access.Node",
        "access.Officer",
        "access.Opening",
        "access.ProgramKey",
        "access.Reader",
        "access.Removed",
        "access.Revocation",
        "board.Live",
        "care.Closing",
        "care.SignedDecision",
        "care.DecisionAsked",
        "care.Wish",
        "evidence.Seal",
        "evidence.SignedCustody",
        "figures.Batch",
        "figures.Counting",
        "figures.KeptCount",
        "figures.LateBatch",
        "figures.LateSum",
        "figures.LinkedCount",
        "hits.Hit",
        "operations.CheckIn",
        "people.FileKeeping",
        "operations.Capacity",
        "people.HoldingLimit",
        "people.Keeping",
        "people.LinkProposal",
        "people.Retention",
    }
    assert {label for label, projection in by_label().items() if projection.begins is None} <= alone
