"""Names in other scripts with how people write them in Latin letters: `dump.py OUT.json`.

`words`: script -> name as written -> its spellings, of name-variants' tables (MIT). `wade-giles`: Chinese
names in it, by pypinyin (MIT). `people`: (Arabic, Latin, country) of persons on Wikidata (CC0), as
arabic-name-romanizer has them.
"""

import json
import sqlite3
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from pypinyin import Style, lazy_pinyin

TABLES = {
    "Han surnames": "chinese_surnames",
    "Han given": "chinese_given_names",
    "Hangul surnames": "korean_surnames",
    "Hangul given": "korean_given_names",
    "Cyrillic surnames": "russian_surnames",
    "Hebrew": "hebrew_names",
    "Devanagari": "indian_names_hindi",
    "Bengali": "indian_names_bengali",
    "Arabic": "arabic_names",
    "Persian": "persian_names",
}


def table(module: str) -> dict[str, list[str]]:
    """Name as written -> spellings in Latin letters; the table is the module's one dictionary."""
    (rows,) = (
        value
        for name, value in vars(import_module(f"name_variants.{module}")).items()
        if isinstance(value, dict) and not name.startswith("_")
    )
    return {name: [form for form in row["forms"] if ord(form[0]) < 0x250] for name, row in rows.items()}


def people() -> list[tuple[str, str, str]]:
    package = find_spec("arabic_name_romanizer")
    assert package is not None and package.origin is not None
    base = Path(package.origin).parent / "resources" / "names.sqlite3"
    rows = sqlite3.connect(f"file:{base}?mode=ro", uri=True).execute(
        "select distinct arabic_key, latin, country from full_names where source = 'wikidata' "
        "order by 1, 2, 3"
    )
    return list(rows)


def main(out: str) -> None:
    words = {script: table(module) for script, module in TABLES.items()}
    wade = {name: lazy_pinyin(name, style=Style.WADEGILES) for name in words["Han given"]}
    surnames = [name for name in words["Han surnames"] if len(name) == 1]
    wade |= {name: lazy_pinyin(name, style=Style.WADEGILES) for name in surnames}
    wade = {name: [syllable.replace("v", "ü") for syllable in syllables] for name, syllables in wade.items()}
    Path(out).write_text(
        json.dumps({"words": words, "wade-giles": wade, "people": people()}, ensure_ascii=False),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
