"""Who decides beside a child, and who belongs to a person: for whoever reads the protection file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from libertad.access.actor import Actor
from libertad.access.queries import officer_names, open_row, readable
from libertad.care import reads
from libertad.care.assignment import reading_of
from libertad.care.family_models import Family
from libertad.care.fold_family import decides
from libertad.care.presenters import FileSeen
from libertad.journal.fields import from_ms
from libertad.vocabulary.values import Happened


@dataclass(frozen=True)
class GuardianSeen:
    """The last word about one guardian. `entry`: its hash; `officer`: the name of who said it."""

    entry: str
    name: str
    kind: str
    checked: bool
    appointed_by: str
    since: str
    reach: str
    note: str
    ended: bool
    happened: Happened
    officer: str


@dataclass(frozen=True)
class RelativeSeen:
    """The last word about one who belongs to a person. `relative_id`: the id, where the actor's authority
    reads that one's protection file; `file` where the actor does. `name`: as written, or of the file."""

    entry: str
    relation: str
    together: str
    relative_id: str
    name: str
    reference: str
    file: FileSeen | None
    where: str
    note: str
    ended: bool
    happened: Happened
    officer: str


@dataclass(frozen=True)
class FamilySeen:
    """Of one person; those that stand first."""

    guardians: tuple[GuardianSeen, ...] = ()
    relatives: tuple[RelativeSeen, ...] = ()

    @property
    def has_guardian(self) -> bool:
        """Whether anybody decides beside a child now: one whom the child trusts does not."""
        return any(decides(view.kind, view.ended) for view in self.guardians)


def family(actor: Actor, person: str) -> FamilySeen:
    """Of a person whose protection file the actor reads; nothing of anybody else."""
    rows = reads.in_file(actor, readable(actor, Family).filter(person=person)).order_by("pk")
    files = [open_row(actor, row) for row in rows]
    if not files:
        return FamilySeen()
    guardian_rows = [row for words in files for row in words["guardians"]]
    relative_rows = [row for words in files for row in words["relatives"]]
    names = officer_names(actor, [row["officer"] for row in (*guardian_rows, *relative_rows)])
    guardians = [
        GuardianSeen(
            words_row["entry"],
            words_row["name"],
            words_row["kind"],
            words_row["checked"] == "yes",
            words_row["by"],
            words_row["since"],
            words_row["reach"],
            words_row["note"],
            bool(words_row["ended"]),
            Happened(at=from_ms(words_row["at"]), zone=words_row["zone"]),
            names.get(words_row["officer"], ""),
        )
        for words_row in guardian_rows
    ]
    related_people = [words_row["other"] for words_row in relative_rows if words_row["other"]]
    known = {file.person: file for file in reads.files(actor, related_people)} if related_people else {}
    relatives = [
        _relative(actor, words_row, known.get(words_row["other"]), names) for words_row in relative_rows
    ]
    return FamilySeen(
        tuple(sorted(guardians, key=lambda view: view.ended)),
        tuple(sorted(relatives, key=lambda view: view.ended)),
    )


def _relative(
    actor: Actor, words_row: Mapping[str, Any], file: FileSeen | None, names: Mapping[str, str]
) -> RelativeSeen:
    reads_it = file is not None and reading_of(actor, file.person).is_allowed
    return RelativeSeen(
        words_row["entry"],
        words_row["relation"],
        words_row["together"],
        file.person if file is not None else "",
        words_row["name"] or (file.name if file is not None else ""),
        file.reference if file is not None else "",
        file if reads_it else None,
        words_row["where"],
        words_row["note"],
        bool(words_row["ended"]),
        Happened(at=from_ms(words_row["at"]), zone=words_row["zone"]),
        names.get(words_row["officer"], ""),
    )
