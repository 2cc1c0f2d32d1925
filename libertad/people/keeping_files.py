"""How long the two files that hold one country's part of an operation are kept: its case file (detentions,
exhibits, custody) and the file of its leads, sites, teams and visits.

Nothing is erased by a clock. After the last day one officer of the country's police asks, and another
decides: of the case file, which is evidence, one of the prosecution where a prosecution reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from libertad.access.acting import Act
from libertad.access.closed import closed_since
from libertad.access.grounds import BY_COUNTRY
from libertad.access.models import Compartment, Hold, Reader
from libertad.evidence.queries import Exhibit
from libertad.people.keeping import Kept
from libertad.people.keeping_models import FileKeeping
from libertad.people.models import Detention
from libertad.vocabulary.codelists import PartialDate, marked
from libertad.vocabulary.values import Refused, span

NO_FILE = marked("there is no such file")
NO_DAY = marked(
    "no day says until when this file is kept: the national lead of the country's police sets one"
)
OPEN = marked("the operation is open: nothing of it is erased before who coordinates has closed it")
HELD = marked("a legal hold stands in the case file of this country: whoever placed it must lift it first")
# Stages with which a charge has ended: nothing of it waits for a court any more.
ENDED = frozenset({"dismissed", "acquitted", "sentenced", "compensation-ordered"})


@dataclass(frozen=True)
class Against:
    """What may forbid erasing a country's file. `closed`: whether the operation is; `until`: its last day, ''
    where nobody said one; `hold`: a legal hold is in force in the country's case file; `suspect`, `exhibit`:
    the reference of one who is held or whose charge has no end, and of one that is not back, '' for none."""

    closed: bool
    until: str
    hold: bool = False
    suspect: str = ""
    exhibit: str = ""

    def refusal(self, today: date) -> Refused | None:
        """Why nobody erases it yet, and what is to be done; None where nothing forbids it."""
        if why := self.early(today):
            return why
        if self.hold:
            return Refused("file", HELD)
        if self.suspect:
            return Refused(
                "file",
                "detention %(reference)s has no end: record the release, or the court's stage that ends each "
                "charge",
                reference=self.suspect,
            )
        if self.exhibit:
            return Refused(
                "file",
                "exhibit %(reference)s is not back with its owner: record its return first",
                reference=self.exhibit,
            )
        return None

    def early(self, today: date) -> Refused | None:
        """Why its time is not over; None where it is."""
        if not self.closed:
            return Refused("file", OPEN)
        if not self.until:
            return Refused("file", NO_DAY)
        if span(self.until)[1] >= today:
            return Refused("file", "this file is kept until %(day)s", day=PartialDate(self.until))
        return None


def has_no_end(state: str, crossed: bool, charged: bool, stages: Iterable[tuple[str, str]]) -> bool:
    """Whether somebody is held by a detention, or a charge of it waits for a court still.

    `state`: the status that holds; `crossed`: two words about it are not settled; `charged`: that was said;
    `stages`: (charge, stage) of those that stand, in the order in which they happened.
    """
    last = dict(stages)
    if crossed or state in ("detained", "arrested") or (charged and not last):
        return True
    return not ENDED.issuperset(last.values())


def country_of(about: str) -> str:
    """Of a file about 'operation:country'."""
    return about.rpartition(":")[2]


def country_file(act: Act, file: str) -> dict[str, Any]:
    """A file that holds a country's part of the actor's operation and that the actor's authority reads, where
    the authority is of that country; Refused alike of any other."""
    row = act.get(Compartment, file)
    if (
        row is None
        or row["kind"] not in BY_COUNTRY
        or row["operation"] != act.actor.operation
        or not act.reads(file)
    ):
        raise Refused("file", NO_FILE)
    member = act.member(act.actor.authority)
    if member is None or member["country"] != country_of(row["about"]):
        raise Refused("file", "another country's police say how long this file is kept")
    return row


def has_prosecution(act: Act, row: Mapping[str, Any]) -> bool:
    """Whether a prosecution of the country, in the operation still, reads its case file or did, and so
    decides of it: who removes it as a reader does not decide in its place."""
    if row["kind"] != "case":
        return False
    operation, country = act.operation_compartment, country_of(row["about"])
    return any(
        act.get(Reader, f"{operation}:{member['id']}") is not None
        and act.tx.entries_touching(f"{Reader._meta.label}:{row['id']}:{member['id']}")
        for member in act.members(kind="prosecution", country=country)
    )


def believed_file(act: Act, file: str) -> Kept:
    """Its last day and the request that stands, by rows of which it is known that this node wrote them."""
    act.believe_all(FileKeeping)
    row = act.get(FileKeeping, file)
    if row is None:
        return Kept("")
    request = act.open_row(FileKeeping, row).get("request") if row["asked"] else None
    return Kept(row["keep_until"], request)


def refuse_erasing(act: Act, row: Mapping[str, Any]) -> None:
    """Refused, with what is to be done, where something forbids erasing a country's file."""
    act.believe_all(Hold)
    file = row["id"]
    cases = [case["id"] for case in act.find(Compartment, kind="case", about=row["about"])]
    against = Against(
        closed_since(act) is not None,
        believed_file(act, file).until,
        any(hold["active"] for case in cases for hold in act.find(Hold, compartment=case)),
        _unended(act, file),
        _held_exhibit(act, file),
    )
    if why := against.refusal(act.now.date()):
        raise why


def _unended(act: Act, file: str) -> str:
    for row in act.find(Detention, compartment=file):
        stages = act.open_row(Detention, row).get("stages", ())
        stands = ((stage["charge"], stage["stage"]) for stage in stages if stage["stands"])
        if has_no_end(row["state"], bool(row["crossed"]), row["charged_at"] is not None, stands):
            return str(row["reference"])
    return ""


def _held_exhibit(act: Act, file: str) -> str:
    rows = (row for row in act.find(Exhibit, compartment=file) if row["state"] != "returned")
    return next((str(row["reference"]) for row in rows), "")
