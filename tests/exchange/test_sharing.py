"""Who may approve that a further authority reads a file is judged wherever the word arrives."""

from __future__ import annotations

import pytest

from libertad.access.acting import Act
from libertad.access.sharing import sharing_rules
from libertad.people.actions.answer_share import approve_share, let_read
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.share_person import share_person
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.sharing import ShareApprove
from tests.access.test_amounts import Passing, passing  # noqa: F401  a fixture
from tests.exchange.conftest import Three
from tests.exchange.test_appointments import reason
from tests.support import sharing
from tests.support.lawless import lawless
from tests.support.nodes import Party, settle


def met(three: Three) -> tuple[str, str]:
    """Whom Guyana met, and the file, which Trinidad reads by two."""
    person = three.guyana.do("officer", meet_person, country="GY")
    values = {"person": person, "authority": three.trinidad.authority, "reason": "Her sister"}
    three.guyana.do("officer", sharing.share_person, **values)
    sql = three.guyana.node.sql()
    row = sql.first("select id from access_compartment where kind = 'person' and about = ?", (person,))
    assert row is not None
    return person, str(row[0])


def proposed(three: Three, person: str) -> dict[str, str]:
    values = {"person": person, "authority": three.centre.authority, "reason": "They ask"}
    share, entry = three.guyana.do("officer", share_person, **values)
    return {"share": share, "entry": entry}


def reads(party: Party, place: str, authority: str) -> bool:
    key = f"{place}:{authority}"
    return party.node.sql().first("select 1 from access_reader where id = ?", (key,)) is not None


def approval(party: Party, share: str) -> str:
    row = party.node.sql().first("select approval from access_sharing where id = ?", (share,))
    return str(row[0]) if row is not None else "not there"


def test_a_reader_of_the_file_approves_by_exchange_and_its_own_authority_lets_it_read(
    three: Three,
    passing: Passing,  # noqa: F811
) -> None:
    person, place = met(three)
    proposal = proposed(three, person)
    settle(list(three))
    with pytest.raises(Refused, match="is asked first"):
        three.trinidad.do("national-lead", approve_share, words="Known", **proposal)
    passing.wait(seconds=sharing_rules().wait.total_seconds())
    three.trinidad.do("national-lead", approve_share, words="Known", **proposal)
    settle(list(three))
    assert approval(three.guyana, proposal["share"])
    assert not reads(three.guyana, place, three.centre.authority)
    three.guyana.do("officer", let_read, **proposal)
    settle(list(three))
    assert all(reads(party, place, three.centre.authority) for party in three)
    assert all(party.rows("exchange_alarm") == party.rows("journal_held") == [] for party in three)


def test_whoever_proposed_approves_nothing_at_any_node(three: Three) -> None:
    person, place = met(three)
    proposal = proposed(three, person)

    def said(act: Act) -> str:
        content = ShareApprove(entry=proposal["entry"], words="Myself")
        return act.say(place, content, subject=proposal["share"], supersedes={})

    three.guyana.roles["self"], three.guyana.officers["self"] = (
        "national-lead",
        three.guyana.officers["officer"],
    )
    with lawless():
        word = three.guyana.do("officer", said)
    settle(list(three))
    assert reason(three.trinidad, word) == "about"
    assert not approval(three.guyana, proposal["share"]) and not approval(three.trinidad, proposal["share"])
    assert not reads(three.trinidad, place, three.centre.authority)


def test_who_is_let_in_by_one_alone_reads_and_no_file_is_lost(three: Three) -> None:
    """Refused, its words would be lost to readers whose nodes hold the keys: it is marked instead."""
    _person, place = met(three)
    to = [three.centre.authority]
    with lawless():
        three.guyana.do("officer", lambda act: act.widen(place, to, "by another program", again=True))
    settle(list(three))
    assert all(reads(party, place, three.centre.authority) for party in three)
    assert all(party.rows("exchange_alarm") == party.rows("journal_held") == [] for party in three)
