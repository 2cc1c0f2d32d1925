"""All words that a catalogue translates: `python -m tools.messages` writes build/messages.pot.

Extracted from the code (gettext's functions, refusals and their `marked` parts), the templates, the code
lists and the rule sets; names of countries, currencies and languages come from Unicode CLDR. With the name of
a language (`python -m tools.messages es`) its libertad/locale/es/LC_MESSAGES/django.po is begun or brought up
to date, and its django.mo is made: a language whose django.mo is there is offered.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml
from babel.messages import extract
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "libertad"
# Where each function has what is translated; Refused has it second, after the field.
KEYWORDS: dict[str, Any] = {
    **extract.DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "Refused": (2,),
    "Forbidden": (1,),
    "marked": (1,),
    "refuse": (1,),
    "wait": (1,),
}
BY_CLDR = ("countries", "currencies", "languages")

Found = tuple[str, int, str | tuple[str, ...], list[str], str | None]


def messages() -> Iterator[Found]:
    """(file, line, message, comments, context) of all words, in the order of the files."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield from _of(path, path.read_bytes())
    from django.utils.translation.template import templatize

    for path in sorted((*PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.txt"))):
        if "templates" in path.parts:
            yield from _of(path, templatize(path.read_text(), origin=str(path)).encode())
    for path in sorted(PACKAGE.glob("vocabulary/codes/*.yaml")):
        if path.stem not in BY_CLDR:
            for words in yaml.safe_load(path.read_text("utf-8"))["codes"].values():
                yield str(path.relative_to(ROOT)), 1, str(words), [], None
    for path in sorted(PACKAGE.glob("vocabulary/rules/*.yaml")):
        for words in _labels(yaml.safe_load(path.read_text("utf-8"))):
            yield str(path.relative_to(ROOT)), 1, words, [], None


def _labels(held: Any) -> Iterator[str]:
    """The words of a rule set: all its labels, its title and what it suggests."""
    if isinstance(held, dict):
        for name, value in held.items():
            if name in ("label", "title", "suggests") and isinstance(value, str):
                yield value
            else:
                yield from _labels(value)
    elif isinstance(held, list):
        for value in held:
            yield from _labels(value)


def _of(path: Path, code: bytes) -> Iterator[Found]:
    name = str(path.relative_to(ROOT))
    for line, message, comments, context in extract.extract("python", BytesIO(code), KEYWORDS):
        yield name, line, message, comments, context


def template() -> Catalog:
    """The catalogue without translations."""
    catalogue = Catalog(project="Libertad", charset="utf-8")
    for name, line, message, comments, context in messages():
        flags = {"python-format"} if "%(" in str(message) else set()
        catalogue.add(message, locations=[(name, line)], flags=flags, auto_comments=comments, context=context)
    return catalogue


def update(language: str, folder: Path = PACKAGE / "locale") -> Path:
    """Begin a language's catalogue or bring it up to date, and compile it; the path of its django.mo."""
    place = folder / language / "LC_MESSAGES"
    place.mkdir(parents=True, exist_ok=True)
    source = place / "django.po"
    known = Catalog(locale=language, charset="utf-8")
    if source.exists():
        with source.open("rb") as file:
            known = read_po(file, locale=language)
    known.update(template(), no_fuzzy_matching=True)
    with source.open("wb") as file:
        write_po(file, known, width=110, sort_output=True, ignore_obsolete=True)
    compiled = place / "django.mo"
    with compiled.open("wb") as file:
        write_mo(file, known)
    return compiled


def main() -> None:
    """Write the template, or bring the catalogues of the languages that are named up to date."""
    if sys.argv[1:]:
        for language in sys.argv[1:]:
            print(update(language))
        return
    target = ROOT / "build" / "messages.pot"
    target.parent.mkdir(exist_ok=True)
    catalogue = template()
    with target.open("wb") as file:
        write_po(file, catalogue, width=110, sort_output=True)
    print(f"{target}: {len(catalogue)} messages")


if __name__ == "__main__":
    main()
