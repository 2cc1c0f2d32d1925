"""Entries -> what care disclosed to an authority."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import msgspec

from libertad.journal.folding import Row, Said, project
from libertad.journal.subjects import content_of, proves
from libertad.people.disclosed_models import Disclosed
from libertad.vocabulary.verbs.disclosing import DisclosureGive, DisclosureStop

VERBS = (DisclosureGive.VERB, DisclosureStop.VERB)


@project(
    Disclosed,
    verbs=VERBS,
    key=lambda entry: (entry.compartment,),
    begins=content_of(DisclosureGive),
    own=VERBS,
)
def disclosed_row(key: str, entries: Sequence[Said]) -> Row | None:
    """The first word of its giver: what was disclosed is not changed afterwards."""
    gifts = [entry for entry in entries if isinstance(entry.content, DisclosureGive)]
    gifts = [entry for entry in gifts if proves(entry)] or gifts
    if not gifts:
        return None
    content = cast(DisclosureGive, gifts[0].content)
    stops = [entry for entry in entries if isinstance(entry.content, DisclosureStop)]
    columns = {
        "reference": content.reference,
        "purpose": content.purpose,
        "ground": content.ground,
        "until": content.until,
        "at": gifts[0].at,
        "zone": gifts[0].happened.zone,
        "authority": gifts[0].authority,
        "stopped_at": stops[0].at if stops else None,
    }
    return Row(key, columns, {"order": content.order, "items": msgspec.to_builtins(content.items)})
