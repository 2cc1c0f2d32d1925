"""Entries -> lines of the feed. Only what is listed here gets a line, and only the fields listed with it.

Nothing personal and no free text is among them; the protection file (care) has no line at all. What is
said in a person's or a case's file and, anonymously, in the operation's is told once: by the anonymous entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from libertad.board.models import Live
from libertad.journal.corrections import why
from libertad.journal.folding import Row, Said, project
from libertad.people.tally_states import CUSTODY

KINDS = ("sites", "people", "exhibits", "hits")


class Line(NamedTuple):
    """A verb's filter, the fields that its line may tell, and the field that names the file it opens."""

    kind: str
    fields: tuple[str, ...] = ()
    about: str = ""


LINES = {
    "lead.report": Line("sites", ("reference", "workplace"), "subject"),
    "site.register": Line("sites", ("reference", "workplace"), "subject"),
    "team.assign": Line("sites", ("reference", "site"), "subject"),
    "team.check_in": Line("sites", ("state", "site", "danger"), "subject"),
    "team.contact": Line("sites", ("outcome", "how", "site"), "subject"),
    "visit.record": Line("sites", ("site", "outcome", "people"), "site"),
    "hit.count": Line("hits", ("about",)),
    "hit.tally": Line("hits", ("left", "right", "left_country", "right_country", "taken_back")),
    "tally.person": Line("people", ("workplace",)),
    "tally.custody": Line("people", ("state",)),
    "tally.status": Line("people", ("status",)),
    "property.state": Line("people", ("state", "signed")),
    "exhibit.count": Line("exhibits", ("kind",)),
    "exhibit.seal": Line("exhibits", (), "subject"),
    "custody.accept": Line("exhibits", (), "subject"),
    "custody.release": Line("exhibits", (), "subject"),
    "exhibit.return": Line("exhibits", ("signed",), "subject"),
    "release.publish": Line("people", ("release_number",)),
    "release.sign": Line("people", ("release_number",)),
}
# Custody alone. A first view comes with the meeting, which is the line; a decision of care's has none at all,
# because the minute of it would tell whom it is about.
ONLY: dict[str, tuple[str, tuple[str, ...]]] = {
    "property.state": ("state", ("returned",)),
    "tally.status": ("status", CUSTODY),
}


def worth_a_line(entry: Said) -> bool:
    """Whether this entry is told at all."""
    content = entry.content
    if entry.verb == "tally.custody" and content.corrected:  # type: ignore[attr-defined]
        return False
    if entry.verb in ONLY:
        name, values = ONLY[entry.verb]
        return getattr(content, name) in values
    return True


@project(
    Live,
    verbs=tuple(LINES),
    key=lambda entry: (entry.id,) if worth_a_line(entry) else (),
    retired=("tally.status", "release.publish"),
)
def live_row(key: str, entries: Sequence[Said]) -> Row:
    entry = entries[0]
    line, content = LINES[entry.verb], entry.content
    detail: dict[str, Any] = {name: getattr(content, name) for name in line.fields}
    if entry.verb == "tally.person":
        detail |= {"corrected": True} if why(entry) else {}
    elif why(entry):
        # Not what is new of it: the line tells that there was a correction, and of what.
        place = "" if entry.verb in ("lead.report", "team.assign") else entry.subject
        detail = {"corrected": True, "site": getattr(content, "site", "") or place}
    about = entry.subject if line.about == "subject" else detail.get(line.about, "") if line.about else ""
    return Row(
        entry.compartment,
        {
            "verb": entry.verb,
            "kind": line.kind,
            "subject": entry.subject,
            "about": about,
            "authority": entry.authority,
            "country": getattr(content, "country", "") or "",
            "at": entry.at,
            "zone": entry.happened.zone,
            "detail": detail,
        },
    )
