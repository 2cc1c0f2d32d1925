"""Chinese given names are one name, in one word or two, in Pinyin or Wade-Giles; other names stay whole."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from libertad.hits.matching import Birth, Matcher, Name, Record
from libertad.hits.matching.linking import link
from libertad.hits.matching.query_batch import asker
from libertad.hits.matching.record import Reason
from libertad.hits.matching.segment import Segment
from libertad.hits.matching.syllables import chinese, is_syllable, joined_forms, split


def test_syllables_are_those_of_mandarin() -> None:
    assert all(map(is_syllable, ("zhang", "xu", "hsu", "tsung", "de", "er")))
    assert not any(map(is_syllable, ("ria", "mar", "zi1", "sta", "b", "")))


@pytest.mark.parametrize("name", [("maria", "zhang"), ("mao",), ("lina", "moreno"), ("wang", "smith")])
def test_other_names_are_left_whole(name: tuple[str, ...]) -> None:
    assert split(name) is None
    assert not chinese(("lina", "moreno"))


def test_two_words_are_one_in_either_romanisation() -> None:
    assert "zedong" in set(joined_forms("tse", "tung"))
    assert set(joined_forms("jose", "luis")) == {"joseluis"}


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("Mao Tse-tung", "Mao Zedong"),
        ("Mao Zedong", "Mao Tse-tung"),
        ("吴德丽", "Wu Deli"),
        ("Deli Wu", "吴德丽"),
    ],
)
def test_an_index_finds_the_other_writing(asked: str, kept: str) -> None:
    matcher = Matcher()
    matcher.upsert(Record("P-1", (Name(kept),)))
    matcher.upsert(Record("P-2", (Name("Wu Jianguo"),)))
    assert [hit.id for hit in matcher.ask(Record("Q", (Name(asked),)), least=0)] == ["P-1"]


def test_de_is_a_name_in_chinese_letters_and_a_particle_in_spanish() -> None:
    from libertad.hits.matching.text import tokens

    assert tokens("王德") == ("wang", "de")
    assert tokens("María de Jesús") == ("maria", "jesus")


def test_a_name_of_two_letters_is_found_in_another_romanisation() -> None:
    matcher = Matcher()
    matcher.upsert(Record("P-1", (Name("Xu Haiyan"),)))
    assert [hit.id for hit in matcher.ask(Record("Q", (Name("Hsu Hai-yen"),)), least=-5)] == ["P-1"]


@pytest.mark.parametrize(
    ("joined", "parted"),
    [
        ("NGUYEN THITHANHNHUNG", "Nguyễn Thị Thanh Nhung"),
        ("LINMEIHUA", "Lin Mei-hua"),
        ("Abubakr Saleh", "Abu Bakr Saleh"),
        ("ANALUZ MORENO", "Ana Luz Moreno"),
    ],
)
def test_names_that_are_written_as_one_are_found(joined: str, parted: str) -> None:
    for query, stored in ((joined, parted), (parted, joined)):
        left, right = Record("a", (Name(query),)), Record("b", (Name(stored),))
        assert Matcher().compare(left, right).bits > 5
    matcher = Matcher()
    matcher.upsert(Record("P-1", (Name(parted),)))
    matcher.upsert(Record("P-2", (Name("Tran Thi Thu Ha"),)))
    assert [hit.id for hit in matcher.ask(Record("Q", (Name(joined),)), least=2)] == ["P-1"]


COMMON = [
    Record(
        f"P-{n}",
        (Name(given=given_name, family=family),),
        Birth.of_text(f"{1960 + n % 40}-{1 + n % 12:02}-11"),
    )
    for n, (given_name, family) in enumerate(
        (first_name, family)
        for first_name in ("Muchen", "Muyang", "Muze", "Yinuo")
        for family in ("Wang", "Li", "Zhang", "Liu", "Chen", "Yang", "Zhao", "Huang", "Zhou", "Wu")
        for _ in range(5)
    )
]


def told_of_mu(reasons: Iterable[Reason]) -> float:
    return sum(why.bits for why in reasons if why.left.lower() == why.right.lower() == "mu")


def test_a_syllable_that_many_bear_within_a_word_is_common() -> None:
    """150 of 200 people are called Mu-something: two of them agree in it by chance."""
    links = link(COMMON)
    both = [
        at
        for at, (i, j) in enumerate(zip(links.one, links.other, strict=True))
        if COMMON[i].names[0].given == "Muchen" and COMMON[j].names[0].given == "Muyang"
    ]
    assert both
    assert max(told_of_mu(why) for why in links.reasons(np.array(both))) < 6
    assert not any(links.probability[at] > 0.3 for at in both)


@pytest.mark.parametrize("index", [False, True])
def test_asking_counts_syllables_as_linking_does(index: bool) -> None:
    question = Record("Q", (Name(given="Mudan", family="Wang"),))
    if index:
        hits = asker(Segment.of(COMMON), 20, -99.0)(question)
    else:
        matcher = Matcher()
        for record in COMMON:
            matcher.upsert(record)
        hits = matcher.ask(question, 20, -99.0)
    bits = [told_of_mu(hit.reasons) for hit in hits]
    assert max(bits) > 0
    assert max(bits) < 6
