"""The queue of an authority's hits: what needs a human first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.queries import can_say, clock_now
from libertad.hits import queries
from libertad.hits.queries import HitSeen, QuestionSeen
from libertad.hits.wording import (
    against_words,
    bits_words,
    count_words,
    kinds_words,
    odds_words,
    record_words,
    state_shape,
    state_words,
    states,
    waiting_words,
    weak,
)
from libertad.look.page_objects import Action, Cell, Column, Empty, Filter, Link, ListPage, Row, Table
from libertad.look.paging import SIZE, page_number, pages, show_list
from libertad.look.times import day, span
from libertad.look.words import choices, words
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.values import Happened

RECORD = re.compile(r"(person|exhibit|lead|site):[0-9a-f]{32}")


def hits(request: HttpRequest) -> HttpResponse:
    """Pairs of records, the likeliest first: those that wait, unless the address says otherwise."""
    actor = actor_of(request)
    values = requested_filters(request)
    number = page_number(request.GET.get("page", ""))
    every = values["state"] == "all" or (values["record"] and not values["state"])
    state = "" if every else values["state"] or "to-decide"
    hits, total = queries.hits_page(
        actor,
        number,
        SIZE,
        order=values["order"] or "bits",
        state=state,
        kind=values["kind"],
        country=values["country"],
        record=values["record"],
    )
    waiting = not any(value for name, value in values.items() if name != "order")
    ranked = state == "to-decide" and values["order"] in ("", "bits")
    hits_table = table(actor, hits, values)
    page = ListPage(
        title=_("Hits of one record") if values["record"] else _("Hits"),
        second=" ".join(
            [
                waiting_words(total) if waiting else count_words(total),
                _("A score is a reason to look, not an identity. Nothing is merged."),
            ]
        ),
        table=hits_table,
        filters=filters(actor, values),
        pages=pages(number, total, SIZE, values),
        empty=empty(values, queries.rows(actor).count()) if not hits else None,
    )
    questions = queries.asked_of(actor) if can_say(actor, "hit.answer") else []
    related = [Link(_("How far a score can be trusted"), reverse("hits-trust"))]
    if may_open(actor, "hits-private"):
        related.append(Link(_("Ask other authorities in private"), reverse("hits-private")))
    if may_open(actor, "checks"):
        related.append(Link(_("Database checks"), reverse("checks")))
    if may_open(actor, "keys"):
        related.append(Link(_("Keys of programs"), reverse("keys")))
    context: dict[str, Any] = {
        "asked": asked_table(questions),
        "related": related,
        "groups": groups(hits, hits_table) if ranked else [],
    }
    return show_list(request, page, "hits/hits.html", **context)


def requested_filters(request: HttpRequest) -> dict[str, str]:
    """What the address asks for; what it does not know is left out."""
    known = {
        "state": {*states(), "all"},
        "kind": set(codelist("hit-subjects")),
        "country": set(codelist("countries")),
        "order": set(queries.ORDERS),
    }
    values = {
        name: value if (value := request.GET.get(name, "")) in codes else "" for name, codes in known.items()
    }
    record = request.GET.get("record", "")
    return values | {"record": record if RECORD.fullmatch(record) else ""}


@dataclass(frozen=True)
class Group:
    """Hits of one strength, under a heading that says what to do with them."""

    title: str
    second: str
    table: Table


def groups(hits: list[HitSeen], table: Table) -> list[Group]:
    """Strong ones apart from weak ones, which are never left out."""
    groups = []
    for is_weak, title, second in (
        (False, _("Look at these first"), _("20 to 1 and more for it, or a number that both carry.")),
        (
            True,
            _("Weak hits"),
            _("Under 20 to 1, after all others: often a name and what many share. Each may be the one."),
        ),
    ):
        lines = [line for hit, line in zip(hits, table.rows, strict=True) if weak(hit) == is_weak]
        if lines:
            groups.append(Group(title, second, replace(table, caption=title, rows=lines)))
    return groups


def filters(actor: Actor, values: Mapping[str, str]) -> list[Filter]:
    all_states = [("", _("What waits for a decision")), ("all", _("All")), *states().items()]
    orders = [("", _("Likeliest first")), ("age", _("Oldest first")), ("newest", _("Newest first"))]
    known = sorted({*queries.countries(actor), values["country"]} - {""})
    filters = [
        Filter("state", _("State"), all_states, values["state"]),
        Filter("kind", _("Kind of record"), choices("hit-subjects", blank=_("All"))(), values["kind"]),
        Filter("order", _("Order"), orders, values["order"]),
    ]
    if len(known) > 1 or values["country"]:
        every = [("", _("All")), *((code, words("countries", code)) for code in known)]
        filters.insert(2, Filter("country", _("Country or territory"), every, values["country"]))
    if values["record"]:  # kept when another filter changes, and left by choosing all
        options = [("", _("All")), (values["record"], _("This one"))]
        filters.insert(0, Filter("record", _("Record"), options, values["record"]))
    return filters


def table(actor: Actor, hits: list[HitSeen], values: Mapping[str, str]) -> Table:
    def by(order: str) -> str:
        query = {name: value for name, value in values.items() if value} | {"order": order}
        return f"?{urlencode(query)}"

    likeliest = values["order"] in ("", "bits")
    columns = [
        Column(_("Hit")),
        Column(_("Records")),
        Column(_("What speaks for it")),
        Column(_("Odds"), sort_href=by("bits"), sorted="descending" if likeliest else ""),
        Column(_("Found"), sort_href=by("age"), sorted="ascending" if values["order"] == "age" else ""),
        Column(_("State")),
    ]
    now = clock_now(actor.operation)
    return Table(_("Hits"), columns, [row(actor, hit, now) for hit in hits])


def row(actor: Actor, hit: HitSeen, now: datetime) -> Row:
    age, place = now - hit.found_at, countries(hit)
    return Row(
        [
            Cell(hit.reference, reverse("hit", args=[hit.id]), provenance=hit.provenance),
            Cell(record_words(hit.left), second=record_words(hit.right)),
            Cell(
                kinds_words(hit),
                second=". ".join(filter(None, [place, against_words(hit)])),
            ),
            Cell(odds_words(hit.probability), second=strength_words(hit)),
            Cell(
                day(Happened(at=hit.found_at, zone=hit.zone)),
                second=_("%(span)s ago") % {"span": span(age)}
                if age.total_seconds() >= 60
                else _("just now"),
            ),
            Cell(state_words(hit), code=state_shape(hit), tone="needs" if needs(actor, hit) else ""),
        ]
    )


def strength_words(hit: HitSeen) -> str:
    """'+2.4 bits, weak'."""
    text = _("%(bits)s bits, weak") if weak(hit) else _("%(bits)s bits")
    return text % {"bits": bits_words(hit.bits)}


def needs(actor: Actor, hit: HitSeen) -> bool:
    """Whether it waits for this officer."""
    if hit.state == "waiting":
        return hit.proposed_by != actor.officer and can_say(actor, "hit.read")
    return hit.due or hit.state in queries.TO_DECIDE


def countries(hit: HitSeen) -> str:
    """'Guyana and Saint Vincent', or the one where both are."""
    codes = list(dict.fromkeys(filter(None, [hit.left_country, hit.right_country])))
    names = [words("countries", code) for code in codes]
    return (
        _("%(one)s and %(two)s") % {"one": names[0], "two": names[1]} if len(names) == 2 else "".join(names)
    )


def empty(values: Mapping[str, str], known: int) -> Empty:
    """`known`: how many hits this officer may know of, whatever their state."""
    filtered = any(value for name, value in values.items() if name != "order" and value != "all")
    if filtered:
        return Empty(
            _("No hit like that"),
            _("Choose other filters to see more."),
            Action(_("What waits for a decision"), reverse("hits")),
        )
    comes = _(
        "Records are compared as they are written. Where two may be of one person, phone or document, "
        "they appear here by themselves."
    )
    if not known:
        return Empty(_("There is no hit yet"), comes)
    rest = ngettext(
        "%(count)d hit is decided, put off or waits for somebody else.",
        "%(count)d hits are decided, put off or wait for somebody else.",
        known,
    ) % {"count": known}
    return Empty(
        _("Nothing waits for a decision"),
        f"{rest} {comes}",
        Action(_("Show all hits"), reverse("hits") + "?state=all"),
    )


def asked_table(questions: list[QuestionSeen]) -> Table | None:
    """Questions that other authorities put to this one."""
    rows = [
        Row(
            [
                Cell(
                    question.subject.reference if question.subject else "",
                    reverse("hit-answer", args=[question.id]),
                ),
                Cell(question.words, second=question.asked_by_name),
                Cell(day(Happened(at=question.asked_at, zone=question.zone))),
                Cell(_("Waits for your answer"), tone="needs"),
            ]
        )
        for question in questions
    ]
    columns = [Column(_("Record")), Column(_("What is asked")), Column(_("Asked")), Column(_("State"))]
    return Table(_("Questions to you"), columns, rows) if rows else None
