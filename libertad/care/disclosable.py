"""What of a person's files can be disclosed at all: copies, each with the key by which it is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from libertad.journal.fields import from_ms
from libertad.journal.folding import Said, live
from libertad.vocabulary.values import Copied, Happened
from libertad.vocabulary.verbs.exploitation import LISTS
from libertad.vocabulary.verbs.people import PersonState

Choice = tuple[str, Copied]


def choices(
    name: str,
    entries: Iterable[Said],
    identified: Sequence[Mapping[str, Any]],
    records: Iterable[Mapping[str, Any]],
) -> list[Choice]:
    """(key, copy) of all that can be chosen, the person's words first.

    `entries`: the identity file's about the person; `identified`: identifications, opened, with all columns;
    `records`: what the person told care of what was done, the last first, of which the last word alone.
    """
    listed: list[Choice] = []
    if name.strip():
        listed.append(("name", Copied(kind="name", words=name)))
    listed += statements(entries)
    for record in list(records)[:1]:
        codes = [f"{field}:{code}" for field in LISTS for code in record[field]]
        codes += [f"sector:{record['sector']}"] if record["sector"] else []
        happened = Happened(at=from_ms(record["at"]), zone=record["zone"])
        copied = Copied(kind="told", when=happened, codes=tuple(codes), words=record["words"])
        listed.append((f"told:{record['entry']}", copied))
    counts = [row for row in identified if row["read"] == "yes"]
    for row in sorted(counts, key=lambda row: row["read_at"])[-1:]:
        when = Happened(at=row["read_at"], zone=row["read_zone"])
        status = Copied(kind="status", when=when, codes=(f"status:{row['status']}",))
        listed.append((f"status:{row['id']}", status))
        if row["non_punishment"] and row["forced_to"].strip():
            copied = Copied(kind="forced-to", when=when, words=row["forced_to"])
            listed.append((f"forced-to:{row['id']}", copied))
    return listed


def statements(entries: Iterable[Said]) -> list[Choice]:
    """What the person said to care, as it stands: what was superseded or taken back is not disclosed.

    `entries`: of care's own authority alone. What others heard they tell themselves.
    """
    listed = list(entries)
    standing = {value.said.id for value in live(listed, "words")}
    copies = []
    for entry in listed:
        content = entry.content
        if not isinstance(content, PersonState) or entry.source != "said" or not content.words.strip():
            continue
        if entry.id in standing:
            codes = (f"topic:{content.topic}",) if content.topic else ()
            copied = Copied(kind="statement", when=entry.happened, codes=codes, words=content.words)
            copies.append((f"statement:{entry.id}", copied))
    return copies
