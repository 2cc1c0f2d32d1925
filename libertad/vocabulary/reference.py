"""Writes docs/vocabulary.md: `python -m libertad.vocabulary.reference > docs/vocabulary.md`."""

from __future__ import annotations

import inspect
import sys
import typing
from collections.abc import Iterator

import msgspec

import libertad.vocabulary.verbs as rooms
from libertad.vocabulary import codelists, rules, yamlfile
from libertad.vocabulary.body import VERBS, Verb
from libertad.vocabulary.retiring import full_name, retirements

HEAD = """# Vocabulary

Everything that an entry can say. Written by `python -m libertad.vocabulary.reference`; do not edit.
Who may say and read each entry stands in `libertad/access/matrix.yaml`.

A field is *single* (two live values are a conflict that a person settles) or *many* (values stand side
by side). A field without a default must be given. Long code lists are shown by their size only.

What is *retired* stands here like all else, because entries that say it are signed and stay: it is read, can
no longer be said, and counts only where the code that makes a read model names it. All of it is listed under
[Retired](#retired).
"""


def reference() -> str:
    """The whole page as markdown."""
    return "\n".join([HEAD, *_verbs(), *_lists(), *_retired(), *_rule_sets()]).rstrip() + "\n"


def _verbs() -> Iterator[str]:
    for room in rooms.__all__:
        yield f"## Entries: {room}\n"
        module = f"{rooms.__name__}.{room}"
        for name, kind in VERBS.items():
            if kind.__module__ == module:
                yield from _verb(name, kind)


def _verb(name: str, kind: type[Verb]) -> Iterator[str]:
    yield f"### {name}\n"
    yield f"{' '.join(inspect.getdoc(kind).split())} Subject: {kind.SUBJECT}.\n"  # type: ignore[union-attr]
    for retired in [kind.RETIRED[""]] if "" in kind.RETIRED else []:
        yield f"**{retired.words().capitalize()}**\n"
    fields = msgspec.structs.fields(kind)
    if not fields:
        yield "No fields.\n"
        return
    yield "| field | holds | | default | code list |"
    yield "| --- | --- | --- | --- | --- |"
    hints = typing.get_type_hints(kind)
    for info in fields:
        multi_valued = info.name in kind.multi_valued()
        held = typing.get_args(hints[info.name])[0] if multi_valued else hints[info.name]
        default = "must be given" if info.required else _default(info.default)
        yield (
            f"| {info.name} | {_words(held)} | {'many' if multi_valued else 'single'} | {default} "
            f"| {kind.CODES.get(info.name, '')} |"
        )
    yield ""


WORDS = {"str": "text", "int": "whole number", "float": "number", "bool": "yes or no", "datetime": "time"}


def _words(held: object) -> str:
    parts = [part for part in typing.get_args(held) or (held,) if part is not type(None)]
    return ", ".join(WORDS.get(part.__name__, part.__name__) for part in parts)


def _default(value: object) -> str:
    if value in ("", None, ()) or value is msgspec.NODEFAULT:
        return ""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _lists() -> Iterator[str]:
    yield "## Code lists\n"
    yield "| list | source | version | codes |"
    yield "| --- | --- | --- | --- |"
    for path in sorted(codelists.FOLDER.glob("*.yaml")):
        data = yamlfile.read(path)
        codes = codelists.codelist(path.stem)
        listing = f"{len(codes)} codes" if len(codes) > 20 else ", ".join(f"`{code}`" for code in codes)
        yield f"| {path.stem} | {data['source']} | {data['version']} | {listing} |"
    yield ""


def _retired() -> Iterator[str]:
    yield "## Retired\n"
    rows = [
        f"| `{full_name(verb, part)}` | {entry.since} | {entry.why} | {entry.instead} |"
        for verb, kind in sorted(VERBS.items())
        for part, entry in sorted(retirements(kind).items())
    ]
    if not rows:
        yield "Nothing.\n"
        return
    yield "| verb, field or code | since | why | instead |"
    yield "| --- | --- | --- | --- |"
    yield from rows
    yield ""


def _rule_sets() -> Iterator[str]:
    yield "## Rule sets\n"
    yield "They suggest; a person decides. An unconfirmed one is to be checked against the original first.\n"
    yield "| rule set | source | version | status | indicators |"
    yield "| --- | --- | --- | --- | --- |"
    for name in rules.rule_sets():
        rule_set = rules.rule_set(name)
        count = len(rule_set.indicators())
        yield f"| {name} | {rule_set.source} | {rule_set.version} | {rule_set.status} | {count} |"
    empty = ", ".join(name for name, sets in rules.profiles().items() if not sets)
    yield f"\nNo rule set is shipped for: {empty}."


if __name__ == "__main__":
    sys.stdout.write(reference())
