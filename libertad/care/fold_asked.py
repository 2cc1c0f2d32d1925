"""Entries -> what care asked deciding authorities for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from libertad.care.models import DecisionAsked
from libertad.journal.folding import Row, Said, project
from libertad.vocabulary.verbs.deciding import DecisionAsk


@project(DecisionAsked, verbs=("decision.ask",), key=lambda entry: (entry.id,))
def asked_row(key: str, entries: Sequence[Said]) -> Row:
    asked = entries[0]
    content = cast(DecisionAsk, asked.content)
    columns = {
        "person": content.person,
        "at": asked.at,
        "zone": asked.happened.zone,
        "officer": asked.officer,
        "authority": asked.authority,
        "to": content.authority,
        "what": content.what,
    }
    return Row(asked.compartment, columns, {"words": content.words})
