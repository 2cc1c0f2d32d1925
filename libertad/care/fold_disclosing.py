"""Entries -> what care discloses, to whom, on what ground, and whether it is withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import msgspec

from libertad.care.decisions import of
from libertad.care.disclosure_models import Disclosure
from libertad.care.fold import due_at
from libertad.journal.folding import Row, Said, project
from libertad.journal.subjects import content_of
from libertad.vocabulary.verbs import disclosing as say

VERBS = ("disclosure.propose", "disclosure.read", "disclosure.send", "disclosure.end")


@project(
    Disclosure,
    verbs=VERBS,
    key=lambda entry: (entry.subject,),
    begins=content_of(say.DisclosurePropose),
    own=VERBS,
    moved=True,
)
def disclosure_row(key: str, entries: Sequence[Said]) -> Row | None:
    """A reading counts of the proposal that it names, by another officer than who proposed; the first one.

    Whoever ended it ended it, whatever was said since: only `retained` follows the last word. One that was
    proposed in the protection file, as until this moved to the desk, is sealed for the desk's readers alone
    once a word of it stands there.
    """
    proposals = of(entries, say.DisclosurePropose)
    if not proposals:
        return None
    proposal = proposals[0]
    content = cast(say.DisclosurePropose, proposal.content)
    columns: dict[str, Any] = {
        "person": content.person,
        "at": proposal.at,
        "zone": proposal.happened.zone,
        "officer": proposal.officer,
        "authority": proposal.authority,
        "reference": content.reference,
        "recipient": content.recipient,
        "purpose": content.purpose,
        "ground": content.ground,
        "consent": content.consent,
        "until": content.until,
        "service": content.service,
        "due_at": due_at(content.needed_by, proposal.happened.zone),
        "proposal": proposal.id,
    }
    sealed: dict[str, Any] = {
        "order": content.order,
        "informed": content.informed,
        "items": msgspec.to_builtins(content.items),
    }
    for reading in of(entries, say.DisclosureRead):
        answer = cast(say.DisclosureRead, reading.content)
        if answer.proposal == proposal.id and reading.officer != proposal.officer:
            columns |= {
                "read": answer.agrees,
                "reader": reading.officer,
                "read_at": reading.at,
                "read_zone": reading.happened.zone,
            }
            sealed["read_reasons"] = answer.reasons
            break
    if sent := of(entries, say.DisclosureSend):
        sending = cast(say.DisclosureSend, sent[0].content)
        columns |= {"file": sending.file, "alone": sending.alone}
    if ends := of(entries, say.DisclosureEnd):
        first, last = (cast(say.DisclosureEnd, entry.content) for entry in (ends[0], ends[-1]))
        columns |= {
            "ended_at": ends[0].at,
            "ended_zone": ends[0].happened.zone,
            "cause": first.cause,
            "retained": last.retained,
            "released": any(cast(say.DisclosureEnd, entry.content).released for entry in ends),
        }
        sealed |= {
            "end_reasons": first.reasons,
            "end_officer": ends[0].officer,
            "opened": any(cast(say.DisclosureEnd, entry.content).opened for entry in ends),
        }
    elsewhere = [entry.compartment for entry in entries if entry.compartment != proposal.compartment]
    return Row(elsewhere[-1] if elsewhere else proposal.compartment, columns, sealed)
