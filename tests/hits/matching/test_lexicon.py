"""How two words of names are alike: each way by examples, found by keys and compared alone alike."""

from __future__ import annotations

import random

import numpy as np
import pytest

from libertad.hits.matching import Matcher, Name, Record, record_table
from libertad.hits.matching.lexicon import ANY, How, Lexicon, levels

WAYS = [
    ("pena", "pena", How.SAME),
    ("gonzalez", "gonsales", How.SPELLING),
    ("pepe", "jose", How.NICKNAME),
    ("englefield", "englefeld", How.CLOSE),
    ("marti", "martinez", How.NEAR),  # its beginning
    ("uele", "araquele", How.NEAR),  # its end
    ("rodriguez", "rodrigues", How.SPELLING),
    ("j", "joseph", How.INITIAL),
    ("j", "maria", How.DIFFERENT),
    ("maria", "pedro", How.DIFFERENT),
]


@pytest.mark.parametrize(("one", "other", "how"), WAYS)
def test_a_way_of_being_alike(one: str, other: str, how: How) -> None:
    every = np.array([ANY], np.uint8)
    assert levels([one], [other], every) == [how]
    assert levels([other], [one], every) == [how]


def test_what_shares_no_key_is_not_listed_and_what_is_alike_is() -> None:
    lexicon = Lexicon()
    for word in {word for first, second, _how in WAYS for word in (first, second)}:
        lexicon.add(word)
    near = lexicon.near()
    listed = {
        frozenset((lexicon.words[code // near.size], lexicon.words[code % near.size])): How(level)
        for code, level in zip(near.code.tolist(), near.how.tolist(), strict=True)
    }
    for left, right, way in WAYS:
        if way not in (How.SAME, How.INITIAL, How.DIFFERENT):
            assert listed[frozenset((left, right))] == way
    assert frozenset(("maria", "pedro")) not in listed


def score_names(left: str, right: str) -> float:
    return Matcher().compare_many([(Record("a", (Name(left),)), Record("b", (Name(right),)))])[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rami Makhlouf", "Ramimakhlouf"),
        ("Jan Daniel Bothma", "Jandaniel Bothma"),
        ("Nikolai Patr Ushev", "Nikolai Patrushev"),
    ],
)
def test_a_name_written_as_one_word_or_as_two_is_one(
    one: str, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_it = score_names(one, other)
    monkeypatch.setattr(record_table, "_otherwise", lambda *_given, **_more: ())
    assert with_it > max(score_names(one, other), 0.0) + 4


def test_many_at_once_rank_as_one_by_one() -> None:
    names = [("Yulimar Peña", "Julimar Pena"), ("Yulimar Peña", "Yulimar Rojas"), ("Wei Zhang", "Ana Ruiz")]
    pairs = [(Record("a", (Name(left),)), Record("b", (Name(right),))) for left, right in names]
    matcher = Matcher()
    at_once = matcher.compare_many(pairs)
    single = [matcher.compare(*pair).bits for pair in pairs]
    assert np.argsort(at_once).tolist() == np.argsort(single).tolist()


def test_words_are_looked_at_closely_only_where_it_can_change_the_answer() -> None:
    lexicon = Lexicon()
    words = ["pepe", "jose", "josefa", "yulimar", "julimar", "mohammed", "mhmd", "muhamad", "gonzalez"]
    for word in [*words, "gonsales", "ana", "j", "jo", "wei"]:
        lexicon.add(word)
    first, second = np.triu_indices(len(lexicon), 1)
    left, right = ([lexicon.words[at] for at in of] for of in (first, second))
    ways = levels(left, right, lexicon.promises(first, second))
    assert ways.tolist() == levels(left, right, np.full(len(first), ANY, np.uint8)).tolist()
    assert {How.SPELLING, How.NICKNAME, How.NEAR, How.INITIAL, How.DIFFERENT} <= set(ways.tolist())


def test_no_words_that_are_alike_are_passed_over_for_their_letters() -> None:
    lexicon = Lexicon()
    rng = random.Random(5)
    for word in ("yulimar", "martha", "jo", "j", "gonzalez", "ana", "maximiliano", "a1"):
        for _ in range(60):  # as written, misspelt up to three times, or only its beginning or end
            letters = list(word)
            for _ in range(rng.randrange(4)):
                letters[rng.randrange(len(letters))] = rng.choice("abcdefghilmnorstuz")
            cut = rng.randrange(len(letters))
            lexicon.add("".join(rng.choice((letters, letters[cut:], letters[: cut + 1]))))
    left, right = np.triu_indices(len(lexicon), 1)
    promised = np.zeros(len(left), np.uint8)
    expected = levels(lexicon.texts(left), lexicon.texts(right), promised)
    near = lexicon.near_of(left * len(lexicon) + right, promised)
    similar = expected != How.DIFFERENT
    assert near.code.tolist() == (left * len(lexicon) + right)[similar].tolist()
    assert near.how.tolist() == expected[similar].tolist() and similar.sum() > 300
