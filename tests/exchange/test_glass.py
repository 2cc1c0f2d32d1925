"""Who may break the glass, and review it, is judged where the word arrives, not by the node that says it."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.access.acting import Act
from libertad.access.actions.break_glass import break_glass
from libertad.access.actions.review_glass import review_glass
from libertad.access.glass_models import BrokenGlass
from libertad.access.sealed import open_columns
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.values import PersonName
from libertad.vocabulary.verbs.glass import GlassBreak, GlassReview
from tests.exchange.conftest import Three
from tests.support.lawless import lawless
from tests.support.nodes import Party, settle
from tests.support.sharing import share_person

WHY = "He telephoned that he waits for her at the gate"


def met(three: Three) -> str:
    """Somebody whom Guyana met, and whose file it let Trinidad read."""
    _centre, guyana, trinidad = three
    person: str = guyana.do("officer", meet_person, country="GY", name=(PersonName(text="Generated"),))
    guyana.do(
        "national-lead", share_person, person=person, authority=trinidad.authority, reason="Met there before"
    )
    settle(list(three))
    return person


def shared(party: Party, person: str, reader: str, role: str = "officer") -> str:
    entry: str = party.do(
        role, break_glass, kind="person", person=person, way="share", words=WHY, reader=reader
    )
    return entry


def row(party: Party, entry: str) -> Any:
    sealed = party.node.sql().first("select sealed from access_brokenglass where id = ?", (entry,))
    if sealed is None:
        return None
    columns = open_columns(party.node, party.authority, BrokenGlass, entry, sealed[0])
    return None if columns is None else (columns["verdict"], columns["reviewed_by"])


def say(party: Party, role: str, person: str, content: Any) -> str:
    """The word alone, from a node whose checks were taken out."""

    def said(act: Act) -> str:
        place = act.find_compartment("person", person)
        assert place is not None
        return act.say(place, content, subject=person, supersedes={})

    with lawless():
        entry: str = party.do(role, said)
        return entry


def reason(party: Party, entry: str) -> Any:
    found = party.node.sql().first(
        "select h.reason from journal_entry e left join journal_held h on h.idx = e.idx where e.hash = ?",
        (bytes.fromhex(entry),),
    )
    return found[0] if found is not None else "not there"


def test_who_reads_the_file_learns_of_it_and_of_its_review(three: Three) -> None:
    centre, guyana, trinidad = three
    person = met(three)
    entry = shared(guyana, person, centre.authority)
    settle(list(three))
    assert row(trinidad, entry) == ("", "") and row(centre, entry) is None
    guyana.do("national-lead", review_glass, entry=entry, verdict="not-right", words="He asked nobody")
    settle(list(three))
    assert row(trinidad, entry) == row(guyana, entry) == ("not-right", guyana.officers["national-lead"])
    assert all(party.rows("exchange_alarm") == party.rows("journal_held") == [] for party in three)


@pytest.mark.parametrize("who", ["another authority", "the officer", "of another file"])
def test_a_forged_review_is_held_and_an_alarm(three: Three, who: str) -> None:
    _centre, guyana, trinidad = three
    person = met(three)
    entry = shared(guyana, person, trinidad.authority)
    settle(list(three))
    content = GlassReview(entry=entry, verdict="right", words="Generated")
    if who == "another authority":
        speaker, word = trinidad, say(trinidad, "national-lead", person, content)
    elif who == "the officer":
        speaker, word = guyana, say(guyana, "officer", person, content)
    else:
        speaker, word = guyana, say(guyana, "national-lead", met(three), content)
    settle(list(three))
    for party in (guyana, trinidad):
        assert row(party, entry) == ("", ""), "it counts nowhere"
        if party is not speaker:
            assert reason(party, word) == "about" and len(party.rows("exchange_alarm")) == 1


def test_a_reader_that_is_not_the_owner_shares_nothing_so(three: Three) -> None:
    centre, guyana, trinidad = three
    person = met(three)
    word = say(trinidad, "officer", person, GlassBreak(way="share", words=WHY, reader=centre.authority))
    settle(list(three))
    assert reason(guyana, word) == "about" and row(guyana, word) is None


def test_what_is_disclosed_by_one_is_said_at_the_desk_alone(three: Three) -> None:
    """Not by police, who have none, in the file that they keep of a person."""
    _centre, guyana, trinidad = three
    person = met(three)
    word = say(guyana, "officer", person, GlassBreak(way="disclose", words=WHY, reader=trinidad.authority))
    settle(list(three))
    assert reason(trinidad, word) == "about" and row(trinidad, word) is None


def test_a_review_that_arrives_before_what_it_names_counts_with_it(three: Three) -> None:
    centre, guyana, trinidad = three
    person = met(three)
    entry = shared(guyana, person, centre.authority)
    guyana.do("national-lead", review_glass, entry=entry, verdict="right", words="I was beside him")
    settle(list(three))
    assert row(trinidad, entry) == ("right", guyana.officers["national-lead"])
    assert trinidad.rows("journal_held") == []
