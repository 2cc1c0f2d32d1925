"""A member whose node was robbed is suspended: by one at once and for a day, by two until two lift it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from libertad.access import changes, suspending
from libertad.access.acting import Act, Forbidden
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actions.confirm_care import confirm_care
from libertad.access.actions.lift_suspension import lift_suspension
from libertad.access.actions.refuse_change import refuse_change
from libertad.access.actions.sign_change import sign_change
from libertad.access.actions.suspend_member import suspend_member
from libertad.access.epochs import epochs
from libertad.exchange.authorization import full_reauthorization
from libertad.exchange.authorization import suspension as exchange_suspending
from libertad.exchange.authorization.suspended_words import SuspendedMembers
from libertad.exchange.sending.sender import Outgoing
from libertad.journal.caches import Caches
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.changes import ChangePropose, ChangeSign
from libertad.vocabulary.verbs.danger import PersonDanger
from tests.exchange.conftest import Three
from tests.exchange.conftest import three as three
from tests.exchange.test_exchange import held_entries, lead
from tests.security.test_forging_access import alarmed, operation_file
from tests.security.test_two_authorities import entry_of
from tests.support import nodes
from tests.support.lawless import lawless
from tests.support.nodes import Party, invited, settle

pytestmark = [pytest.mark.django_db]
Later = Callable[[float], None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Iterator[Later]:
    """Let so many hours pass by every node's clock."""

    def pass_(hours: float) -> None:
        real = changes.now()
        monkeypatch.setattr(changes, "now", lambda: real + timedelta(hours=hours))

    yield pass_


@pytest.fixture
def care(three: Three, tmp_path: Path) -> Iterator[Party]:
    """Guyana's care authority, confirmed by its police."""
    party = Party(tmp_path / "care", nodes.schema(), "care")
    invited(three.centre, party, kind="care")
    settle([*three, party])
    party.appoint("caseworker")
    settle([*three, party])
    three.guyana.do("administrator", confirm_care, care=party.authority, how="telephone")
    settle([*three, party])
    yield party
    party.close()


def suspend(by: Party, member: Party) -> str:
    role = "coordinator" if "coordinator" in by.officers else "national-lead"
    return by.do(role, suspend_member, authority=member.authority, reason="Its node was robbed tonight")


def sign(by: Party, change: str) -> None:
    by.do("coordinator" if "coordinator" in by.officers else "national-lead", sign_change, change=change)


def tend(*parties: Party) -> None:
    for party in parties:
        exchange_suspending.tend(party.node)


def leads(party: Party) -> int:
    return len(party.rows("operations_lead", "id"))


def state(party: Party) -> list[str]:
    return [row[0] for row in party.rows("access_suspension", "state")]


def newest(party: Party, of: Party, compartment: str) -> int:
    return max(number for number, _ in epochs(party.node.rings, of.authority, compartment))


def given_to(party: Party, origin: str) -> list[tuple[str]]:
    """The files of which anything is given to a node."""
    places, values = Outgoing(party.node, party.node.sql(), origin).visible()
    return party.node.sql().all(f"select compartment from {places} v", values)


def police_file(party: Party) -> str:
    ((compartment,),) = set(party.rows("operations_lead", "compartment"))
    return str(compartment)


# -- what it does ----------------------------------------------------------------------------------


def test_what_a_suspended_member_says_is_held_and_nothing_more_is_given_to_it(three: Three) -> None:
    lead(three.guyana)
    settle(list(three))
    place = operation_file(three.centre)
    before = newest(three.centre, three.centre, place)
    suspend(three.centre, three.guyana)
    new = three.centre.do(
        "coordinator", appoint_officer, name="New", service_number="BB-2", role="coordinator"
    )
    lead(three.guyana, summary="By the thief")
    settle(list(three))
    assert leads(three.centre) == 1 and leads(three.guyana) == 2, "at home recording goes on"
    assert [reason for reason, _ in held_entries(three.centre)] == ["suspended"]
    assert not three.guyana.node.sql().all("select 1 from access_officer where id = ?", (new,))
    assert three.trinidad.node.sql().all("select 1 from access_officer where id = ?", (new,))
    origin = three.guyana.node.key.origin
    assert given_to(three.centre, origin) == [], "nor pieces of files"
    assert newest(three.centre, three.centre, place) == before + 1
    assert newest(three.trinidad, three.trinidad, place) == before + 1
    assert newest(three.guyana, three.guyana, place) == before
    assert state(three.centre) == state(three.trinidad) == ["alone"] and state(three.guyana) == []
    assert alarmed(three.centre) == alarmed(three.trinidad) == []
    three.guyana.appoint("analyst")  # what it says of access is held at every other node as well
    settle(list(three))
    assert [reason for reason, _ in held_entries(three.trinidad)] == ["suspended"]


def test_it_lapses_after_a_day_and_what_was_held_is_judged_again(three: Three, later: Later) -> None:
    lead(three.guyana)
    settle(list(three))
    suspend(three.centre, three.guyana)
    settle(list(three))
    lead(three.guyana, summary="Written meanwhile")
    officer = three.centre.do(
        "coordinator", appoint_officer, name="New", service_number="BB-2", role="coordinator"
    )
    settle(list(three))
    later(23.9)
    tend(*three)
    settle(list(three))
    assert leads(three.centre) == 1
    later(0.2)
    tend(*three)
    settle(list(three))
    assert leads(three.centre) == 2 and held_entries(three.centre) == held_entries(three.trinidad) == []
    assert three.guyana.node.sql().all("select 1 from access_officer where id = ?", (officer,))
    assert state(three.centre) == state(three.trinidad) == ["lapsed"]
    later_officer = three.centre.do(
        "coordinator", appoint_officer, name="Later", service_number="BB-3", role="coordinator"
    )
    settle(list(three))
    assert three.guyana.node.sql().all("select 1 from access_officer where id = ?", (later_officer,))
    assert_judged_alike(three)


def test_a_second_authority_confirms_it_and_two_lift_it(three: Three, later: Later) -> None:
    change = suspend(three.trinidad, three.guyana)
    settle(list(three))
    lead(three.guyana)
    sign(three.centre, change)
    settle(list(three))
    later(300)
    tend(*three)
    settle(list(three))
    assert state(three.trinidad) == state(three.centre) == ["confirmed"] and leads(three.centre) == 0
    lifting = three.trinidad.do("national-lead", lift_suspension, change=change, reason="New keys")
    settle(list(three))
    assert state(three.centre) == ["confirmed"], "one alone lifts nothing"
    sign(three.centre, lifting)
    settle(list(three))
    assert state(three.trinidad) == state(three.centre) == ["lifted"]
    assert leads(three.centre) == 1 and held_entries(three.centre) == []
    assert three.guyana.rows("access_operationchange", "id") == three.centre.rows(
        "access_operationchange", "id"
    )
    assert_judged_alike(three)


def assert_judged_alike(three: Three) -> None:
    """A fresh judge finds the same at every node."""
    for party in three:
        before = party.rows("journal_held", "idx, reason")
        done = party.node.writer.submit(full_reauthorization.judge_anew)
        assert done.settled and done.held == done.released == 0, party.name
        assert party.rows("journal_held", "idx, reason") == before


def test_a_judge_who_does_not_ask_who_is_suspended_is_caught(three: Three) -> None:
    """Planted: as before there was suspending."""
    with patch.object(SuspendedMembers, "suspended", lambda *_: None):
        suspend(three.centre, three.guyana)
        settle(list(three))
        lead(three.guyana)
        settle(list(three))
        assert leads(three.centre) == 1


# -- clocks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [24 * 25, -48])
def test_the_clock_of_who_suspends_makes_the_day_neither_longer_nor_shorter(
    three: Three, later: Later, wrong: int
) -> None:
    tick = Caches.tick
    with patch.object(Caches, "tick", lambda self: tick(self) + timedelta(hours=wrong)):
        suspend(three.trinidad, three.guyana)
    settle(list(three))
    lead(three.guyana)
    settle(list(three))
    later(23.5)
    tend(*three)
    assert state(three.centre) == ["alone"] and leads(three.centre) == 0
    later(1)
    tend(*three)
    assert state(three.centre) == ["lapsed"] and leads(three.centre) == 1


def test_who_joins_later_does_not_begin_to_count_the_day(three: Three, later: Later) -> None:
    suspend(three.trinidad, three.guyana)
    later(24 * 9)
    settle([three.trinidad, three.centre])
    assert state(three.centre) == ["lapsed"]


def test_nobody_revives_one_that_lapsed(three: Three, later: Later) -> None:
    change = suspend(three.trinidad, three.guyana)
    settle(list(three))
    later(30)
    tend(*three)
    with pytest.raises(Refused, match="lapsed"):
        sign(three.centre, change)
    later(24 * 9)
    real, tick = changes.now(), Caches.tick
    with lawless(), patch.object(Caches, "tick", lambda self: max(tick(self), real)):
        three.centre.do(
            "coordinator",
            lambda act: act.say(
                operation_file(three.centre),
                ChangeSign(proposal=entry_of(three, change)),
                subject=change,
                supersedes={},
            ),
        )
    settle(list(three))
    assert state(three.trinidad) == state(three.centre) == ["lapsed"]


# -- a robbed member that suspends others ----------------------------------------------------------


def test_one_robbed_member_suspends_neither_the_coordination_nor_one_after_the_other(
    three: Three, care: Party, later: Later
) -> None:
    everybody = [*three, care]
    suspend(three.trinidad, three.centre)
    suspend(three.trinidad, three.guyana)
    suspend(three.trinidad, care)
    settle(everybody)
    tend(*everybody)
    assert state(care) == state(three.centre) == state(three.guyana) == ["waiting"] * 3
    lead(three.guyana)
    settle(everybody)
    assert leads(three.centre) == 1 and held_entries(three.centre) == []


def test_a_member_suspends_one_alone_and_the_next_once_that_was_confirmed(
    three: Three, care: Party, later: Later
) -> None:
    everybody = [*three, care]
    first = suspend(three.trinidad, three.guyana)
    second = suspend(three.trinidad, care)
    settle(everybody)
    assert sorted(state(three.centre)) == ["alone", "waiting"]
    later(25)
    tend(*three)
    assert sorted(state(three.centre)) == ["lapsed", "waiting"], "nor when the first has lapsed"
    with pytest.raises(Refused, match="suspended already"):
        suspend(three.trinidad, care)
    again = suspend(three.trinidad, three.guyana)
    settle(everybody)
    assert sorted(state(three.centre)) == ["lapsed", "waiting", "waiting"], "nor the same one again"
    sign(three.centre, again)
    settle(everybody)
    assert sorted(state(three.centre)) == ["confirmed", "lapsed", "waiting"]
    assert first != second


def test_two_authorities_suspend_the_coordination(three: Three, care: Party) -> None:
    change = suspend(three.trinidad, three.centre)
    settle([*three, care])
    assert state(three.guyana) == ["waiting"]
    three.guyana.do("national-lead", sign_change, change=change)
    settle([*three, care])
    assert state(three.guyana) == state(three.trinidad) == state(care) == ["confirmed"]
    officer = three.centre.do(
        "coordinator", appoint_officer, name="Thief", service_number="BB-9", role="coordinator"
    )
    settle([*three, care])
    for party in (three.guyana, three.trinidad, care):
        assert not party.node.sql().all("select 1 from access_officer where id = ?", (officer,)), party.name


def test_one_word_voids_nothing_whatever_cut_it_claims(three: Three) -> None:
    """A robbed member that claims to have had nothing of another takes out nothing that was here before."""
    lead(three.guyana)
    settle(list(three))
    before = [party.rows("access_officer", "id") for party in three]
    none = exchange_suspending.HEADS.replace("e.idx < ?", "e.idx < 0 * ?")
    with patch.object(exchange_suspending, "HEADS", none):
        change = suspend(three.trinidad, three.guyana)
    cuts = three.trinidad.rows("access_suspended", "id")
    assert (f"{operation_file(three.trinidad)}:{change}",) in cuts
    settle(list(three))
    assert leads(three.centre) == 1 and held_entries(three.centre) == []
    assert [party.rows("access_officer", "id") for party in three] == before
    assert_judged_alike(three)
    sign(three.centre, change)  # and what who confirms it had before it heard of it stands as well
    settle(list(three))
    assert [party.rows("access_officer", "id") for party in three] == before


def test_what_is_said_after_a_suspension_reaches_nobody_who_heard_of_it(three: Three) -> None:
    """Trinidad suspends; neither it nor the centre, which hears of it from there, takes what is said then."""
    lead(three.guyana)
    settle(list(three))
    three.trinidad.do("national-lead", suspend_member, authority=three.guyana.authority, reason="robbed")
    three.guyana.appoint("analyst")
    thief = three.guyana.officers["analyst"]
    known = "select 1 from access_officer where id = ?"
    three.trinidad.pull(three.guyana)
    assert not three.trinidad.node.sql().all(known, (thief,))
    three.centre.pull(three.trinidad)
    three.centre.pull(three.guyana)
    assert not three.centre.node.sql().all(known, (thief,))
    assert leads(three.centre) == 1


def test_neither_who_is_suspended_nor_who_suspended_confirms_or_lifts_it(three: Three, care: Party) -> None:
    change = suspend(three.trinidad, three.guyana)
    settle([three.trinidad, three.centre])
    three.guyana.pull(three.trinidad)
    with pytest.raises(Forbidden, match="another authority"):
        three.trinidad.do("national-lead", sign_change, change=change)
    with pytest.raises(Forbidden, match="takes it back"):
        three.centre.do("coordinator", refuse_change, change=change, reason="No")
    place = operation_file(three.guyana)
    content = ChangePropose(change=changes.LIFT, about=change, reason="We are fine")
    with lawless():
        lifting = three.guyana.do("national-lead", lambda act: _lift(act, place, content))
    settle([*three, care])
    with pytest.raises(Refused):
        three.centre.do("coordinator", sign_change, change=lifting)
    assert state(three.centre) == ["alone"]
    three.trinidad.do("national-lead", refuse_change, change=change, reason="It was the wrong authority")
    settle([*three, care])
    assert state(three.centre) == state(three.trinidad) == ["withdrawn"]


def _lift(act: Act, place: str, content: ChangePropose) -> str:
    subject = act.new_id(place)
    act.say(place, content, subject=subject, supersedes={})
    return subject


def test_of_two_that_suspend_each_other_both_are_in_whatever_order_it_arrives(
    three: Three, care: Party
) -> None:
    care.appoint("administrator")  # who founded it stands on no roster
    settle([*three, care])
    change = suspend(three.trinidad, three.guyana)
    suspend(three.guyana, three.trinidad)
    three.centre.pull(three.guyana)
    three.centre.pull(three.trinidad)
    care.pull(three.trinidad)
    care.pull(three.guyana)
    assert state(three.centre) == state(care) == ["alone", "alone"]
    care.do("administrator", sign_change, change=change)
    settle([three.centre, care])
    assert sorted(state(three.centre)) == sorted(state(care)) == ["confirmed", "lapsed"]
    lead(three.guyana)
    settle([three.centre, care, three.guyana])
    assert leads(three.centre) == 0


# -- danger ----------------------------------------------------------------------------------------


def test_a_danger_to_life_reaches_whoever_is_there_for_it(three: Three, care: Party) -> None:
    everybody = [*three, care]
    suspend(three.centre, three.guyana)
    settle(everybody)
    plain = three.guyana.do("officer", meet_person, country="GY")
    person = three.guyana.do("officer", meet_person, country="GY", danger="yes", needs=("doctor",))
    settle(everybody)
    assert care.rows("people_person", "id") == [(person,)]
    assert list(map(tuple, three.centre.rows("people_dangertally", "open"))) == [(True,)]
    place = three.guyana.node.sql().first("select compartment from people_person where id = ?", (plain,))
    assert place is not None
    three.guyana.do("officer", lambda act: act.say(place[0], PersonDanger(words="He is back"), subject=plain))
    settle(everybody)
    assert sorted(care.rows("people_person", "id")) == sorted([(plain,), (person,)])
    assert {reason for reason, _ in held_entries(care)} <= {"suspended", "waiting"}


# -- the database ----------------------------------------------------------------------------------


def test_a_superuser_of_the_database_ends_no_suspension(three: Three) -> None:
    suspend(three.centre, three.guyana)
    settle(list(three))
    writer, authority = three.centre.node.writer, three.guyana.authority

    def given_nothing() -> bool:
        return writer.submit(lambda tx: suspending.suspended(tx.sql, [authority])) == {authority}

    assert given_nothing()
    for change in (
        "update access_suspension set state = 'lapsed', heard = 0",
        "delete from access_suspension",
    ):
        three.centre.node.sql().raw.execute(change)
        assert given_nothing(), change
    lead(three.guyana)
    settle(list(three))
    assert leads(three.centre) == 0
