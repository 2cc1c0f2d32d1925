"""Pages that show protection files. They read by `queries`; forms are in `screens_forms`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import who
from libertad.care import models, queries, telling
from libertad.care.pages import action, find, link, now_of, page, present
from libertad.care.screens_danger import in_danger
from libertad.care.seen import CareTodo, FileSeen, PartSeen
from libertad.look.looks import Action, Cell, Column, Empty, Link, Row, Table, Timeline
from libertad.look.times import date_words, when
from libertad.look.words import source_label, words
from libertad.vocabulary.rules import rule_set, rule_sets
from libertad.vocabulary.values import Happened


def _mine(request: HttpRequest, person: str) -> list[tuple[CareTodo, Happened | None, bool]]:
    """What waits here for this reader within two days, with its hour in the file's zone, and whether it waits
    for somebody else until then."""
    now = now_of(request).at
    soon = now + timedelta(days=2)
    return [
        (todo, Happened(at=todo.due, zone=todo.zone) if todo.due else None, todo.for_others(now))
        for todo in queries.care_todos(who(request), [person])
        if todo.due is None or todo.due < soon
    ]


def care_file(request: HttpRequest, person: str) -> HttpResponse:
    """The protection file, told in order; above it what needs this reader."""
    file = find(request, person)
    items = telling.told(who(request), person)
    asked = request.GET.get("word", "")
    shown = [item for item in items if not asked or item.source == asked]
    here = reverse("care-file", args=[person])
    filters = [Link(_("All"), here, not asked)] + [
        Link(source_label(code), f"{here}?word={code}", asked == code) for code in ("said", "decision")
    ]
    main = action(request, _("Record what the person wants"), "care-wish", person) or _decide(request, file)
    if file.closed is not None:
        main = action(request, _("Open this protection file again"), "care-reopen", person)
    context = {
        "page": page(request, file, "care-file", main),
        **in_danger(who(request), person),
        "todos": _mine(request, person),
        "timeline": Timeline(_("What was said and decided"), shown, len(items), filters),
    }
    return render(request, "care/file.html", context)


def screening(request: HttpRequest, person: str) -> HttpResponse:
    """Screenings and identifications: what was suggested, and what a human decided."""
    file = find(request, person)
    actor = who(request)
    rules = [
        (rule_set(name), link(request, _("Screen by this set"), "care-screen", person, name))
        for name in rule_sets()
    ]
    context = {
        "page": page(request, file, "care-screening", action(request, _("Decide"), "care-identify", person)),
        "rules": rules,
        "screenings": [
            (telling.rules_words(one), one) for one in queries.parts(actor, models.Screening, person)
        ],
        "decisions": [
            (one, telling.by(one), over)
            for one, over in overtaken(queries.parts(actor, models.Identification, person))
        ],
    }
    return render(request, "care/screening.html", context)


def overtaken(decisions: Sequence[PartSeen]) -> list[tuple[PartSeen, bool]]:
    """Decisions, newest first, each with whether nobody reads it any more because a later one counts."""
    counted = [one.when.at for one in decisions if one.plain["read"] == "yes"]
    return [(one, not one.plain["read"] and any(at > one.when.at for at in counted)) for one in decisions]


def answers(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """One screening's answers, under the rule set and version that it names."""
    file = find(request, person)
    one = part_of(request, models.Screening, person, key)
    current = rule_set(one.plain["rule_set"]) if one.plain["rule_set"] in rule_sets() else None
    labels = {code: it.label for code, it in current.indicators().items()} if current else {}
    rows = [
        Row(
            [
                Cell(labels.get(said["indicator"], said["indicator"])),
                Cell(words("answers", said["answer"])),
                Cell(said.get("evidence") or _("Nothing noted")),
            ]
        )
        for said in one.words.get("answers", ())
    ]
    columns = [Column(_("Indicator")), Column(_("Answer")), Column(_("What shows it"))]
    context = {
        "page": page(request, file, "care-screening"),
        "one": one,
        "rules": telling.rule_title(one.plain["rule_set"]),
        "table": Table(_("Answers"), columns, rows, note=_("A 'no' is not evidence against.")),
        "unconfirmed": current is None or current.status == "unconfirmed",
        "source": current.source if current else "",
    }
    return render(request, "care/answers.html", context)


def part_of(request: HttpRequest, model: Any, person: str, key: str) -> PartSeen:
    found = queries.part(who(request), model, person, key)
    if found is None:
        raise Http404
    return found


def consent(request: HttpRequest, person: str) -> HttpResponse:
    """What the person agreed to, and did not; each can be withdrawn."""
    file = find(request, person)
    found = queries.parts(who(request), models.Consent, person)
    alone = _("No guardian has agreed") if file.child else ""
    rows = []
    for one in found:
        live = one.plain["agreed"] and not one.plain["withdrawn_at"]
        lacks = live and file.child and not one.words.get("guardian", "")
        state = _("Agreed") if live else _("Withdrawn") if one.plain["withdrawn_at"] else _("Not agreed")
        withdraw = link(request, _("Withdraw"), "care-consent-withdraw", person, one.id) if live else None
        withheld = ", ".join(words("file-parts", code) for code in one.words.get("withheld", ()))
        rows.append(
            Row(
                [
                    Cell(
                        words("consent-purposes", one.plain["purpose"]), second=one.words.get("recipient", "")
                    ),
                    Cell(_("Not enough: a guardian has to agree"), tone="needs")
                    if lacks
                    else Cell(state, tone="done" if live else "plain"),
                    Cell(withheld or _("Nothing")),
                    Cell(
                        words("consent-capacities", one.plain["capacity"]),
                        second=one.words.get("guardian", "") or (alone if live else ""),
                    ),
                    Cell(when(one.when), second=one.by),
                    Cell(withdraw.label, withdraw.href) if withdraw else Cell(""),
                ]
            )
        )
    columns = [
        Column(_("Purpose and recipient")), Column(_("State")), Column(_("Not to be told")),
        Column(_("Capacity")), Column(_("Said")), Column(_("Change")),
    ]  # fmt: skip
    context = {
        "page": page(
            request,
            file,
            "care-consent",
            action(request, _("Record an agreement"), "care-consent-new", person),
        ),
        "title": _("Agreements"),
        "table": Table(_("Agreements"), columns, rows) if rows else None,
        "empty": Empty(
            _("The person has not been asked yet"), _("Ask for one purpose and one recipient at a time.")
        ),
    }
    return render(request, "care/part.html", context)


def referrals(request: HttpRequest, person: str) -> HttpResponse:
    """Services asked for, and what they answered."""
    file = find(request, person)
    now = now_of(request).at
    rows = []
    states = {
        "asked": _("Not answered"), "accepted": _("Accepted"), "declined": _("Declined"), "given": _("Given"),
    }  # fmt: skip
    found = queries.parts(who(request), models.Referral, person)
    withdrawn = queries.withdrawn(who(request), found)
    for one in found:
        due, state = one.plain["due_at"], one.plain["state"]
        late = state in ("asked", "accepted") and due is not None and due < now
        disclosed = ", ".join(words("file-parts", code) for code in one.words.get("disclosed", ()))
        rows.append(
            Row(
                [
                    Cell(
                        words("services", one.plain["service"]),
                        reverse("care-referral", args=[person, one.id]),
                        second=one.words.get("to", ""),
                    ),
                    Cell(_("Overdue") if late else states[state], tone="needs" if late else _tone(state)),
                    Cell(when(Happened(at=due, zone=one.when.zone)) if due else _("No date")),
                    Cell(
                        disclosed or _("Nothing but the need"),
                        second=_("Agreement withdrawn") if one.id in withdrawn else "",
                    ),
                    Cell(when(one.when), second=one.by),
                ]
            )
        )
    columns = [
        Column(_("Service")),
        Column(_("State")),
        Column(_("Needed by")),
        Column(_("Told")),
        Column(_("Asked")),
    ]
    context = {
        "page": page(
            request, file, "care-referrals", action(request, _("Refer to a service"), "care-refer", person)
        ),
        "title": _("Referrals"),
        "table": Table(_("Referrals"), columns, rows) if rows else None,
        "empty": Empty(
            _("No service has been asked"), _("First record what the person agrees to, then refer.")
        ),
    }
    return render(request, "care/part.html", context)


def _tone(state: str) -> str:
    return "done" if state in ("accepted", "given") else "plain"


def safety(request: HttpRequest, person: str) -> HttpResponse:
    """How the person is reached, and what was asked for; caseworkers only."""
    file = find(request, person)
    actor = who(request)
    plan = queries.safety(actor, person)
    open_needs = [
        (words("services", one.plain["service"]), one.words.get("to", ""), one)
        for one in queries.parts(actor, models.Referral, person, state__in=("asked", "accepted"))
    ]
    context = {
        "page": page(
            request, file, "care-safety", action(request, _("Change the plan"), "care-safety-plan", person)
        ),
        "plan": plan,
        "tried": date_words(plan[1].get("checked") or "") if plan else "",
        "needs": open_needs,
    }
    return render(request, "care/safety.html", context)


def return_or_stay(request: HttpRequest, person: str) -> HttpResponse:
    """Wish, circumstances and resources side by side; and every decision with its reasons."""
    file = find(request, person)
    actor = who(request)
    decisions = queries.parts(actor, models.ReturnDecision, person)
    wishes = queries.parts(actor, models.Wish, person)
    context = {
        "page": page(request, file, "care-return", _decide(request, file)),
        "wishes": [(words("wishes", one.plain["wish"]), one) for one in wishes],
        "decisions": [weighed(request, one, over) for one, over in overtaken(decisions)],
        "wish_link": link(request, _("Record what the person wants"), "care-wish", person),
        "identified": bool(file.status),
    }
    return render(request, "care/return.html", context)


def _decide(request: HttpRequest, file: FileSeen) -> Action | None:
    """Not while a decision waits for its second reader: it is corrected, or read, before another is made."""
    if file.return_waiting:
        return None
    return action(request, _("Decide: return or stay"), "care-decide", file.person)


def weighed(request: HttpRequest, one: PartSeen, over: bool = False) -> dict[str, Any]:
    """A return decision as the page shows it. `over`: a later one counts, so nobody reads it any more."""
    others = []
    for other in one.words.get("together_with", ()):
        seen = queries.file(who(request), other)
        if seen is not None:
            others.append(Link(f"{seen.reference} {seen.name}", reverse("care-file", args=[other])))
    dates = [
        (label, date_words(one.plain[name]))
        for name, label in (
            ("until", _("Until")), ("appeal_by", _("Appeal by")), ("review_on", _("Review on")),
        )
        if one.plain[name]
    ]  # fmt: skip
    waits = one.plain["read"] == "" and not over and one.officer != who(request).officer
    return {
        "one": one,
        "over": over,
        "decision": words("return-decisions", one.plain["decision"]),
        "wish": words("wishes", one.plain["wish"]),
        "circumstances": [words("circumstances", code) for code in one.words.get("circumstances", ())],
        "resources": [words("resources", code) for code in one.words.get("resources", ())],
        "dates": dates,
        "together": others,
        "by": telling.by(one),
        "read": link(request, _("Read and decide"), "care-return-reading", one.person, one.id)
        if waits
        else None,
        "links": present(
            [link(request, _("Its page, and corrections"), "care-return-reading", one.person, one.id)]
        ),
    }
