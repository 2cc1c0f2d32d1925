"""Which words of a name tell people apart, and which only stand with it: titles, particles, generations.

A particle is one in its place and language only. It comes before a name, so the last word is none: 'Das' of
'Sunita Das' is a surname, that of 'Ana das Neves' is not. What is a name elsewhere (`data/namesakes.csv`)
stays where it stands first, as a surname does in Vietnamese and Chinese, and in the middle where another word
shows the language. What comes after a name (Filho, Junior) goes only if given and family name are left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from libertad.hits.matching import datafiles

# Countries in whose lists names of a language stand, and those whose names are no sign of it.
AMONG = {"hi": ("IN", "BD", "LK", "PK", "GY", "TT"), "zh": ("CN",)}
NOT_AMONG = ("BR", "PT", "ES", "NL", "MX", "US")


@dataclass(frozen=True)
class Roles:
    """`before`: particles, before a name; `after`: generations, after it; `beside`: words of marriage;
    `titles`: in the first place only. `first`: namesakes that are names there; `marked`: language ->
    namesakes that are names where another word shows it; `short`: all namesakes."""

    before: frozenset[str]
    after: frozenset[str]
    beside: frozenset[str]
    titles: frozenset[str]
    first: frozenset[str]
    marked: dict[str, frozenset[str]]
    short: frozenset[str]
    every: frozenset[str]


@cache
def roles() -> Roles:
    """The words of the data files by what they do."""
    from libertad.hits.matching.text import normalise_text  # which reads this module

    by: dict[str, set[str]] = {role: set() for role in datafiles.ROLES}
    for row in datafiles.particles():
        words = normalise_text(row.particle).split()
        if len(words) == 1 and (len(words[0]) > 1 or words[0] in "ye"):  # other letters may be initials
            by[row.role].add(words[0])
    also: dict[str, set[str]] = {role: set() for role in datafiles.NAMESAKES}
    marked: dict[str, set[str]] = {}
    for namesake in datafiles.namesakes():
        also[namesake.role].add(namesake.word)
        if namesake.role in ("first", "marked"):
            marked.setdefault(namesake.language, set()).add(namesake.word)
    before = frozenset(by["particle"])
    after = frozenset(by["generation"]) - before
    marital = frozenset(by["married"]) - before - after
    return Roles(
        before=before,
        after=after,
        beside=marital,
        titles=frozenset(by["title"]) - before - marital - also["title"],
        first=frozenset(also["first"]),
        marked={language: frozenset(words) for language, words in marked.items()},
        short=after | also["first"] | also["marked"] | also["short"],
        every=before | after | marital,
    )


@cache
def marks(language: str) -> frozenset[str]:
    """Words that show a name to be of the language: of its own list, and the names of its countries."""
    from libertad.hits.matching.text import normalise_text  # which reads this module

    listed = {row.word for row in datafiles.namesakes() if row.role == "mark" and row.language == language}
    here, elsewhere = set(), set()
    for part in ("given", "family"):
        for row in datafiles.frequencies(part):
            if row.country in AMONG.get(language, ()):
                here.update(normalise_text(row.name).split())
            elif row.country in NOT_AMONG:
                elsewhere.update(normalise_text(row.name).split())
    return frozenset(listed | (here - elsewhere)) - roles().every


def telling(words: Sequence[str], family: bool = False) -> tuple[str, ...]:
    """The words that tell people apart, of a name in plain letters; all of them where none would be left.
    `family`: it is a family name alone, which may begin with a particle."""
    known, start = roles(), 0
    while len(words) - start > 2 and words[start] in known.titles:
        start += 1
    words = words[start:]
    if known.every.isdisjoint(words) or known.every.issuperset(words):
        return tuple(words)
    goes = [_goes(words, at, family) for at in range(len(words))]
    if not family and goes.count(False) < 2:  # a name without its surname, or without any other
        goes = [is_dropped and word not in known.short for word, is_dropped in zip(words, goes, strict=True)]
    return tuple([word for word, is_dropped in zip(words, goes, strict=True) if not is_dropped]) or tuple(
        words
    )


def _goes(words: Sequence[str], at: int, family: bool) -> bool:
    """Whether the word in this place tells nobody apart."""
    known, word = roles(), words[at]
    if word in known.beside:
        return True
    if word in known.after:
        return at > 0 or word in known.titles  # Sr is Señor and Senior
    if word not in known.before or at == len(words) - 1:
        return False
    if at == 0 and not family and word in known.first and words[1] not in known.before:
        return False
    return not any(
        word in namesakes and not marks(language).isdisjoint(words)
        for language, namesakes in known.marked.items()
    )
