"""A person in danger across nodes: the confirmed care authority's node gets the file, the centre a number.

What care does about it never comes back, and a police force's word closes it nowhere but for police.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from libertad.access import about
from libertad.access.acting import Act, Forbidden
from libertad.access.actions.confirm_care import confirm_care
from libertad.access.actions.open_file import open_file
from libertad.access.actions.unconfirm_care import unconfirm_care
from libertad.access.sealed import open_sealed
from libertad.care.actions.close_danger import close_care_danger as care_closes
from libertad.exchange.authorization.alarm_rows import put_alarm
from libertad.exchange.authorization.full_reauthorization import judge_anew
from libertad.people.actions.close_danger import close_person_danger as close_danger
from libertad.people.actions.meet_person import meet_person
from libertad.people.danger import tally_id
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.attachments import AttachmentAdd
from libertad.vocabulary.verbs.danger import CareConfirm, DangerTally, PersonDangerClose
from tests.exchange.conftest import Three
from tests.support import nodes
from tests.support.lawless import lawless
from tests.support.nodes import Party, invited, settle
from tests.support.sharing import share_person

DONE = "Taken to the hospital"
HELD = "select reason, detail from journal_held order by idx"


@pytest.fixture
def care(three: Three, tmp_path: Path) -> Iterator[Party]:
    """A care authority of Guyana at a node of its own, that nobody has confirmed."""
    party = Party(tmp_path / "care", nodes.schema(), "care")
    invited(three.centre, party, kind="care")
    everybody = [*three, party]
    settle(everybody)
    party.appoint("caseworker")
    settle(everybody)
    yield party
    party.close()


def danger(three: Three) -> str:
    person: str = three.guyana.do("officer", meet_person, country="GY", danger="yes", needs=("doctor",))
    return person


def row(party: Party, person: str) -> dict[str, Any] | None:
    """The person's sealed words as a node's own ring opens them; None where no row is."""
    sql = party.node.sql()
    stored = sql.first("select sealed from people_person where id = ?", (person,))
    if stored is None:
        return None
    return open_sealed(party.node, party.authority, "people.Person", person, stored[0])


def danger_tallies(party: Party) -> list[tuple[Any, ...]]:
    return [tuple(tally) for tally in party.rows("people_dangertally", "id, open")]


def test_the_care_node_gets_it_once_police_confirmed_it(three: Three, care: Party) -> None:
    waits = danger(three)
    settle([*three, care])
    assert row(care, waits) is None and danger_tallies(three.centre) == [(tally_id(waits), True)]
    assert three.guyana.do("administrator", confirm_care, care=care.authority, how="telephone") == 1
    later = danger(three)
    settle([*three, care])
    for person in (waits, later):
        words = row(care, person)
        assert words is not None and words["danger"] == "yes" and words["needs"] == ["doctor"]
        assert row(three.trinidad, person) is None and row(three.centre, person) is None
    assert len(danger_tallies(three.centre)) == 2
    held = [
        (party.name, *quarantined) for party in (*three, care) for quarantined in party.node.sql().all(HELD)
    ]
    assert not held, held
    _police_know_that_it_was_fetched(three, care, later)


def _police_know_that_it_was_fetched(three: Three, care: Party, person: str) -> None:
    """What the page says of it comes from the cursor and the receipt of keys: both are there."""
    sql = three.guyana.node.sql()
    place = sql.first("select id from access_compartment where kind = 'person' and about = ?", (person,))
    assert place is not None
    cursors = sql.all(
        "select taken from exchange_released where authority = ? and compartment = ?",
        (care.authority, place[0]),
    )
    assert cursors and all(row[0] is not None for row in cursors)
    three.guyana.exchange.flush() if hasattr(three.guyana.exchange, "flush") else None
    first = sql.first("select min(idx) from journal_entry where compartment = ?", (place[0],))
    delivered = sql.first("select given from exchange_peer where origin = ?", (care.node.key.origin,))
    cursor = three.guyana.exchange.seen.get(care.node.key.origin, (0, 0))[0]
    assert first is not None and delivered is not None and max(delivered[0], cursor) > first[0]


def test_each_side_closes_its_own_and_cares_word_stays_at_its_node(three: Three, care: Party) -> None:
    three.guyana.do("administrator", confirm_care, care=care.authority, how="in-person")
    person = danger(three)
    settle([*three, care])
    care.do("caseworker", care_closes, person=person, done="A worker is with her")
    settle([*three, care])
    assert danger_tallies(three.centre) == [(tally_id(person), True)]
    for party in three:
        rows = party.node.sql().all("select id from access_compartment where kind = 'care'")
        assert rows == [] and party.node.sql().first("select count(*) from care_carefile") == (0,)
    three.guyana.do("officer", close_danger, person=person, done=DONE)
    settle([*three, care])
    assert danger_tallies(three.centre) == [(tally_id(person), False)]
    words = row(care, person)
    assert words is not None and words["danger_closed"][0][4] == DONE
    sql = care.node.sql()
    file = sql.first("select id, sealed from care_carefile where person = ?", (person,))
    assert file is not None
    closed = open_sealed(care.node, care.authority, "care.CareFile", *file)["danger_closed"]
    assert [closing[4] for closing in closed] == ["A worker is with her"]


def test_a_care_node_that_says_polices_closing_is_held(three: Three, care: Party) -> None:
    three.guyana.do("administrator", confirm_care, care=care.authority, how="letter")
    person = danger(three)
    settle([*three, care])
    place = care.node.sql().first(
        "select id from access_compartment where kind = 'person' and about = ?", (person,)
    )
    assert place is not None
    with pytest.raises(Forbidden):
        care.do(
            "caseworker", _say, place=place[0], what=PersonDangerClose(done="All is well"), subject=person
        )
    care.do("caseworker", _forced, place=place[0], what=PersonDangerClose(done="All is well"), subject=person)
    settle([*three, care])
    words = row(three.guyana, person)
    assert words is not None and "danger_closed" not in words
    assert [quarantined[0] for quarantined in three.guyana.node.sql().all(HELD)] in (
        ["about"],
        ["unauthorised"],
    )
    assert danger_tallies(three.centre) == [(tally_id(person), True)]


def test_who_confirms_for_another_police_changes_nothing_there(three: Three, care: Party) -> None:
    """Trinidad's administrator names a care authority for Guyana: Guyana's officers hand to nobody."""
    place = three.trinidad.node.sql().first("select id from access_compartment where kind = 'operation'")
    assert place is not None
    forged = CareConfirm(care=care.authority, country="GY", how="telephone")
    with lawless():
        three.trinidad.do("administrator", _say, place=place[0], what=forged, subject=three.guyana.authority)
    settle([*three, care])
    person = danger(three)
    settle([*three, care])
    assert row(care, person) is None
    rows = three.guyana.rows("access_careconfirmed", "id")
    assert (three.guyana.authority,) not in rows


def test_another_police_that_dates_itself_first_closes_nobodys_danger(three: Three, care: Party) -> None:
    """Every member reads the anonymous entry, so knows its id: an earlier open of its own does not own it."""
    person = danger(three)
    settle([*three, care])
    place = three.trinidad.node.sql().first("select id from access_compartment where kind = 'operation'")
    assert place is not None
    long_ago = Happened(at=datetime(2001, 1, 1, tzinfo=UTC), zone="America/Port_of_Spain")
    for state in ("open", "closed"):
        three.trinidad.do(
            "officer",
            _say,
            place=place[0],
            what=DangerTally(state=state),
            subject=tally_id(person),
            happened=long_ago,
        )
    settle([*three, care])
    assert danger_tallies(three.centre) == [(tally_id(person), True)]


def test_taken_back_the_next_file_stays_with_police(three: Three, care: Party) -> None:
    three.guyana.do("administrator", confirm_care, care=care.authority, how="worked-with")
    three.guyana.do("administrator", unconfirm_care, reason="It is not the right one")
    person = danger(three)
    settle([*three, care])
    assert row(care, person) is None


def _say(act: Act, *, place: str, what: Any, subject: str) -> str:
    return act.say(place, what, subject=subject, supersedes={})


def _forced(act: Act, *, place: str, what: Any, subject: str) -> str:
    """As a node that does not ask its own matrix."""
    act._check = lambda *_given: None  # type: ignore[method-assign]
    return act.say(place, what, subject=subject, supersedes={})


def test_care_holds_nothing_that_police_do_in_the_identity_file_of_whom_it_protects(
    three: Three, care: Party
) -> None:
    """The person has a row in the protection file too: an opening at police, a picture of theirs and a closed
    danger are in the identity file all the same, and no alarm about police."""
    three.guyana.do("administrator", confirm_care, care=care.authority, how="telephone")
    person = danger(three)
    settle([*three, care])
    care.do("caseworker", care_closes, person=person, done=DONE)
    ((place,),) = care.node.sql().all(
        "select id from access_compartment where kind = 'person' and about = ?", (person,)
    )
    three.guyana.do("national-lead", open_file, compartment=place, subject=person, page="person")
    picture = AttachmentAdd(
        about=person,
        name="a.jpg",
        media="image/jpeg",
        size=1,
        key="00" * 32,
        digest="00" * 32,
        chunks=1,
        priority=0,
    )
    three.guyana.do("officer", lambda act: act.say(place, picture, subject=act.new_id(place)))
    three.guyana.do("national-lead", close_danger, person=person, done=DONE)
    settle([*three, care])
    assert care.node.sql().all(HELD) == [] and care.rows("exchange_alarm", "id") == []
    assert care.rows("access_opening", "subject").count((person,)) >= 1


def test_an_opening_that_names_what_stands_in_another_file_is_held_as_before(three: Three) -> None:
    """Of a person whose identity file its reader has: said in a file of its own."""
    with lawless():
        person = danger(three)
        other_person = danger(three)
        place = three.guyana.node.sql().first(
            "select id from access_compartment where kind = 'person' and about = ?", (other_person,)
        )
        assert place is not None
        for subject in (person, other_person):
            three.guyana.do(
                "officer", share_person, person=subject, authority=three.trinidad.authority, reason="helps"
            )
        settle(list(three))
        three.guyana.do("officer", open_file, compartment=place[0], subject=person, page="person")
    settle(list(three))
    assert [reason for reason, _ in three.trinidad.node.sql().all(HELD)] == ["about"]


def test_what_an_older_rule_held_stands_after_the_update_and_its_alarm_is_settled(
    three: Three, care: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the alarm is settled an authority's appointments wait, and with them whom a new officer meets."""
    three.guyana.do("administrator", confirm_care, care=care.authority, how="telephone")
    person = danger(three)
    settle([*three, care])
    place = care.node.sql().first(
        "select id from access_compartment where kind = 'person' and about = ?", (person,)
    )
    assert place is not None
    rule = about.BY_RULE["reader"]
    with monkeypatch.context() as older:
        older.setitem(
            about.BY_RULE,
            "reader",
            lambda claim, grounds: (
                about.refuse(about.STANDS_ELSEWHERE)
                if claim.verb == "file.open" and claim.entry
                else rule(claim, grounds)
            ),
        )
        three.guyana.do("national-lead", open_file, compartment=place[0], subject=person, page="person")
        settle([*three, care])
        assert [reason for reason, _ in care.node.sql().all(HELD)] == ["about"]
        three.guyana.appoint("press")
        settle([*three, care])
        assert "parked" in [reason for reason, _ in care.node.sql().all(HELD)]
    assert care.node.writer.submit(judge_anew).held == 0
    assert care.node.sql().all(HELD) == []
    ((settled, by),) = care.node.sql().all("select settled, settled_by from exchange_alarm")
    assert settled is not None and by == ""


def test_a_person_in_danger_whom_a_new_officer_meets_arrives_while_an_alarm_is_open(
    three: Three, care: Party
) -> None:
    """An appointment to a role that meets people waits for no alarm; one to a role that does not, waits."""
    three.guyana.do("administrator", confirm_care, care=care.authority, how="telephone")
    settle([*three, care])
    proof = '{"why": "", "verb": "lead.report", "victims": [], "signed": []}'
    care.node.writer.submit(lambda tx: put_alarm(tx, "about:x", "about", three.guyana.authority, proof))
    del three.guyana.officers["officer"]
    three.guyana.appoint("officer")
    person = danger(three)
    settle([*three, care])
    words = row(care, person)
    assert words is not None and words["danger"] == "yes"
    assert care.node.sql().all(HELD) == []
    three.guyana.appoint("press")
    settle([*three, care])
    assert [reason for reason, _ in care.node.sql().all(HELD)] == ["parked"]
