"""Chinese given names are one name, in one word or two, in Pinyin or Wade-Giles; other names stay whole."""

from __future__ import annotations

import pytest

from libertad.hits.matching import Matcher, Name, Record
from libertad.hits.matching.syllables import chinese, is_syllable, joined, split


def test_syllables_are_those_of_mandarin() -> None:
    assert all(map(is_syllable, ("zhang", "xu", "hsu", "tsung", "de", "er")))
    assert not any(map(is_syllable, ("ria", "mar", "zi1", "sta", "b", "")))


@pytest.mark.parametrize("name", [("maria", "zhang"), ("mao",), ("lina", "moreno"), ("wang", "smith")])
def test_other_names_are_left_whole(name: tuple[str, ...]) -> None:
    assert split(name) is None
    assert not chinese(("lina", "moreno"))


def test_two_words_are_one_in_either_romanisation() -> None:
    assert "zedong" in set(joined("tse", "tung"))
    assert set(joined("jose", "luis")) == {"joseluis"}


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
    matcher.put(Record("P-1", (Name(kept),)))
    matcher.put(Record("P-2", (Name("Wu Jianguo"),)))
    assert [hit.id for hit in matcher.ask(Record("Q", (Name(asked),)), least=0)] == ["P-1"]


def test_de_is_a_name_in_chinese_letters_and_a_particle_in_spanish() -> None:
    from libertad.hits.matching.text import tokens

    assert tokens("王德") == ("wang", "de")
    assert tokens("María de Jesús") == ("maria", "jesus")


def test_a_name_of_two_letters_is_found_in_another_romanisation() -> None:
    matcher = Matcher()
    matcher.put(Record("P-1", (Name("Xu Haiyan"),)))
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
    for asked, kept in ((joined, parted), (parted, joined)):
        one, other = Record("a", (Name(asked),)), Record("b", (Name(kept),))
        assert Matcher().compare(one, other).bits > 5
    matcher = Matcher()
    matcher.put(Record("P-1", (Name(parted),)))
    matcher.put(Record("P-2", (Name("Tran Thi Thu Ha"),)))
    assert [hit.id for hit in matcher.ask(Record("Q", (Name(joined),)), least=2)] == ["P-1"]
