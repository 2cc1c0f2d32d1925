"""A number that many have says little; relatives and people taken together share accounts as well."""

from __future__ import annotations

import pytest

from libertad.hits.matching import Matcher
from libertad.hits.matching.linking import link
from libertad.hits.matching.record import Kind, Name, Record

GIVEN = ("Yulimar", "Thandiwe", "Casimir", "Wilhelmina", "Evaristo", "Nguyet", "Odalys", "Ruperta")
FAMILY = ("Quintanilla", "Achterberg", "Bissessar", "Desravines", "Echeverri", "Oropeza", "Zwakhals")


def crowd(shared: str, kind: Kind, many: int) -> list[Record]:
    """56 people of different names with a number each, of whom the first `many` have the same."""
    records = []
    for n in range(56):
        name = Name(given=GIVEN[n % 8], family=FAMILY[n % 7])
        number = shared if n < many else str(6_000_000 + n * 79_193)
        records.append(Record(f"r{n}", (name,), facts=((kind, number),)))
    return records


def number_bits(kind: Kind, number: str, count: int) -> float:
    """Bits of the number in a pair of two people of the crowd."""
    records = crowd(number, kind, count)
    matcher = Matcher()
    matcher.upsert_all(records)
    (weight,) = (reason for reason in matcher.compare(records[0], records[1]).reasons if reason.kind == kind)
    assert weight.how == "same"
    return weight.bits


@pytest.mark.parametrize(("kind", "number"), [("handle", "casa@example.org"), ("phone", "5925550101")])
def test_a_number_that_half_the_table_has_says_little(kind: Kind, number: str) -> None:
    assert number_bits(kind, number, 28) < 3
    assert number_bits(kind, number, 2) > 10, "and one of two records nearly all"


def test_people_who_share_an_office_account_are_not_linked_by_it() -> None:
    linked = link(crowd("casa@example.org", "handle", 28))
    strangers = (linked.one % 8 != linked.other % 8) & (linked.one % 7 != linked.other % 7)
    assert strangers.sum() > 100, "pairs of whom nothing else is alike were compared"
    assert (linked.probability[strangers] < 0.1).all()


def test_an_account_in_common_is_what_relatives_share() -> None:
    home = (("address", "Kaya Rooi Santo 14"), ("handle", "familia.croes@example.org"))
    matcher = Matcher()
    sister = Record("s", (Name(given="Thandiwe", family="Achterberg"),), facts=home)  # type: ignore[arg-type]
    matcher.upsert_all([*crowd("casa@example.org", "handle", 1), sister])
    brother = Record("b", (Name(given="Casimir", family="Achterberg"),), facts=home)  # type: ignore[arg-type]
    (hit,) = (hit for hit in matcher.ask(brother, 20, -99.0) if hit.id == "s")
    assert any(reason.kind == "kin" and reason.bits < -8 for reason in hit.reasons)
    assert hit.probability < 0.5


def test_relatives_stand_between_people_and_not_between_two_leads() -> None:
    """Two texts that name one telephone have no relatives: nothing is taken from them for any."""
    matcher = Matcher()
    phone: tuple[tuple[Kind, str], ...] = (("phone", "+592 623 4417"),)
    leads = [Record(id=f"lead:{n}", facts=phone) for n in range(2)]
    people = [
        Record(id=f"person:{n}", names=(Name(full=name),), facts=phone)
        for n, name in enumerate(("Ana Ruiz", "Luz Ruiz"))
    ]
    matcher.upsert_all([*leads, *people, *(Record(id=f"other:{n}") for n in range(50))])

    def kin_bits(left: Record, right: Record) -> float:
        return sum(why.bits for why in matcher.compare(left, right).reasons if why.kind == "kin")

    assert kin_bits(*people) < -1.0
    assert kin_bits(*leads) == kin_bits(leads[0], people[0]) == 0.0
    by_id = {hit.id: hit for hit in matcher.ask(leads[0], least=-50.0)}
    assert by_id["lead:1"].bits == pytest.approx(matcher.compare(*leads).bits, abs=0.01)
    assert not [why for why in by_id["lead:1"].reasons if why.kind == "kin"]
