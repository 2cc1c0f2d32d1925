"""How words of Arabic names are spelt in Latin letters: `python -m tools.arabic_names` writes them.

From persons on Wikidata (CC0) in two spellings, as arabic-name-romanizer 0.2 has them: those of the half that
the benchmark of scripts leaves for changing (`bench/_scripts.py`), so that the other half measures. A word's
spelling is that of the same place in the other name where both have as many words; it counts where its
consonants are the same (of `OFTEN` persons all but one) and at least `LEAST` persons have it.
"""

from __future__ import annotations

import csv
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from rapidfuzz.distance import OSA

from bench import _scripts
from bench.peers import scripts
from libertad.hits.matching.datafiles import FOLDER
from libertad.hits.matching.scripts import TYPED, bare, consonants
from libertad.hits.matching.text import normalise_text

LEAST, MOST, SHARE = 2, 6, 0.02
OFTEN = 5  # persons with whom one consonant may be another: Osman is Othman
_ARTICLE = re.compile(r"\b(?:al|el|ul|ur|as|ash|an|ad|ar|az|at|ed|es|en|er|ez)[ -](?=\w)", re.I)
_ABD = re.compile(r"\b(abd|abdul|abdel|abu|abou|abo|abi)[ -](?=\w)", re.I)


def pairs(people: Iterable[tuple[str, str, str]]) -> Counter[tuple[str, str]]:
    """(Arabic word, spelling) -> how many persons of that half have it."""
    counts: Counter[tuple[str, str]] = Counter()
    for key, latin, country in people:
        if country not in _scripts.ARABIC | _scripts.EAST or _scripts.half_of(key) != "change":
            continue
        typed_words = re.sub("(عبد|ابو|ابي) ", r"\1", key.translate(TYPED)).split()
        spelt = normalise_text(_ABD.sub(r"\1", _ARTICLE.sub("", latin))).split()
        if len(typed_words) == len(spelt):
            counts.update(zip(typed_words, spelt, strict=True))
    return counts


def forms(counts: Counter[tuple[str, str]]) -> dict[str, list[str]]:
    """Arabic word, without the article -> its spellings, the commonest first."""
    by: dict[str, Counter[str]] = defaultdict(Counter)
    for (word, spelling), count in counts.items():
        noun = word[2:] if word.startswith("ال") and len(word) > 4 else word
        stem = re.sub("^[ae]l", "", spelling)
        if noun != word and consonants(stem or "-") != consonants(bare(noun) or "-"):
            noun, stem = word, spelling  # Elias is no 'the Ias'
        by[noun][spelling if noun == word else stem] += count
    by_word = {}
    for word, spellings in sorted(by.items()):
        stops = consonants(bare(word)) if bare(word) else ""

        def counts_for(spelling: str, count: int, word: str = word, stops: str = stops) -> bool:
            if not (spelling.isascii() and spelling.isalpha() and len(spelling) > 1):
                return False
            if spelling.startswith("abd") and word.startswith("عبد"):
                return True
            return OSA.distance(consonants(spelling), stops) <= (count >= OFTEN) * (len(stops) > 2)

        retained = [
            spelling
            for spelling, count in sorted(spellings.items(), key=lambda row: (-row[1], row[0]))
            if count >= max(LEAST, SHARE * spellings.total()) and counts_for(spelling, count)
        ]
        if retained and len(word) > 1:
            by_word[word] = retained[:MOST]
    return by_word


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        by_word = forms(pairs(scripts.names(Path(folder))["people"]))
    with (FOLDER / "arabic.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("written", "forms", "source"))
        rows.writerows((word, " ".join(spellings), "wikidata-arabic") for word, spellings in by_word.items())
    print(f"{len(by_word):,} words")


if __name__ == "__main__":
    main()
