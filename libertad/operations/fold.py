"""Entries -> read models of this room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from libertad.journal.folding import Row, Said, latest, project
from libertad.operations.models import Lead, Operation
from libertad.vocabulary.verbs import operations as say


@project(Operation, verbs=("operation.open",), key=lambda said: (said.subject,))
def operation_row(key: str, said: Sequence[Said]) -> Row:
    what = cast(say.OperationOpen, said[-1].content)
    return Row(
        said[-1].compartment,
        {
            "name": what.name,
            "first_day": what.first_day,
            "last_day": what.last_day,
            "zone": what.zone,
            "countries": sorted(what.country),
            "operation": key,
        },
    )


@project(Lead, verbs=("lead.report",), key=lambda said: (said.subject,))
def lead_row(key: str, said: Sequence[Said]) -> Row:
    first = said[0]

    def now(name: str, default: object = "") -> object:
        value = latest(said, name)
        return default if value is None else value.value

    plain = ("reference", "country", "source_grade", "information_grade", "handling", "origin", "workplace", "site")
    return Row(
        first.compartment,
        {
            **{name: now(name) for name in plain},
            "authority": first.authority,
            "reported_at": first.at,
            "zone": first.happened.zone,
        },
        {"summary": now("summary"), "handling_conditions": now("handling_conditions")},
    )
