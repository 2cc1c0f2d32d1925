"""What countries are called in many languages and scripts: `python -m tools.country_names` writes them.

From Unicode's CLDR through Babel, for the countries of `countries.yaml`. Names are as the matcher compares
them, in plain Latin letters without blanks; what stands for two countries is left out.
"""

from __future__ import annotations

from collections import defaultdict

from babel import Locale

from libertad.hits.matching.datafiles import FOLDER
from libertad.hits.matching.text import normalise_text
from libertad.vocabulary import yamlfile

LANGUAGES = (
    "en",
    "es",
    "pt",
    "fr",
    "nl",
    "it",
    "de",
    "ht",
    "ar",
    "zh",
    "zh_Hant",
    "hi",
    "bn",
    "ur",
    "ta",
    "ne",
    "vi",
    "id",
    "ru",
    "uk",
    "tr",
    "fa",
    "ko",
    "ja",
    "th",
    "km",
    "tl",
    "sw",
    "ha",
    "yo",
    "ak",
    "so",
    "am",
)
HEAD = (
    "# What the countries of countries.yaml are called in many languages, in plain letters without blanks.\n"
    "# Made by tools/country_names.py from Unicode CLDR 47 (Unicode-3.0), read through Babel 2.18.\n"
)
WIDE = 110


def unique_names() -> dict[str, list[str]]:
    """Code -> names, in the order of the languages."""
    codes = list(yamlfile.read(FOLDER / "countries.yaml"))
    owners: dict[str, set[str]] = defaultdict(set)
    for language in LANGUAGES:
        try:
            territories = Locale.parse(language).territories
        except Exception as why:
            raise SystemExit(f"Babel has no {language}: {why}") from why
        for code, name in territories.items():
            if len(code) == 2 and (word := normalise_text(name).replace(" ", "")):
                owners[word].add(code)
    return {code: [word for word, of in owners.items() if of == {code} and len(word) > 3] for code in codes}


def render() -> str:
    lines = [HEAD]
    for code, words in unique_names().items():
        line = f"'{code}':"
        for word in words:
            if len(line) + len(word) + 1 > WIDE:
                lines.append(line + "\n")
                line = " "
            line += f" {word}"
        lines.append(line + "\n")
    return "".join(lines)


if __name__ == "__main__":
    (FOLDER / "country-names.yaml").write_text(render(), "utf-8")
