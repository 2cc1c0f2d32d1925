"""Custody as a pure function: nothing is lost, nothing is counted twice, order of arrival is nothing."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from libertad.evidence.custody import Event, chain
from libertad.evidence.seals import seal_number

START = datetime(2018, 4, 5, 14, 5, tzinfo=UTC)
NOW = START + timedelta(days=5)


def event(kind: str, minute: int, officer: str = "a", entry: str = "", **fields: Any) -> Event:
    at = START + timedelta(minutes=minute)
    return Event(
        id=entry or f"{kind}-{minute}-{officer}",
        kind=kind,
        at=at,
        clock=at,
        officer=officer,
        authority="police",
        **fields,
    )


TAKEN = event("seize", 0)


def offer(minute: int, officer: str, to: str, entry: str) -> Event:
    return event("offer", minute, officer, entry, to_officer=to, to_authority="police")


def test_offer_and_acceptance_hand_over_without_a_gap() -> None:
    custody = chain([event("accept", 20, "b", offer="o"), offer(10, "a", "b", "o"), TAKEN])
    assert custody and [h.officer for h in custody.holds] == ["a", "b"]
    assert not custody.gaps and not custody.conflicts and custody.state == "held"
    assert custody.held_time(NOW) == custody.total_time(NOW) == timedelta(days=5)


def test_an_offer_alone_moves_nothing() -> None:
    custody = chain([TAKEN, offer(10, "a", "b", "o")])
    assert custody and custody.holder and custody.holder.officer == "a" and custody.state == "offered"


def test_a_release_begins_a_gap_and_an_acceptance_ends_it_but_it_stays() -> None:
    events = [TAKEN, event("release", 60), event("accept", 190, "c")]
    custody = chain(events)
    assert custody and custody.gap_time(NOW) == timedelta(minutes=130) and custody.state == "held"
    explained = chain([*events, event("statement", 300, about_from=custody.gaps[0].since.isoformat())])
    assert explained and len(explained.gaps[0].statements) == 1
    assert explained.gap_time(NOW) == timedelta(minutes=130), "a statement never closes a gap"


def test_two_acceptances_are_a_visible_conflict_and_the_first_holds() -> None:
    custody = chain(
        [
            TAKEN,
            offer(10, "a", "b", "o"),
            event("accept", 20, "b", offer="o"),
            event("accept", 25, "b", offer="o"),
        ]
    )
    assert custody and [c.code for c in custody.conflicts] == ["accepted-twice"] and len(custody.holds) == 2
    two = [TAKEN, offer(10, "a", "b", "o1"), offer(11, "a", "c", "o2")]
    custody = chain([*two, event("accept", 20, "b", offer="o1"), event("accept", 25, "c", offer="o2")])
    assert custody and [c.code for c in custody.conflicts] == ["held-by-another"]
    assert custody.holder and custody.holder.officer == "b"


def test_acceptance_by_another_or_of_nothing_moves_nothing() -> None:
    for wrong, code in (
        (event("accept", 20, "x", offer="o"), "not-offered-to"),
        (event("accept", 20, "b", offer="unknown"), "no-such-offer"),
        (event("accept", 20, "b"), "held-by-another"),
        (event("accept", 4, "b", offer="o"), "no-such-offer"),
        (event("release", 20, "x"), "not-holder"),
        (event("offer", 20, "x", to_officer="y", to_authority="police"), "not-holder"),
        (event("return", 20, "x"), "not-holder"),
        (event("release", -5, "a"), "before-taking"),
    ):
        custody = chain([TAKEN, offer(15, "a", "b", "o"), wrong])
        assert (
            custody
            and custody.holder
            and custody.holder.officer == "a"
            and [c.code for c in custody.conflicts] == [code]
        )


def test_who_takes_by_a_phone_whose_clock_is_behind_holds_it() -> None:
    """What names an entry was written after it, whatever two phones' clocks say of one minute."""
    behind = event("accept", 8, "b", offer="o")
    custody = chain([TAKEN, offer(10, "a", "b", "o"), behind, event("return", 30, "b")])
    assert custody and custody.state == "returned" and not custody.conflicts
    assert [(hold.officer, hold.since) for hold in custody.holds][1:] == [
        ("b", START + timedelta(minutes=10))
    ]
    assert [e.kind for e in custody.events] == ["seize", "offer", "accept", "return"]
    assert custody.events[2].at == behind.at, "what its own phone said is shown"
    custody = chain([TAKEN, offer(3, "a", "b", "o"), event("accept", -2, "b", offer="o")])
    assert custody and custody.holder and custody.holder.officer == "b" and not custody.conflicts


def test_nothing_moves_after_the_return() -> None:
    custody = chain([TAKEN, event("return", 60), event("release", 70)])
    assert custody and custody.state == "returned" and custody.total_time(NOW) == timedelta(minutes=60)
    assert [c.code for c in custody.conflicts] == ["after-return"]


def test_a_seal_that_reads_otherwise_is_told() -> None:
    sealed = [TAKEN, event("seal", 1, number="S-1"), event("release", 60, seal_read="S-1")]
    custody = chain([*sealed, event("accept", 70, "b", seal_read="S-2", seal_state="intact")])
    assert custody and [c.code for c in custody.conflicts] == ["seal-differs"]
    custody = chain([*sealed, event("accept", 70, "b", seal_read="S-1", seal_state="damaged")])
    assert custody and [c.code for c in custody.conflicts] == ["seal-not-intact"]
    assert custody.holder and custody.holder.officer == "b"


def test_who_does_not_hold_it_puts_no_seal_on_it() -> None:
    custody = chain(
        [TAKEN, event("seal", 1, number="S-1"), event("seal", 5, "x", number="S-9", opened="S-1")]
    )
    assert custody and custody.seal == "S-1" and [c.code for c in custody.conflicts] == ["not-holder"]


def written_by(authority: str, event: Event) -> Event:
    return msgspec.structs.replace(event, authority=authority, id=f"{event.id}-{authority}")


def test_nobody_settles_alone_in_the_favour_of_the_own_authority() -> None:
    offers = [
        offer(10, "a", "b", "o1"),
        msgspec.structs.replace(offer(11, "a", "c", "o2"), to_authority="lab"),
    ]
    first = event("accept", 20, "b", "first", offer="o1")
    second = msgspec.structs.replace(event("accept", 25, "c", "second", offer="o2"), authority="lab")
    both = [TAKEN, *offers, first, second]
    settled = event("settle", 30, "c", keep="second", aside=("first",))
    custody = chain([*both, written_by("lab", settled)])
    assert custody and custody.holder and custody.holder.officer == "b" and not custody.aside
    again = chain(
        [
            *both,
            written_by("lab", settled),
            written_by("lab", event("settle", 31, "d", keep="second", aside=("first",))),
        ]
    )
    assert again and not again.aside, "a second officer of the same authority is no second authority"
    agreed = chain([*both, written_by("lab", settled), written_by("prosecution", settled)])
    assert agreed and agreed.holder and agreed.holder.officer == "c" and agreed.aside == (first,)


def test_a_return_dated_before_a_hand_over_that_the_same_officer_signed_undoes_nothing() -> None:
    handed = [TAKEN, offer(10, "a", "b", "o"), event("accept", 20, "b", offer="o")]
    custody = chain([*handed, event("return", 5, "a")])
    assert custody and custody.holder and custody.holder.officer == "b" and custody.state == "held"
    assert [c.code for c in custody.conflicts] == ["not-holder"]
    late = chain([*handed, event("return", 30, "b")])
    assert late and late.state == "returned"
    unaccepted = chain([TAKEN, offer(10, "a", "b", "o"), event("return", 5, "a")])
    assert unaccepted and unaccepted.state == "returned"


def test_without_its_taking_there_is_no_chain() -> None:
    assert chain([event("release", 5)]) is None


def test_a_seal_number_has_one_spelling() -> None:
    assert seal_number("  svg-118204 ") == seal_number("SVG-118204") == "SVG-118204"


officers = st.sampled_from("abc")
minutes = st.integers(min_value=0, max_value=600)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    events = [TAKEN]
    offers = ["", "unknown"]
    for n in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(["seal", "offer", "accept", "store", "release", "statement", "return"]))
        fields: dict[str, str] = {}
        if kind == "offer":
            fields = {"to_officer": draw(officers), "to_authority": "police"}
            offers.append(f"e{n}")
        elif kind == "accept":
            fields = {"offer": draw(st.sampled_from(offers))}
        elif kind == "seal":
            fields = {"number": f"S-{n}"}
        elif kind == "store":
            fields = {
                "store": f"place-{n}",
                "place": "Shelf",
                "seal_read": draw(st.sampled_from(["", "S-1"])),
            }
        events.append(event(kind, draw(minutes), draw(officers), f"e{n}", **fields))
    return events


@given(histories(), st.randoms(use_true_random=False))
def test_held_and_gaps_are_the_whole_time_in_any_order(events: list[Event], dice: random.Random) -> None:
    custody = chain(events)
    assert custody is not None
    assert custody.held_time(NOW) + custody.gap_time(NOW) == custody.total_time(NOW)
    pieces = sorted(
        [(h.since, h.until or custody.until(NOW)) for h in custody.holds]
        + [(g.since, g.until or custody.until(NOW)) for g in custody.gaps]
    )
    assert pieces[0][0] == custody.start and pieces[-1][1] == custody.until(NOW)
    assert all(earlier[1] == later[0] for earlier, later in pairwise(pieces)), "no overlap, no hole"
    shuffled = list(events) + list(events[:2])
    dice.shuffle(shuffled)
    assert chain(shuffled) == custody


@given(histories())
def test_a_statement_changes_no_time(events: list[Event]) -> None:
    with_, without = chain(events), chain([e for e in events if e.kind != "statement"])
    assert with_ and without and with_.gap_time(NOW) == without.gap_time(NOW) and with_.holds == without.holds


def test_only_the_holder_puts_it_at_a_place_and_with_the_holder_the_place_goes() -> None:
    storing = event("store", 5, "a", store="shelf", place="Shelf")
    forged = event("store", 6, "b", store="safe", place="Safe")
    custody = chain([TAKEN, storing, forged])
    assert custody is not None and custody.stored == storing and custody.flaw(forged) == "not-holder"
    offer = event("offer", 7, "a", "o", to_officer="b", to_authority="police")
    assert (custody := chain([TAKEN, storing, offer])) is not None and custody.stored == storing
    acceptance = event("accept", 8, "b", offer="o")
    assert (custody := chain([TAKEN, storing, offer, acceptance])) is not None and custody.stored is None
    release = event("release", 7, "a")
    assert (custody := chain([TAKEN, storing, release])) is not None and custody.stored is None


def test_a_seal_that_reads_otherwise_is_told_and_it_is_put_there_all_the_same() -> None:
    sealed = event("seal", 1, "a", number="S-1")
    storing = event("store", 5, "a", store="shelf", place="Shelf", seal_read="S-2")
    custody = chain([TAKEN, sealed, storing])
    assert custody is not None and custody.flaw(storing) == "seal-differs" and custody.stored == storing


def test_a_return_that_contradicts_is_not_the_one_that_ended_custody() -> None:
    """Another, who did not hold it, had told of a return in the same minute before."""
    false = msgspec.structs.replace(event("return", 30, "b"), clock=START)
    custody = chain([TAKEN, event("return", 30, "a"), false])
    assert custody and custody.state == "returned" and custody.flaw(false) == "not-holder"
    assert custody.returned and custody.returned.officer == "a"
