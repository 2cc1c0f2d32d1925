"""An appeal against a decision on return or stay, in words, with the ways to record one and its outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.access.queries import officer_names
from libertad.care.appeals import LODGED, rules
from libertad.care.pages import link
from libertad.care.presenters import FileSeen, PartSeen
from libertad.journal.fields import from_ms
from libertad.look.page_objects import Link
from libertad.look.times import when
from libertad.look.words import words
from libertad.vocabulary.values import Happened


@dataclass(frozen=True)
class AppealSeen:
    """An appeal in words. `suspends`: the decision waits for it; `end`: the way to its outcome."""

    title: str
    suspends: bool
    text: str
    end: Link | None


def appeals(request: HttpRequest, decision: PartSeen, file: FileSeen) -> list[AppealSeen]:
    """Against a decision, in the order in which they were lodged."""
    appeal_rows = decision.words.get("appeals", ())
    recorded = [row for appeal in appeal_rows for row in (appeal, appeal.get("ended")) if row]
    names = officer_names(actor_of(request), [row["officer"] for row in recorded])
    return [_appeal_view(request, decision, file, appeal, names) for appeal in appeal_rows]


def _appeal_view(
    request: HttpRequest,
    decision: PartSeen,
    file: FileSeen,
    appeal: Mapping[str, Any],
    names: Mapping[str, str],
) -> AppealSeen:
    ended = appeal.get("ended")
    effect = words("appeal-effects", appeal["suspends"])
    lines = [
        _("Lodged at %(court)s.") % {"court": appeal["court"]},
        _("Does it suspend the decision? %(effect)s.") % {"effect": effect},
        *_recorded_lines(appeal, names),
    ]
    title = _("An appeal waits for its outcome")
    label = _("Record its outcome")
    if ended:
        title = _("Appeal: %(outcome)s") % {"outcome": words("appeal-outcomes", ended["outcome"])}
        label = _("Correct the outcome")
        lines += [_("The outcome:"), *_recorded_lines(ended, names)]
    way = link(request, label, "care-appeal-outcome", decision.person, decision.id, appeal["entry"])
    return AppealSeen(
        title,
        not ended and appeal["suspends"] in rules().suspends,
        " ".join(lines),
        way if file.closed is None else None,
    )


def _recorded_lines(row: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    """The words, when, and by whom."""
    text = row["words"] if row["words"].endswith((".", "!", "?")) else f"{row['words']}."
    by = f"{when(Happened(at=from_ms(row['at']), zone=row['zone']))}. {names.get(row['officer'], '')}."
    return [text, by] if row["words"] else [by]


def appealed(request: HttpRequest, decision: PartSeen, file: FileSeen) -> dict[str, Any]:
    """What the page of return or stay tells of a decision's appeals."""
    listed = appeals(request, decision, file)
    return {
        "appeals": listed,
        "suspended": decision.plain["read"] == "yes" and any(appeal.suspends for appeal in listed),
        "appeal": lodge_link(request, decision, file),
    }


def lodge_link(request: HttpRequest, decision: PartSeen, file: FileSeen) -> Link | None:
    """The way to record an appeal, where one can be lodged."""
    counts = decision.plain["read"] == "yes" and decision.plain["appeal"] != LODGED
    if not counts or file.closed is not None:
        return None
    return link(request, _("Record an appeal"), "care-appeal", decision.person, decision.id)
