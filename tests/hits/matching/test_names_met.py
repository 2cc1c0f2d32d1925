"""Names of people whom Operation Libertad met, as two officers write them: each is found again, and what only
looks alike stays two."""

from __future__ import annotations

import pytest

from libertad.hits.matching import Birth, Matcher, Name, Record
from libertad.hits.matching.linking import link

# A name, the same as somebody else writes it, and another person's.
MET = """
    Nguyễn Văn Vân | NGUYEN VAN VAN | NGUYEN VAN HUNG
    Lê Thị Hồng | LE THI HONG | TRAN THI HONG
    Sunita Das | DAS SUNITA | Sunita Persaud
    Nguyễn Thị Thanh Nhung | NGUYEN THITHANHNHUNG | NGUYEN THIBICHLIEN
    Mao Tse-tung | Mao Zedong | Mao Anying
    Chang Kuo-hua | Zhang Guohua | Zhang Meilin
    王德 | Wang De | Wang Fang
    李娜 | Li Na | Li Fang
    محمد الحربي | Mohammed Al-Harbi | Mohammed Al-Zahrani
    فاطمة الزهراء | Fatima Zahra | Fatima Harbi
    Gri Pierre | Gris Pierre | Gros-Jean Pierre
    Sent-Fleur Jean | Saint-Fleur Jean | Saint-Louis Jean
    Geeta Persaud | Gita Persaud | Gaitri Persaud
    Brayan Rojas | Brian Rojas | Bruno Rojas
    Maikel Rojas | Michael Rojas | Miguela Rojas
    Panchita Rojas | Francisca Rojas | Francia Rojas
    Meche Rojas | Mercedes Rojas | Marcela Rojas
    Tasha Brown | Natasha Brown | Tabitha Brown
"""
EACH = [tuple(line.strip().split(" | ")) for line in MET.strip().splitlines()]


def filled() -> Matcher:
    """Among two hundred others."""
    matcher = Matcher()
    for n in range(200):
        matcher.upsert(
            Record(f"r{n}", (Name(f"Given{n} Family{n}"),), Birth.of_text(f"{1950 + n % 50}-03-{1 + n % 28}"))
        )
    return matcher


def chance(left: str, right: str) -> float:
    """Who is called so and was born in that year."""
    matcher = filled()
    matcher.upsert(Record("P", (Name(left),), Birth.of_text("1994")))
    hits = matcher.ask(Record("Q", (Name(right),), Birth.of_text("1994")), 20, -99.0)
    return next((hit.probability for hit in hits if hit.id == "P"), 0.0)


def bits(left: str, right: str) -> float:
    """What the two names weigh."""
    comparison = filled().compare(*(Record(id_, (Name(name),)) for id_, name in (("P", left), ("Q", right))))
    return sum(why.bits for why in comparison.reasons if why.kind in ("name", "kin"))


@pytest.mark.parametrize(("name", "again", "_another"), EACH)
def test_who_is_written_otherwise_is_found_again(name: str, again: str, _another: str) -> None:
    assert chance(name, again) > 0.5
    assert chance(again, name) > 0.5


@pytest.mark.parametrize(("name", "again", "another"), EACH)
def test_another_persons_name_weighs_far_less(name: str, again: str, another: str) -> None:
    assert bits(name, again) > bits(name, another) + 3


def test_they_are_linked_too() -> None:
    """All in one table, each twice, with a birth."""
    both = [
        Record(f"{n} {turn}", (Name(name),), Birth.of_text(f"{1960 + n}-05-{1 + n}"))
        for n, pair in enumerate(EACH)
        for turn, name in enumerate(pair[:2])
    ]
    links = link([*filled()._records.values(), *both])
    together = {
        links.left.ids[i].split()[0]
        for i, j, likely in zip(links.one, links.other, links.probability, strict=True)
        if likely > 0.5 and links.left.ids[i].split()[0] == links.left.ids[j].split()[0]
    }
    assert together == {str(n) for n in range(len(EACH))}
