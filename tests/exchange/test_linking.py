"""Which records are of one person, and by how many it was said, is judged wherever the word arrives."""

from __future__ import annotations

import json
from typing import Any

import pytest

from libertad.people.actions.link_same import link_same
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.propose_link import propose_link
from tests.exchange.conftest import Three
from tests.exchange.test_danger import row
from tests.support import linking, sharing
from tests.support.lawless import lawless
from tests.support.nodes import Party, settle


def met(three: Three) -> str:
    """Whom Guyana met, and whose file Trinidad reads."""
    person: str = three.guyana.do("officer", meet_person, country="GY")
    values = {"person": person, "authority": three.trinidad.authority, "reason": "Her sister"}
    three.guyana.do("officer", sharing.share_person, **values)
    return person


def links(party: Party, person: str) -> list[str]:
    stored = party.node.sql().first("select links from people_person where id = ?", (person,))
    return list(json.loads(stored[0])) if stored is not None else []


def by_one(party: Party, person: str) -> list[Any]:
    words = row(party, person)
    assert words is not None
    return [word[0] for word in words.get("by_one", [])]


def mirrored(party: Party, entry: str) -> str:
    stored = party.node.sql().first("select entry from people_linkproposal where first = ?", (entry,))
    assert stored is not None
    return str(stored[0])


def test_by_two_it_is_by_two_at_every_node(three: Three) -> None:
    first, second = met(three), met(three)
    three.guyana.do("national-lead", linking.link_same, person=first, other=second, reasons="Same scar")
    settle(list(three))
    for party in (three.guyana, three.trinidad):
        assert links(party, first) == [second] and by_one(party, first) == [] == by_one(party, second)
    assert all(party.rows("exchange_alarm") == party.rows("journal_held") == [] for party in three)


def test_a_proposal_alone_links_nothing_anywhere(three: Three) -> None:
    first, second = met(three), met(three)
    three.guyana.do("officer", propose_link, person=first, other=second, reasons="Same scar")
    settle(list(three))
    assert links(three.guyana, first) == [] == links(three.trinidad, first)


@pytest.mark.parametrize("proposer", ["self", ""])
def test_what_one_officer_says_of_an_own_proposal_or_of_none_is_marked(three: Three, proposer: str) -> None:
    first, second = met(three), met(three)
    proofs = ("", "")
    if proposer:
        entry = three.guyana.do("national-lead", propose_link, person=first, other=second, reasons="Same")
        proofs = (entry, mirrored(three.guyana, entry))
    values: dict[str, Any] = {"person": first, "other": second, "reasons": "Myself", "proofs": proofs}
    with lawless():
        three.guyana.do("national-lead", linking.unchecked, **values)
    settle(list(three))
    for party in (three.guyana, three.trinidad):
        assert links(party, first) == [second]
        assert by_one(party, first) == [second] and by_one(party, second) == [first]


def test_a_reader_of_both_files_confirms_nothing_that_another_authority_proposed(three: Three) -> None:
    first, second = met(three), met(three)
    entry = three.guyana.do("officer", propose_link, person=first, other=second, reasons="Same")
    settle(list(three))
    proofs = (entry, mirrored(three.trinidad, entry))
    with lawless():
        three.trinidad.do("national-lead", link_same, person=first, other=second, reasons="?", proofs=proofs)
    settle(list(three))
    for party in (three.guyana, three.trinidad):
        assert by_one(party, first) == [second], "said, and not as by two"
        stored = party.node.sql().first(
            "select linked, second from people_linkproposal where entry = ?", (entry,)
        )
        assert stored is not None and tuple(stored) == ("", "")
