"""Audit a place of the store: what should be there, what is, and what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from libertad.access.acting import Act, action
from libertad.evidence.actions._case import signed_as
from libertad.evidence.actions._store import kept_at, name_of, store_place
from libertad.evidence.models import Exhibit, Seal
from libertad.evidence.seals import same_seal, seal_number, spellings
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused, SealReading
from libertad.vocabulary.verbs.store import MOST, StoreAudit


@action("store.audit")
def audit_place(
    act: Act,
    *,
    store: str,
    listed: Sequence[str],
    there: Sequence[str] = (),
    read: Sequence[str] = (),
    seals: Mapping[str, str] | None = None,
    note: str = "",
    confirmed: bool = False,
) -> str:
    """Returns the audit's id. `listed`: the exhibits that the page showed; `there`: those that were ticked;
    `read`: references and seal numbers that were typed or scanned; `seals`: by exhibit what its seal reads
    where that is not what is on file.

    It says what differs as of now: of what was listed, an exhibit that has left the place meanwhile is not
    missing, and one of these that was ticked is there though it should not be. What was put there since the
    list was made is not missed either. Where something differs it is refused until it is `confirmed`, naming
    all of it.
    """
    place = store_place(act, store)
    if len(listed) + len(there) + len(read) > MOST:
        raise Refused("read", "an audit has at most %(most)s exhibits: audit smaller places", most=MOST)
    stored = kept_at(act, place)
    scanned = Scanned(act, place, stored)
    for text in read:
        scanned.add(text)
    present = scanned.found | _exhibits_on_file(act, place, there)
    expected = [exhibit for exhibit in stored if exhibit in set(listed) or exhibit in present]
    readings = scanned.seals | _readings(act, seals or {}, present)
    content = StoreAudit(
        store=store,
        place=name_of(act, place),
        expected=tuple(expected),
        missing=tuple(exhibit for exhibit in expected if exhibit not in present),
        unexpected=tuple(sorted(present - set(stored))),
        unknown=tuple(dict.fromkeys(scanned.unknown)),
        seals=tuple(readings[exhibit] for exhibit in sorted(readings)),
        note=note,
        by=signed_as(act),
    )
    if not confirmed:
        _tell(act, content)
    audit = act.new_id(place["compartment"])
    act.say(place["compartment"], content, subject=audit)
    return audit


def _tell(act: Act, content: StoreAudit) -> None:
    """Refused with every difference, so that nobody records by mistake that forty exhibits are gone."""

    def references(exhibits: Sequence[str]) -> str:
        rows = [act.get(Exhibit, exhibit) for exhibit in exhibits]
        return ", ".join(sorted(row["reference"] for row in rows if row)) or marked("none")

    if content.missing or content.unexpected or content.unknown or content.seals:
        raise Refused(
            "confirmed",
            "missing: %(missing)s. Not expected here: %(unexpected)s. Read, and of no exhibit: %(unknown)s. "
            "Seals that read otherwise: %(seals)s. Look again; if they still differ, tick the box",
            missing=references(content.missing),
            unexpected=references(content.unexpected),
            unknown=", ".join(content.unknown) or marked("none"),
            seals=references([reading.exhibit for reading in content.seals]),
        )


class Scanned:
    """What was typed or scanned, taken for exhibits of the case: by reference, or a number of their seals."""

    def __init__(self, act: Act, place: Mapping[str, Any], kept: Mapping[str, dict[str, Any]]) -> None:
        self.act, self.place, self.kept = act, place, kept
        self.found: set[str] = set()
        self.unknown: list[str] = []
        self.seals: dict[str, SealReading] = {}

    def add(self, text: str) -> None:
        """A reference tells which exhibit is there; a seal's number also what its seal reads."""
        text = seal_number(text)
        if not text:
            return
        by_reference = self._of_case(self.act.find(Exhibit, reference=text))
        if by_reference:
            self.found.update(row["id"] for row in by_reference)
            return
        uses = {
            row["exhibit"]
            for number in spellings(text)
            for row in self.act.find(Seal, number=number, compartment=self.place["compartment"])
        }
        rows = self._of_case([row for exhibit in sorted(uses) for row in self.act.find(Exhibit, id=exhibit)])
        if not rows:
            self.unknown.append(text[:64])
        for row in rows:
            self.found.add(row["id"])
            if not same_seal(row["seal"], text):  # an older seal of it, which was opened
                self.seals[row["id"]] = SealReading(exhibit=row["id"], read=text, on_file=row["seal"])

    def _of_case(self, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Of this case alone: what the officer may not know of is as unknown as what is nowhere."""
        return [row for row in rows if row["compartment"] == self.place["compartment"]]


def _exhibits_on_file(act: Act, place: Mapping[str, Any], exhibits: Sequence[str]) -> set[str]:
    for exhibit in exhibits:
        row = act.get(Exhibit, exhibit)
        if row is None or row["compartment"] != place["compartment"]:
            raise Refused("there", "one of the exhibits is not on file here; load the page again")
    return set(exhibits)


def _readings(act: Act, seals: Mapping[str, str], present: set[str]) -> dict[str, SealReading]:
    readings = {}
    for exhibit, text in seals.items():
        read, row = seal_number(text), act.get(Exhibit, exhibit)
        if not read or row is None or same_seal(read, row["seal"]):
            continue
        if exhibit not in present:
            raise Refused(
                "seals",
                "%(reference)s: its seal is read, so it is there; tick it",
                reference=row["reference"],
            )
        readings[exhibit] = SealReading(exhibit=exhibit, read=read, on_file=row["seal"])
    return readings
