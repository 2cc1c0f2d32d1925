"""What proposals to close a file, readings, contact and reopenings come to: a pure function of words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from libertad.care.retention import standing_closing
from libertad.journal.folding import Said
from libertad.vocabulary.body import Verb
from libertad.vocabulary.verbs.care import CareClose, CareReopen
from libertad.vocabulary.verbs.care_closing import CareCloseRead
from tests.care.test_desk import said

PERSON = "p" * 32
END = {"reason": "returned", "afterwards": "The duty line"}


def closing(number: int, by: str, hours: int = 0) -> Said:
    return said(number, by, CareClose(person=PERSON, stage="proposed", **END), hours)


def reading(number: int, by: str, of: Said, agrees: str = "yes", hours: int = 0) -> Said:
    content = CareCloseRead(person=PERSON, closing=of.id, agrees=agrees, reasons="x")
    return said(number, by, content, hours)


def test_a_reading_by_who_proposed_it_or_of_another_proposal_closes_nothing() -> None:
    first, second = closing(1, "a"), closing(3, "a")
    assert not standing_closing([first, reading(2, "a", first)]).columns
    stands_now = standing_closing([first, second, reading(4, "b", first)])
    assert not stands_now.columns and stands_now.waiting is second
    nobody = said(2, "", CareCloseRead(person=PERSON, closing=first.id, agrees="yes"), 0)
    assert not standing_closing([first, nobody]).columns


def test_a_reading_that_dates_itself_before_the_proposal_counts_since_the_proposal() -> None:
    first = closing(2, "a")
    early = reading(3, "b", first, hours=9)
    stands_now = standing_closing([early, first])
    assert stands_now.columns["closed_at"] == first.at and stands_now.waiting is None


ACTS = st.lists(st.tuples(st.sampled_from("PRnYOC"), st.sampled_from("ab")), max_size=8)


@given(ACTS)
def test_no_history_closes_a_file_that_two_officers_did_not_agree_on(history: list[tuple[str, str]]) -> None:
    """Against a plain model that knows who proposed last: P proposes, Y and n read the last one, R reads the
    first, O opens again, C tells of contact."""
    entries: list[Said] = []
    proposals: list[Said] = []
    read: set[str] = set()
    is_closed, waits = False, None
    for number, (act, by) in enumerate(history, 1):
        content: Verb | None = None
        if act == "P":
            content = CareClose(person=PERSON, stage="proposed", **END)
        elif act == "C":
            content = CareClose(person=PERSON, stage="contact", **END)
        elif act == "O":
            content = CareReopen(person=PERSON, reasons="x")
        elif proposals:
            of = proposals[0] if act == "R" else proposals[-1]
            agrees = "no" if act == "n" else "yes"
            content = CareCloseRead(person=PERSON, closing=of.id, agrees=agrees, reasons="x")
            counts = by != of.officer and of.id not in read
            if counts:
                read.add(of.id)
                if waits is of:
                    is_closed, waits = agrees == "yes", None
        if content is None:
            continue
        entry = said(number, by, content, 0)
        entries.append(entry)
        if act == "P":
            proposals.append(entry)
            waits = None if is_closed else entry
        elif act == "O":
            is_closed, waits = False, None
    now = standing_closing(entries)
    assert (bool(now.columns), now.waiting) == (is_closed, waits)
