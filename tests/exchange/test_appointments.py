"""Who may confirm an appointment is judged wherever the word arrives, and not by the node that says it."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.access.acting import Act, Forbidden
from libertad.access.actions.appoint_officer import appoint_by_one
from libertad.access.actions.confirm_officer import confirm_officer
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.appointments import by_one
from libertad.vocabulary.verbs.access import OfficerConfirm
from tests.exchange.conftest import Three
from tests.support.lawless import lawless
from tests.support.nodes import Party, settle


def appointed(party: Party, role: str = "national-lead", officer: str | None = None) -> tuple[str, str]:
    """The officer whom the administrator of police appointed alone, and the appointment's hash."""
    officer = party.do(
        "administrator",
        appoint_by_one,
        name="Corvina Thistlewood",
        service_number="NEW-1",
        role=role,
        officer=officer,
    )
    return officer, entry_of(party, officer)


def entry_of(party: Party, officer: str) -> str:
    row = party.node.sql().first("select entry from access_appointment where id = ?", (officer,))
    assert row is not None
    return str(row[0])


def say(party: Party, role: str, officer: str, entry: str) -> str:
    """The word alone, from a node whose checks were taken out."""

    def said(act: Act) -> str:
        place = act.operation_compartment
        return act.say(place, OfficerConfirm(entry=entry, how="in-person"), subject=officer, supersedes={})

    with lawless():
        return party.do(role, said)


def waits(party: Party, officer: str) -> bool:
    return officer in by_one(party.node.sql())


def reason(party: Party, entry: str) -> Any:
    row = party.node.sql().first(
        "select h.reason from journal_entry e left join journal_held h on h.idx = e.idx where e.hash = ?",
        (bytes.fromhex(entry),),
    )
    return row[0] if row is not None else "not there"


def test_a_coordinator_confirms_where_nobody_of_the_authority_can(three: Three) -> None:
    centre, guyana, trinidad = three
    officer, entry = appointed(guyana)
    settle(list(three))
    values = {"officer": officer, "entry": entry, "how": "telephone"}
    with pytest.raises(Forbidden, match="another person confirms"):  # its national lead is asked first
        centre.do("coordinator", confirm_officer, **values)
    guyana.do("administrator", withdraw_officer, officer=guyana.officers["national-lead"], reason="Left")
    settle(list(three))
    with pytest.raises(Forbidden, match="another person confirms"):
        trinidad.do("national-lead", confirm_officer, **values)
    centre.do("coordinator", confirm_officer, **values)
    assert waits(guyana, officer)
    settle(list(three))
    assert not any(waits(party, officer) for party in three)
    assert all(party.rows("exchange_alarm") == party.rows("journal_held") == [] for party in three)


@pytest.mark.parametrize("who", ["another authority", "who appointed", "the appointed"])
def test_a_word_of_nobody_who_may_is_held_and_an_alarm(three: Three, who: str) -> None:
    _centre, guyana, trinidad = three
    officer, entry = appointed(guyana)
    settle(list(three))
    guyana.officers["new"], guyana.roles["new"] = officer, "national-lead"
    speaker, role = {
        "another authority": (trinidad, "national-lead"),
        "who appointed": (guyana, "administrator"),
        "the appointed": (guyana, "new"),
    }[who]
    word = say(speaker, role, officer, entry)
    settle(list(three))
    for party in three:
        if party is not speaker:
            assert reason(party, word) == "about" and waits(party, officer)
            assert len(party.rows("exchange_alarm")) == 1
    assert waits(guyana, officer), "at home it counts for nothing either"


def test_a_word_about_an_earlier_appointment_confirms_no_later_one(three: Three) -> None:
    _centre, guyana, _trinidad = three
    officer, first = appointed(guyana)
    guyana.do("national-lead", confirm_officer, officer=officer, entry=first, how="in-person")
    settle(list(three))
    assert not any(waits(party, officer) for party in three)
    _officer, second = appointed(guyana, "coordinator", officer)
    say(guyana, "national-lead", officer, first)
    settle(list(three))
    assert second != first and all(waits(party, officer) for party in three)
    guyana.do("national-lead", confirm_officer, officer=officer, entry=second, how="in-person")
    settle(list(three))
    assert not any(waits(party, officer) for party in three)


def test_a_word_that_arrives_before_the_appointment_counts_with_it(three: Three) -> None:
    centre, guyana, trinidad = three
    officer, entry = appointed(guyana)
    settle([guyana, centre])
    guyana.do("national-lead", confirm_officer, officer=officer, entry=entry, how="order")
    settle([guyana, centre])
    settle([centre, trinidad])
    assert not any(waits(party, officer) for party in three) and trinidad.rows("journal_held") == []
