"""What goes together in names is not counted twice: Juan Carlos, a surname that is borne twice."""

from __future__ import annotations

import numpy as np
import pytest

from libertad.hits.matching.comparison import Context
from libertad.hits.matching.compound_words import ENOUGH
from libertad.hits.matching.linking import link
from libertad.hits.matching.model import Model
from libertad.hits.matching.record import Birth, Name, Record
from libertad.hits.matching.record_table import Frame, Words, build_frame

SURNAMES = ["ba", "du", "fe", "gi", "ko", "lu", "ma", "ne", "pi", "ro"]


def person(number: int, given_name: str, family: str) -> Record:
    born = f"{1960 + number % 41}-{number % 12 + 1:02}-{number % 27 + 2:02}"
    return Record(f"r{number}", (Name(given=given_name, family=family),), Birth.of_text(born))


def people(called: list[str]) -> list[Record]:
    """As many persons, each of a rare surname."""
    return [
        person(
            number,
            given_name,
            f"{SURNAMES[number % 10]}{SURNAMES[number // 10 % 10]}n{SURNAMES[number % 7]}sky",
        )
        for number, given_name in enumerate(called)
    ]


def town(together: int) -> list[Record]:
    """As many are called Miguel Ángel, as many Miguel or Ángel with another name, and others."""
    apart = [name for at in range(together) for name in (f"Miguel Tor{at}vik", f"Ángel Sve{at}nik")]
    return people(
        ["Miguel Ángel"] * together + apart + ["Ketsia Wei"] * 2 + [f"Han{at}vo Dri" for at in range(300)]
    )


def surprise(records: list[Record], left: int, right: int, within: bool = True) -> tuple[float, float]:
    """Bits of the names of two records and of what relatives share of them, before m."""
    words = Words()
    frame: Frame = build_frame(records, words)
    context = Context.within(words, frame) if within else Context.of(words, frame)
    names = context.compare(frame, frame, np.array([left]), np.array([right]), Model()).names
    return float(names.surprise[0]), float(names.kin_told[0])


def test_a_word_that_goes_with_another_tells_little_beside_it() -> None:
    records = town(40)
    (twice, _), (once, _) = surprise(records, 0, 1, within=False), surprise(records, 0, 1)
    assert once < twice - 1.5  # half of all who are called Miguel are called Miguel Ángel
    records = [person(900, "Miguel", "Zetko"), person(901, "Miguel", "Bravsky"), *records]
    alone, _ = surprise(records, 0, 1)
    assert once > alone + 0.5  # beside Miguel alone it still tells something


def test_words_that_few_say_together_tell_what_each_tells() -> None:
    """Nor do two records of one person make their own rare words go together."""
    records = town(ENOUGH - 1)
    assert surprise(records, 0, 1) == surprise(records, 0, 1, within=False)
    rare = next(at for at, record in enumerate(records) if record.names[0].given == "Ketsia Wei")
    assert surprise(records, rare, rare + 1) == surprise(records, rare, rare + 1, within=False)


def test_a_surname_that_many_bear_twice_counts_once_and_a_little() -> None:
    records = [person(at, f"Tor{at}vik", "Gómez Gómez") for at in range(40)]
    records += [person(at + 100, f"Han{at}vo", f"{SURNAMES[at % 10]}nsky Dri{at}m") for at in range(300)]
    (twice, kin_twice), (once, kin_once) = surprise(records, 0, 1, within=False), surprise(records, 0, 1)
    assert once < twice - 1.5
    assert kin_twice - kin_once == pytest.approx(twice - once)  # relatives share no more than there is


def test_each_reason_says_what_is_left_of_it() -> None:
    links = link(town(40))
    rows = np.arange(min(len(links.one), 50))
    for at, why in zip(rows.tolist(), links.reasons(rows), strict=True):
        whole = sum(reason.bits for reason in why) + links.prior.same
        assert whole == pytest.approx(float(links.bits[at]), abs=0.02)
