"""Entries -> headcounts, rooms and ways in of a site."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from libertad.journal.corrections import corrected, first_said
from libertad.journal.fields import to_ms
from libertad.journal.folding import Row, Said, latest, project
from libertad.journal.subjects import content_of
from libertad.operations.corrected import ROOM, WAY_IN
from libertad.operations.on_site_models import Headcount, Room, WayIn
from libertad.vocabulary.verbs import on_site as say


@project(
    Headcount,
    verbs=("headcount.record", "headcount.explain"),
    key=lambda entry: (entry.subject,),
    begins=content_of(say.HeadcountRecord),
)
def headcount_row(key: str, entries: Sequence[Said]) -> Row | None:
    """A later count takes the place of those that it names, whole: no group of one before stays."""
    counts = [entry for entry in entries if isinstance(entry.content, say.HeadcountRecord)]
    if not counts:
        return None
    explanations = [entry for entry in entries if isinstance(entry.content, say.HeadcountExplain)]
    last = standing(counts)[-1]
    content = cast(say.HeadcountRecord, last.content)
    newest = standing(explanations)[-1:]  # of two at once the later
    explained = [cast(say.HeadcountExplain, entry.content) for entry in newest]
    return Row(
        last.compartment,
        {
            "site": content.site,
            "team": content.team,
            "visit": content.visit,
            "total": content.total,
            "explained": sum(explanation.total for explanation in explained),
            "other": sum(explanation.other for explanation in explained),
            "at": last.at,
            "zone": last.happened.zone,
            "officer": last.officer,
            "authority": last.authority,
        },
        {
            "count": _count_line(last),
            "earlier": [_count_line(entry) for entry in counts if entry is not last],
            "explanations": [_explanation_line(entry) for entry in [*_before(explanations, newest), *newest]],
            "stands": sorted(entry.id for entry in standing(counts)),
            "explains": sorted(entry.id for entry in standing(explanations)),
        },
    )


def standing(entries: Sequence[Said]) -> list[Said]:
    """Those that no other of them takes the place of, in order; two officers may have counted at once."""
    superseded = {key for entry in entries for _, keys in entry.fields.values() for key in keys}
    return [entry for entry in entries if entry.id not in superseded] or list(entries)


def _before(entries: Sequence[Said], last: Sequence[Said]) -> list[Said]:
    return [entry for entry in entries if entry not in last]


def _by(entry: Said) -> dict[str, Any]:
    return {
        "entry": entry.id,
        "at": to_ms(entry.at),
        "zone": entry.happened.zone,
        "officer": entry.officer,
        "authority": entry.authority,
    }


def _count_line(entry: Said) -> dict[str, Any]:
    content = cast(say.HeadcountRecord, entry.content)
    groups = {name: number for name in say.GROUPS if (number := getattr(content, name)) is not None}
    return _by(entry) | {"groups": groups, "note": content.note}


def _explanation_line(entry: Said) -> dict[str, Any]:
    content = cast(say.HeadcountExplain, entry.content)
    groups = {name: number for name in say.REASONS if (number := getattr(content, name))}
    return _by(entry) | {"groups": groups, "note": content.note}


@project(
    Room,
    verbs=("room.measure",),
    key=lambda entry: (entry.subject,),
    begins=content_of(say.RoomMeasure),
)
def room_row(key: str, entries: Sequence[Said]) -> Row | None:
    return _row(entries, ROOM, {})


@project(
    WayIn,
    verbs=("site.way_in",),
    key=lambda entry: (entry.subject,),
    begins=content_of(say.SiteWayIn),
)
def way_in_row(key: str, entries: Sequence[Said]) -> Row | None:
    newest = latest(entries, "closed")
    return _row(entries, WAY_IN, {"closed": newest is not None and bool(newest.value)})


def _row(entries: Sequence[Said], names: Sequence[str], plain: dict[str, Any]) -> Row | None:
    """A row of values that corrections may change; None where what began it is not here."""
    begun = first_said(entries)
    if not begun:
        return None
    first, corrections = begun[0], corrected(entries, names)
    values = {name: newest.value for name in names if (newest := latest(entries, name)) is not None}
    return Row(
        first.compartment,
        {
            "site": cast(say.RoomMeasure | say.SiteWayIn, first.content).site,
            "at": first.at,
            "zone": first.happened.zone,
            "officer": first.officer,
            "authority": first.authority,
            **plain,
            **corrections.plain,
        },
        {"values": values, **corrections.sealed},
    )
