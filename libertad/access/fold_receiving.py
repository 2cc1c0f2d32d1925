"""Entries -> confirmed care authorities and numbers to telephone.

Nobody's word counts but an authority's own: both rows are of the authority that speaks, whatever subject an
entry names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from libertad.access.receiving_models import CareConfirmed, DangerContact
from libertad.journal.causal import as_said
from libertad.journal.folding import Row, Said, project
from libertad.vocabulary.verbs import danger as say


@project(
    CareConfirmed,
    verbs=("care.confirm", "care.unconfirm"),
    key=lambda entry: (f"{entry.operation}:{entry.authority}",),
)
def care_confirmed_row(key: str, entries: Sequence[Said]) -> Row:
    """The later word holds."""
    last = as_said(entries)[-1]
    plain = {"at": last.at, "zone": last.happened.zone, "officer": last.officer}
    if isinstance(last.content, say.CareUnconfirm):
        return Row(last.compartment, plain | {"withdrawn": True}, {"reason": last.content.reason})
    content = cast(say.CareConfirm, last.content)
    return Row(
        last.compartment,
        plain | {"care": content.care, "country": content.country, "how": content.how},
        {"telephone": content.telephone, "note": content.note},
    )


@project(DangerContact, verbs=("danger.contact",), key=lambda entry: (entry.authority,))
def danger_contact_row(key: str, entries: Sequence[Said]) -> Row:
    last = as_said(entries)[-1]
    content = cast(say.DangerContact, last.content)
    return Row(
        last.compartment,
        {"at": last.at, "zone": last.happened.zone},
        {"name": content.name, "telephone": content.telephone},
    )
