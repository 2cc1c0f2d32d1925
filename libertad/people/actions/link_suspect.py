"""A suspect is linked to an exhibit or a site, or no more so. Shown on the detention and on the other."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.evidence.queries import Exhibit
from libertad.journal.models import ReadModel
from libertad.operations.queries import Site
from libertad.people.actions.record_stage import detention_at_hand
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.custody import DetentionLink

TABLES: dict[str, type[ReadModel]] = {"exhibit": Exhibit, "site": Site}


@action("detention.link")
def link_suspect(
    act: Act, *, detention: str, kind: str, other: str, reasons: str, linked: bool = True
) -> None:
    """`kind`: exhibit or site, of the same country and in a file that the actor's authority reads."""
    row = detention_at_hand(act, detention)
    target = act.get(TABLES[kind], other) if kind in TABLES else None
    if target is None or not act.reads(target["compartment"]) or target["country"] != row["country"]:
        raise Refused("other", "there is no such exhibit or site in this country")
    existing = [link[:2] for link in row.get("linked", ())]
    if linked and [kind, other] in existing:
        raise Refused("other", "the two are linked already")
    if not linked and [kind, other] not in existing:
        raise Refused("other", "the two are not linked")
    content = DetentionLink(kind=kind, other=other, linked=linked, reasons=reasons.strip())
    act.say(row["compartment"], content, subject=detention, supersedes={})
