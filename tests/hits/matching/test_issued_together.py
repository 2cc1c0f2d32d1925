"""Documents that follow each other were issued together, to relatives: alike, and no proof of one person."""

from __future__ import annotations

import pytest

from libertad.hits.matching import Matcher, facts
from libertad.hits.matching.linking import link
from libertad.hits.matching.record import Birth, Name, Record

HOME = (("phone", "+592 600 1234"), ("address", "12 Sheriff Street, Campbellville"))


def person(id_: str, given_name: str, document: str, born: str = "", home: bool = True) -> Record:
    facts = (("document", document), *(HOME if home else ()))
    return Record(id_, (Name(given=given_name, family="Ramnauth"),), Birth.of_text(born), facts=facts)  # type: ignore[arg-type]


def crowd() -> Matcher:
    matcher = Matcher()
    for n in range(300):
        name = Name(given=f"Given{n}", family=f"Family{n % 60}")
        facts = (("document", f"R{7_000_000 + n * 7919 % 900_000}"), ("phone", f"592{6_100_000 + n * 37}"))
        matcher.upsert(
            Record(f"c{n}", (name,), Birth.of_text(f"{1960 + n % 40}-03-{1 + n % 28:02}"), facts=facts)
        )  # type: ignore[arg-type]
    return matcher


@pytest.mark.parametrize(
    ("one", "other", "so"),
    [
        ("R0183456", "R0183457", True),
        ("GY:R0183456", "R0183457", True),
        ("R0183459", "R0183461", True),
        ("R0183456", "R0193456", False),  # a figure wrong in the middle: ten thousand others lie between
        ("R0183456", "S0183457", False),
        ("R0183456", "R0183456", False),  # the same is not the next
        ("GY:R0183456", "SR:R0183457", False),
        ("GLORIA", "GLORIB", False),
    ],
)
def test_which_documents_follow_each_other(one: str, other: str, so: bool) -> None:
    assert facts.follow([one, other], [other, one]).tolist() == [so, so]


@pytest.mark.parametrize(("mine", "hers"), [("1994-03-12", "1997-11-02"), ("", "")])
def test_sisters_with_passports_of_one_day_are_sisters(mine: str, hers: str) -> None:
    matcher = crowd()
    matcher.upsert(person("s", "Shivani", "R0183457", hers))
    sister = person("q", "Anjali", "R0183456", mine)
    (hit,) = (hit for hit in matcher.ask(sister, 20, -99.0) if hit.id == "s")
    assert hit.probability < 0.3
    assert any(reason.kind == "kin" and reason.bits < -15 for reason in hit.reasons)
    (same,) = (hit for hit in matcher.ask(person("q", "Shivani", "R0183456", hers)) if hit.id == "s")
    assert same.probability > 0.9, "who bears the other's name too is one person whose number was misread"


def test_the_same_in_a_table() -> None:
    matcher = crowd()
    records = [
        *matcher._records.values(),
        person("s", "Shivani", "R0183457"),
        person("q", "Anjali", "R0183456"),
    ]
    links = link(records)
    ids = links.left.ids
    (at,) = (
        n
        for n, pair in enumerate(zip(links.one, links.other, strict=True))
        if {ids[i] for i in pair} == {"s", "q"}
    )
    assert links.probability[at] < 0.3


def test_a_figure_misread_in_a_strangers_document_says_what_it_said() -> None:
    """Without anything else that relatives share, a document nearly the same is one misread."""
    matcher = crowd()
    matcher.upsert(person("s", "Shivani", "R0183457", home=False))
    (hit,) = (hit for hit in matcher.ask(person("q", "Shivani", "R0183456", home=False)) if hit.id == "s")
    assert hit.probability > 0.9
