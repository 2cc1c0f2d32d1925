"""What comes in late of a country whose file was erased opens no second file, on whichever node."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libertad.access import case_files
from libertad.exchange.control.erasure_requests import erase_as_asked
from libertad.operations.actions.close_operation import close_operation, reopen_operation
from libertad.operations.actions.report_lead import report_lead
from libertad.operations.actions.set_clock import set_clock
from libertad.people.actions.hold_reference import hold_reference
from libertad.people.actions.set_detention import set_detention
from libertad.vocabulary.values import PersonName, Refused
from tests.exchange.control.test_erasing_files import (
    case_over,
    decide,
    erasure_rows,
    four,
    over,
    request,
    talk,
)
from tests.exchange.test_exchange import held_entries
from tests.support.nodes import Party

pytestmark = [pytest.mark.django_db]
__all__ = ["four"]
ERASED = "no second one is opened"


LEAD: dict[str, Any] = {
    "country": "GY",
    "summary": "A house behind the mill",
    "source_grade": "1",
    "information_grade": "B",
    "handling": "P",
}
LATE: dict[str, Any] = {"state": "detained", "country": "GY", "name": (PersonName(text="Late Comer"),)}


def files(party: Party, kind: str) -> list[str]:
    return [
        str(place)
        for (place,) in party.node.sql().all(
            "select id from access_compartment where kind = ? and about = ? order by id",
            (kind, f"{party.operation}:GY"),
        )
    ]


def entries(party: Party) -> int:
    return len(party.rows("journal_entry", "idx"))


def erased_by_both(four: list[Party]) -> str:
    """A case file that the prosecution erased, and the police as asked; the file."""
    _centre, guyana, _trinidad, court = four
    file, _detention = case_over(four)
    entry = request(guyana, file)
    talk(four)
    assert decide(court, "prosecutor", file, entry) == 1
    talk(four)
    ((asked, _reader, _answer),) = erasure_rows(guyana)
    assert guyana.do("national-lead", erase_as_asked, request=asked, reason="as asked") == 1
    talk(four)
    return file


def test_a_late_detention_opens_no_second_case_file_until_the_operation_is_reopened(
    four: list[Party],
) -> None:
    centre, guyana, _trinidad, court = four
    erased_by_both(four)
    before = [entries(guyana), entries(court)]
    for _again in range(2):
        with pytest.raises(Refused, match=ERASED):
            guyana.do("officer", set_detention, **LATE)
    with pytest.raises(Refused, match=ERASED):
        court.do("prosecutor", hold_reference, reference="P-GY-001", reason="An appeal")
    assert [entries(guyana), entries(court)] == before, "nothing half done"
    talk(four)
    assert files(guyana, "case") == files(court, "case") == []
    assert guyana.rows("people_detention") == court.rows("people_detention") == []
    centre.do("coordinator", reopen_operation, reasons="A late case has to be kept")
    talk(four)
    detention = guyana.do("officer", set_detention, **LATE)
    talk(four)
    assert len(files(guyana, "case")) == 1 and files(guyana, "case") == files(court, "case")
    assert court.rows("people_detention", "id") == [(detention,)]
    centre.do("coordinator", close_operation, reasons="It is over again")
    talk(four)
    assert guyana.do("officer", set_detention, **LATE), "the file of since then is theirs, and not the erased"
    assert all(held_entries(party) == [] for party in four)


def test_a_file_that_another_node_opens_again_takes_nothing_late(
    four: list[Party], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older program there, or one that lies: its own words stay what they are, and nobody adds to them."""
    _centre, guyana, _trinidad, court = four
    erased_by_both(four)
    with monkeypatch.context() as old:
        old.setattr(case_files, "refuse_second_file", lambda *_args: None)
        court.do("prosecutor", hold_reference, reference="P-GY-001", reason="An appeal")
    talk(four)
    assert len(files(guyana, "case")) == 1
    with pytest.raises(Refused, match=ERASED):
        guyana.do("officer", set_detention, **LATE)
    assert guyana.rows("people_detention") == []


def test_an_erasure_by_a_clock_that_was_set_back_counts_too(four: list[Party]) -> None:
    """What was written here after the close came after it, whatever a clock says."""
    centre, guyana, _trinidad, court = four
    file, _detention = case_over(four)
    entry = request(guyana, file)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    centre.do("coordinator", set_clock, reads=yesterday, set_at=datetime.now(UTC), rate=1.0)
    talk(four)
    assert decide(court, "prosecutor", file, entry) == 1
    talk(four)
    (erased,) = court.rows("access_erasedfile", "at")
    (closed,) = court.rows("access_closing", "at")
    assert erased < closed, "the clock was back"
    with pytest.raises(Refused, match=ERASED):
        court.do("prosecutor", hold_reference, reference="P-GY-001", reason="An appeal")


def test_before_the_police_have_erased_their_copy_what_is_late_stays_in_it(four: list[Party]) -> None:
    """Its author is asked on Today to erase, which is refused while somebody is held by it."""
    _centre, guyana, _trinidad, court = four
    file, _detention = case_over(four)
    entry = request(guyana, file)
    talk(four)
    assert decide(court, "prosecutor", file, entry) == 1
    late = guyana.do("officer", set_detention, **LATE)
    talk(four)
    assert files(guyana, "case") == [file] and files(court, "case") == []
    assert (late,) in guyana.rows("people_detention", "id") and court.rows("people_detention") == []
    with pytest.raises(Refused, match=ERASED):
        court.do("prosecutor", hold_reference, reference="P-GY-001", reason="An appeal")
    ((asked, _reader, _answer),) = erasure_rows(guyana)
    with pytest.raises(Refused, match="has no end"):
        guyana.do("national-lead", erase_as_asked, request=asked, reason="as asked")


def test_a_late_lead_opens_no_second_file_of_leads_and_sites(four: list[Party]) -> None:
    centre, guyana, _trinidad, _court = four
    guyana.do("officer", report_lead, **LEAD)
    (file,) = files(guyana, "police")
    guyana.do("national-lead", over, file=file)
    centre.do("coordinator", close_operation, reasons="It is over")
    talk(four)
    assert decide(guyana, "national-lead", file, request(guyana, file)) == 1
    with pytest.raises(Refused, match=ERASED):
        guyana.do("officer", report_lead, **LEAD)
    talk(four)
    assert files(guyana, "police") == []
    assert files(centre, "police") == [file], "the centre is asked, and keeps its copy until it answers"
