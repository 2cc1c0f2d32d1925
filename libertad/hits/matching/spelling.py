"""Keys of how a name sounds, made by the rules in `libertad/hits/data/spelling.yaml`, in their order.

The rules for [any] hold in every language of the region, so that two records need not say which one
theirs is. A language's own rules make a second, coarser key: 'Robert' and 'Wobè' agree in Haitian
Creole only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from libertad.vocabulary import yamlfile

from .datafiles import FOLDER, LANGUAGE, Fault, sources
from .text import normalise_text, remembered


class Rule(NamedTuple):
    """Rewrite what `pattern` finds into `to`. `like`: pairs of names that it makes one."""

    pattern: re.Pattern[str]
    to: str
    languages: tuple[str, ...]
    written: bool
    source: str
    like: tuple[tuple[str, str], ...]

    def holds(self, languages: tuple[str, ...]) -> bool:
        return "any" in self.languages or bool(set(self.languages) & set(languages))


@cache
def keep() -> re.Pattern[str]:
    """Words that the common key leaves as they are."""
    return re.compile(yamlfile.read(FOLDER / "spelling.yaml")["keep"])


@cache
def rules() -> tuple[Rule, ...]:
    """All rules in order. Refused: an unknown source or language, a bad pattern, a rule without example."""
    data = yamlfile.read(FOLDER / "spelling.yaml")
    parsed = []
    for place, row in enumerate(data["rules"], 1):
        try:
            pattern = re.compile(row["pattern"])
        except re.error as why:
            raise Fault("spelling.yaml", place, f"rule '{row['pattern']}': {why}") from why
        rule = Rule(
            pattern,
            row["to"],
            tuple(row["languages"]),
            row.get("sees", "plain") == "written",
            row["source"],
            tuple((left, right) for left, right in row["like"]),
        )
        if rule.source not in sources():
            raise Fault("spelling.yaml", place, f"the source '{rule.source}' is not in sources.yaml")
        if not rule.like or not all(LANGUAGE.fullmatch(language) for language in rule.languages):
            raise Fault(
                "spelling.yaml", place, f"rule '{row['pattern']}' needs an example and known languages"
            )
        parsed.append(rule)
    return tuple(parsed)


@cache
def holding(languages: tuple[str, ...]) -> tuple[Rule, ...]:
    """The common rules and those of the languages, in order."""
    return tuple(rule for rule in rules() if rule.holds(languages))


def languages() -> frozenset[str]:
    """Languages that have rules of their own."""
    return frozenset(language for rule in rules() for language in rule.languages) - {"any"}


@remembered(1 << 18)
def sound(name: str, *languages: str) -> str:
    """How a name sounds to the whole region, or to speakers of these languages; words parted by one blank.

    >>> sound("González"), sound("Robert", "ht") == sound("Wobè", "ht")
    ('gonsales', True)
    """
    return sounded(name, holding(languages), kept=not set(languages) - {"any"})


def sounded(name: str, holding: Sequence[Rule], kept: bool = False) -> str:
    """`name` rewritten by the given rules: those for written letters first, then the others on plain ones.
    `kept`: leave the words that the common key leaves."""
    text = unicodedata.normalize("NFC", name).lower()
    for rule in holding:
        if rule.written:
            text = rule.pattern.sub(rule.to, text)
    words = []
    for word in normalise_text(text).split():
        for rule in () if kept and keep().fullmatch(word) else holding:
            if not rule.written:
                word = rule.pattern.sub(rule.to, word)
        words.append(word)
    return " ".join(words)


@cache
def _common() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The rules for all languages on plain letters."""
    return tuple((rule.pattern, rule.to) for rule in rules() if rule.holds(()) and not rule.written)


@remembered(1 << 18)
def fold(word: str) -> str:
    """`sound` of one word that is plain already, several times quicker."""
    if keep().fullmatch(word):
        return word
    for pattern, to in _common():
        word = pattern.sub(to, word)
    return word


SPOKEN = (("hi", "ar"), ("ht",), ("srn", "jv"))  # languages of the region whose spelling no other has


@remembered(1 << 18)
def heard_in(word: str) -> tuple[str, ...]:
    """How a plain word sounds to speakers of each of `SPOKEN`, who may have written it; '' where it is too
    short to tell.

    >>> heard_in("geeta")[0] == heard_in("gita")[0]
    True
    """
    if len(word) < 3 or not word.isalpha():
        return ("",) * len(SPOKEN)
    return tuple(_sound_for(word, languages) for languages in SPOKEN)


def _sound_for(word: str, languages: tuple[str, ...]) -> str:
    if not any(pattern.search(word) for pattern in _own(languages)):
        return fold(word)
    for pattern, to in _spoken(languages):
        word = pattern.sub(to, word)
    return word


@cache
def _own(languages: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """The patterns that hold in these languages alone."""
    return tuple(rule.pattern for rule in holding(languages) if not rule.written and not rule.holds(()))


@cache
def _spoken(languages: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The rules that hold in these languages on plain letters."""
    return tuple((rule.pattern, rule.to) for rule in holding(languages) if not rule.written)
