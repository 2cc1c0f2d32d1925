"""The queue of an authority's hits: what needs a human first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.actor import Actor
from libertad.access.asking import may, who
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
from libertad.look.looks import Action, Cell, Column, Empty, Filter, Link, ListPage, Row, Table
from libertad.look.paging import page_number, pages
from libertad.look.times import day, span
from libertad.look.words import choices, words
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.values import Happened

SIZE = 50
RECORD = re.compile(r"(person|exhibit|lead|site):[0-9a-f]{32}")


def hits(request: HttpRequest) -> HttpResponse:
    """Pairs of records, the likeliest first: those that wait, unless the address says otherwise."""
    actor = who(request)
    given = asked(request)
    number = page_number(request.GET.get("page", ""))
    every = given["state"] == "all" or (given["record"] and not given["state"])
    state = "" if every else given["state"] or "to-decide"
    found, total = queries.hits_page(
        actor, number, SIZE, order=given["order"] or "bits", state=state, kind=given["kind"],
        country=given["country"], record=given["record"],
    )  # fmt: skip
    waiting = not any(value for name, value in given.items() if name != "order")
    ranked = state == "to-decide" and given["order"] in ("", "bits")
    shown = table(actor, found, given)
    page = ListPage(
        title=_("Hits of one record") if given["record"] else _("Hits"),
        second=" ".join(
            [
                waiting_words(total) if waiting else count_words(total),
                _("A score is a reason to look, not an identity. Nothing is merged."),
            ]
        ),
        table=shown,
        filters=filters(actor, given),
        pages=pages(number, total, SIZE, given),
        empty=empty(given, queries.rows(actor).count()) if not found else None,
    )
    questions = queries.asked_of(actor) if can_say(actor, "hit.answer") else []
    related = [Link(_("How far a score can be trusted"), reverse("hits-trust"))]
    if may(actor, "hits-private"):
        related.append(Link(_("Ask other authorities in private"), reverse("hits-private")))
    if may(actor, "checks"):
        related.append(Link(_("Database checks"), reverse("checks")))
    if may(actor, "keys"):
        related.append(Link(_("Keys of programs"), reverse("keys")))
    context = {
        "page": page, "asked": asked_table(questions), "related": related,
        "groups": groups(found, shown) if ranked else [],
    }  # fmt: skip
    return render(request, "hits/hits.html", context)


def asked(request: HttpRequest) -> dict[str, str]:
    """What the address asks for; what it does not know is left out."""
    known = {
        "state": {*states(), "all"},
        "kind": set(codelist("hit-subjects")),
        "country": set(codelist("countries")),
        "order": set(queries.ORDERS),
    }
    given = {
        name: value if (value := request.GET.get(name, "")) in codes else "" for name, codes in known.items()
    }
    record = request.GET.get("record", "")
    return given | {"record": record if RECORD.fullmatch(record) else ""}


@dataclass(frozen=True)
class Group:
    """Hits of one strength, under a heading that says what to do with them."""

    title: str
    second: str
    table: Table


def groups(found: list[HitSeen], shown: Table) -> list[Group]:
    """Strong ones apart from weak ones, which are never left out."""
    made = []
    for is_weak, title, second in (
        (False, _("Look at these first"), _("20 to 1 and more for it, or a number that both carry.")),
        (
            True, _("Weak hits"),
            _("Under 20 to 1, after all others: often a name and what many share. Each may be the one."),
        ),
    ):  # fmt: skip
        lines = [line for one, line in zip(found, shown.rows, strict=True) if weak(one) == is_weak]
        if lines:
            made.append(Group(title, second, replace(shown, caption=title, rows=lines)))
    return made


def filters(actor: Actor, given: Mapping[str, str]) -> list[Filter]:
    all_states = [("", _("What waits for a decision")), ("all", _("All")), *states().items()]
    orders = [("", _("Likeliest first")), ("age", _("Oldest first")), ("newest", _("Newest first"))]
    known = sorted({*queries.countries(actor), given["country"]} - {""})
    found = [
        Filter("state", _("State"), all_states, given["state"]),
        Filter("kind", _("Kind of record"), choices("hit-subjects", blank=_("All"))(), given["kind"]),
        Filter("order", _("Order"), orders, given["order"]),
    ]
    if len(known) > 1 or given["country"]:
        every = [("", _("All")), *((code, words("countries", code)) for code in known)]
        found.insert(2, Filter("country", _("Country or territory"), every, given["country"]))
    if given["record"]:  # kept when another filter changes, and left by choosing all
        one = [("", _("All")), (given["record"], _("This one"))]
        found.insert(0, Filter("record", _("Record"), one, given["record"]))
    return found


def table(actor: Actor, found: list[HitSeen], given: Mapping[str, str]) -> Table:
    def by(order: str) -> str:
        kept = {name: value for name, value in given.items() if value} | {"order": order}
        return f"?{urlencode(kept)}"

    likeliest = given["order"] in ("", "bits")
    columns = [
        Column(_("Hit")),
        Column(_("Records")),
        Column(_("What speaks for it")),
        Column(_("Odds"), sort_href=by("bits"), sorted="descending" if likeliest else ""),
        Column(_("Found"), sort_href=by("age"), sorted="ascending" if given["order"] == "age" else ""),
        Column(_("State")),
    ]
    now = clock_now(actor.operation)
    return Table(_("Hits"), columns, [row(actor, one, now) for one in found])


def row(actor: Actor, one: HitSeen, now: datetime) -> Row:
    age, place = now - one.found_at, countries(one)
    return Row(
        [
            Cell(one.reference, reverse("hit", args=[one.id]), provenance=one.provenance),  # type: ignore[arg-type]
            Cell(record_words(one.left), second=record_words(one.right)),
            Cell(
                kinds_words(one),
                second=". ".join(filter(None, [place, against_words(one)])),
            ),
            Cell(odds_words(one.probability), second=strength_words(one)),
            Cell(
                day(Happened(at=one.found_at, zone=one.zone)),
                second=_("%(span)s ago") % {"span": span(age)}
                if age.total_seconds() >= 60
                else _("just now"),
            ),
            Cell(state_words(one), code=state_shape(one), tone="needs" if needs(actor, one) else ""),
        ]
    )


def strength_words(one: HitSeen) -> str:
    """'+2.4 bits, weak'."""
    text = _("%(bits)s bits, weak") if weak(one) else _("%(bits)s bits")
    return text % {"bits": bits_words(one.bits)}


def needs(actor: Actor, one: HitSeen) -> bool:
    """Whether it waits for this officer."""
    if one.state == "waiting":
        return one.proposed_by != actor.officer and can_say(actor, "hit.read")
    return one.due or one.state in queries.TO_DECIDE


def countries(one: HitSeen) -> str:
    """'Guyana and Saint Vincent', or the one where both are."""
    found = list(dict.fromkeys(filter(None, [one.left_country, one.right_country])))
    names = [words("countries", code) for code in found]
    return (
        _("%(one)s and %(two)s") % {"one": names[0], "two": names[1]} if len(names) == 2 else "".join(names)
    )


def empty(given: Mapping[str, str], known: int) -> Empty:
    """`known`: how many hits this officer may know of, whatever their state."""
    filtered = any(value for name, value in given.items() if name != "order" and value != "all")
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
        "%(count)d hits are decided, put off or wait for somebody else.", known,
    ) % {"count": known}  # fmt: skip
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
                Cell(one.subject.reference if one.subject else "", reverse("hit-answer", args=[one.id])),
                Cell(one.words, second=one.asked_by_name),
                Cell(day(Happened(at=one.asked_at, zone=one.zone))),
                Cell(_("Waits for your answer"), tone="needs"),
            ]
        )
        for one in questions
    ]
    columns = [Column(_("Record")), Column(_("What is asked")), Column(_("Asked")), Column(_("State"))]
    return Table(_("Asked of you"), columns, rows) if rows else None
