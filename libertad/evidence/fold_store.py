"""Entries -> the exhibit store: its places, and the audits of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import cast

from libertad.evidence.models import StoreAudit, StorePlace
from libertad.journal.folding import Row, Said, project
from libertad.journal.subjects import content_of
from libertad.vocabulary.verbs import store as say


@project(
    StorePlace,
    verbs=("store.place",),
    key=lambda entry: (entry.subject,),
    begins=content_of(say.StorePlace),
    own=("store.place",),
)
def place_row(key: str, entries: Sequence[Said]) -> Row | None:
    first = next((s for s in entries if not cast(say.StorePlace, s.content).correction), None)
    if first is None:
        return None
    content = cast(say.StorePlace, first.content)
    names = [cast(say.StorePlace, entry.content) for entry in entries]
    return Row(
        first.compartment,
        {
            "authority": first.authority,
            "country": content.country,
            "kind": content.kind,
            "within": content.within,
        },
        {
            "name": names[-1].name,
            "before": [[name.name, following.correction] for name, following in pairwise(names)],
        },
    )


def differences(content: say.StoreAudit) -> list[str]:
    """What differed, each as a `store.explain` names it, in the order in which it is shown."""
    return [
        *(f"missing:{exhibit}" for exhibit in content.missing),
        *(f"unexpected:{exhibit}" for exhibit in content.unexpected),
        *(f"unknown:{text}" for text in content.unknown),
        *(f"seal:{reading.exhibit}" for reading in content.seals),
    ]


@project(
    StoreAudit,
    verbs=("store.audit", "store.explain"),
    key=lambda entry: (entry.subject,),
    begins=content_of(say.StoreAudit),
    own=("store.audit", "store.explain"),
)
def audit_row(key: str, entries: Sequence[Said]) -> Row | None:
    """An explanation that names no difference of this audit explains nothing; of several the last holds."""
    first = next((s for s in entries if isinstance(s.content, say.StoreAudit)), None)
    if first is None:
        return None
    content = cast(say.StoreAudit, first.content)
    outcomes = differences(content)
    explained = {
        entry.content.about: {
            "outcome": entry.content.outcome,
            "reasons": entry.content.reasons,
            "by": entry.content.by,
            "at": entry.at.isoformat(),
            "zone": entry.happened.zone,
        }
        for entry in entries
        if isinstance(entry.content, say.StoreExplain) and entry.content.about in outcomes
    }
    return Row(
        first.compartment,
        {
            "store": content.store,
            "authority": first.authority,
            "officer": first.officer,
            "at": first.at,
            "zone": first.happened.zone,
            "differences": len(outcomes),
            "open": sum(about not in explained for about in outcomes),
        },
        {
            "place": content.place,
            "expected": list(content.expected),
            "found": outcomes,
            "note": content.note,
            "by": content.by,
            "explained": explained,
            "seals": {reading.exhibit: [reading.on_file, reading.read] for reading in content.seals},
        },
    )
