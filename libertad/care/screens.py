"""Pages that show protection files. They read by `queries`; forms are in `screens_forms`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.care import models, queries, queries_interpreters, timeline
from libertad.care.appeal_words import appealed
from libertad.care.appeals import WAS_READ
from libertad.care.confirmations import passkey_words
from libertad.care.consent_words import consent_state
from libertad.care.pages import action, find, link, now_of, page, present
from libertad.care.presenters import CareTodo, FileSeen, PartSeen
from libertad.care.queries_desk import missing_task
from libertad.care.queries_serving import services_asked
from libertad.care.screens_danger import in_danger
from libertad.care.screens_desk import missing_panel
from libertad.care.screens_settling import answer_panels, need_items
from libertad.care.serving_words import asked_thing, asked_tone, stage_words
from libertad.look.page_objects import Action, Cell, Column, Empty, Link, Row, Table, Timeline
from libertad.look.times import date_words, when
from libertad.look.words import source_label, words
from libertad.vocabulary.rules import rule_set, rule_sets
from libertad.vocabulary.values import Happened


def todos_here(request: HttpRequest, person: str) -> list[tuple[CareTodo, Happened | None, bool]]:
    """What waits here for this reader within two days, with its hour in the file's zone, and whether it waits
    for somebody else until then."""
    now = now_of(request).at
    soon = now + timedelta(days=2)
    return [
        (todo, Happened(at=todo.due, zone=todo.zone) if todo.due else None, todo.for_others(now))
        for todo in queries.care_todos(actor_of(request), [person])
        if todo.due is None or todo.due < soon
    ]


def care_file(request: HttpRequest, person: str) -> HttpResponse:
    """The protection file, told in order; above it what needs this reader."""
    file = find(request, person)
    items = timeline.timeline_items(actor_of(request), person)
    source = request.GET.get("word", "")
    listed_items = [item for item in items if not source or item.source == source]
    here = reverse("care-file", args=[person]) + file.query
    more = "&" if file.query else "?"
    filters = [Link(_("All"), here, not source)] + [
        Link(source_label(code), f"{here}{more}word={code}", source == code) for code in ("said", "decision")
    ]
    main = action(request, _("Record what the person wants"), "care-wish", person) or _decide(request, file)
    if file.closed is not None:
        main = action(request, _("Open this protection file again"), "care-reopen", person)
    context = {
        "page": page(request, file, "care-file", main),
        **in_danger(actor_of(request), person),
        "missing": missing_panel(request, missing_task(actor_of(request), person)),
        "answers": answer_panels(actor_of(request), person),
        "todos": todos_here(request, person),
        "timeline": Timeline(_("What was said and decided"), listed_items, len(items), filters),
    }
    return render(request, "care/file.html", context)


def screening(request: HttpRequest, person: str) -> HttpResponse:
    """Screenings and identifications: what was suggested, and what a human decided."""
    file = find(request, person)
    actor = actor_of(request)
    rules = [
        (rule_set(name), link(request, _("Screen by this set"), "care-screen", person, name))
        for name in rule_sets()
    ]
    context = {
        "page": page(request, file, "care-screening", action(request, _("Decide"), "care-identify", person)),
        "rules": rules,
        "screenings": [
            (timeline.rules_words(screening_part), screening_part)
            for screening_part in queries.parts(actor, models.Screening, person)
        ],
        "decisions": [
            (decision, timeline.by(decision), over, passkey_words(actor, decision))
            for decision, over in overtaken(queries.parts(actor, models.Identification, person))
        ],
    }
    return render(request, "care/screening.html", context)


def overtaken(decisions: Sequence[PartSeen]) -> list[tuple[PartSeen, bool]]:
    """Decisions, newest first, each with whether nobody reads it any more because a later one counts."""
    counted = [decision.when.at for decision in decisions if decision.plain["read"] in WAS_READ]
    return [
        (decision, not decision.plain["read"] and any(at > decision.when.at for at in counted))
        for decision in decisions
    ]


def answers(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """One screening's answers, under the rule set and version that it names."""
    file = find(request, person)
    screening_part = part_of(request, models.Screening, person, key)
    current = (
        rule_set(screening_part.plain["rule_set"])
        if screening_part.plain["rule_set"] in rule_sets()
        else None
    )
    labels = {code: indicator.label for code, indicator in current.indicators().items()} if current else {}
    rows = [
        Row(
            [
                Cell(labels.get(answer["indicator"], answer["indicator"])),
                Cell(words("answers", answer["answer"])),
                Cell(answer.get("evidence") or _("Nothing noted")),
            ]
        )
        for answer in screening_part.words.get("answers", ())
    ]
    columns = [Column(_("Indicator")), Column(_("Answer")), Column(_("What shows it"))]
    context = {
        "page": page(request, file, "care-screening"),
        "one": screening_part,
        "rules": timeline.rule_title(screening_part.plain["rule_set"]),
        "table": Table(_("Answers"), columns, rows, note=_("A 'no' is not evidence against.")),
        "unconfirmed": current is None or current.status == "unconfirmed",
        "source": current.source if current else "",
    }
    return render(request, "care/answers.html", context)


def part_of(request: HttpRequest, model: Any, person: str, key: str) -> PartSeen:
    part = queries.part(actor_of(request), model, person, key)
    if part is None:
        raise Http404
    return part


def consent(request: HttpRequest, person: str) -> HttpResponse:
    """What the person agreed to, and did not; each can be withdrawn."""
    file = find(request, person)
    consents = queries.parts(actor_of(request), models.Consent, person)
    alone = _("No guardian has agreed") if file.child else ""
    rows = []
    for agreement in consents:
        code, state = consent_state(agreement, file.child)
        live = code in ("agreed", "lacking")
        withdraw = (
            link(request, _("Withdraw"), "care-consent-withdraw", person, agreement.id) if live else None
        )
        withheld = ", ".join(words("file-parts", code) for code in agreement.words.get("withheld", ()))
        rows.append(
            Row(
                [
                    Cell(
                        words("consent-purposes", agreement.plain["purpose"]),
                        second=agreement.words.get("recipient", ""),
                    ),
                    Cell(state, tone={"lacking": "needs", "agreed": "done"}.get(code, "plain")),
                    Cell(withheld or _("Nothing")),
                    Cell(
                        words("consent-capacities", agreement.plain["capacity"]),
                        second=agreement.words.get("guardian", "") or (alone if live else ""),
                    ),
                    Cell(when(agreement.when), second=agreement.by),
                    Cell(withdraw.label, withdraw.href) if withdraw else Cell(""),
                ]
            )
        )
    columns = [
        Column(_("Purpose and recipient")),
        Column(_("State")),
        Column(_("Not to be disclosed")),
        Column(_("Capacity")),
        Column(_("Said")),
        Column(_("Change")),
    ]
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
    for view in services_asked(actor_of(request), person):
        is_late = view.is_open and view.due is not None and view.due.at < now
        rows.append(
            Row(
                [
                    Cell(
                        words("services", view.service),
                        reverse(view.route, args=[person, view.key]),
                        second=view.name,
                    ),
                    Cell(
                        _("Overdue") if is_late else stage_words(view.stage, view.way),
                        tone="needs" if is_late else asked_tone(view),
                    ),
                    Cell(when(view.due) if view.due is not None else _("No date")),
                    Cell(
                        (", ".join(view.disclosed) or _("Nothing but the need"))
                        if view.was_sent
                        else _("Nothing yet"),
                        second=_("Agreement withdrawn") if view.has_ended_ground else "",
                    ),
                    Cell(when(view.requested), second=view.by),
                ]
            )
        )
    columns = [
        Column(_("Service")),
        Column(_("State")),
        Column(_("Due")),
        Column(_("Told")),
        Column(_("Asked")),
    ]
    context = {
        "page": page(
            request, file, "care-referrals", action(request, _("Refer to a service"), "care-refer", person)
        ),
        "title": _("Referrals"),
        "way": link(request, _("Services outside Libertad"), "care-services"),
        "table": Table(_("Referrals"), columns, rows) if rows else None,
        "empty": Empty(
            _("No service has been asked"), _("First record what the person agrees to, then refer.")
        ),
    }
    return render(request, "care/part.html", context)


def safety(request: HttpRequest, person: str) -> HttpResponse:
    """How the person is reached, and what was asked for; caseworkers only."""
    file = find(request, person)
    actor = actor_of(request)
    plan = queries.safety(actor, person)
    context = {
        "page": page(
            request,
            file,
            "care-safety",
            action(request, _("Change the plan") if plan else _("Make a plan"), "care-safety-plan", person),
        ),
        "plan": plan,
        "tried": date_words(plan[1].get("checked") or "") if plan else "",
        "needs": [
            asked_thing(view, words("services", view.service), view.name)
            for view in services_asked(actor, person)
            if view.is_open
        ],
        "said": need_items(request, person),
        "interpreters": [
            {
                "name": seen.name,
                "language": words("languages", seen.language),
                "way": words("interpreting-ways", seen.way),
                "briefed": seen.briefed,
                "ended": seen.ended,
                "note": seen.note,
                "happened": seen.happened,
                "by": seen.by,
                "brief": f"{reverse('care-interpreter', args=[person])}?entry={seen.entry}"
                if file.closed is None and not seen.ended and not seen.briefed
                else "",
                "end": reverse("care-interpreter-end", args=[person, seen.entry])
                if not (seen.ended or file.closed)
                else "",
            }
            for seen in queries_interpreters.interpreters(actor, person)
        ],
        "assign": reverse("care-interpreter", args=[person]) if file.closed is None else "",
    }
    return render(request, "care/safety.html", context)


def return_or_stay(request: HttpRequest, person: str) -> HttpResponse:
    """Wish, circumstances and resources side by side; and every decision with its reasons."""
    file = find(request, person)
    actor = actor_of(request)
    decisions = queries.parts(actor, models.ReturnDecision, person)
    wishes = queries.parts(actor, models.Wish, person)
    context = {
        "page": page(request, file, "care-return", _decide(request, file)),
        "wishes": [(words("wishes", wish.plain["wish"]), wish) for wish in wishes],
        "decisions": [
            weighed(request, decision, over) | appealed(request, decision, file)
            for decision, over in overtaken(decisions)
        ],
        "wish_link": link(request, _("Record what the person wants"), "care-wish", person),
        "identified": bool(file.status),
    }
    return render(request, "care/return.html", context)


def _decide(request: HttpRequest, file: FileSeen) -> Action | None:
    """Not while a decision waits for its second reader: it is corrected, or read, before another is made."""
    if file.return_waiting:
        return None
    return action(request, _("Decide: return or stay"), "care-decide", file.person)


def weighed(request: HttpRequest, decision: PartSeen, over: bool = False) -> dict[str, Any]:
    """A return decision as the page shows it. `over`: a later one counts, so nobody reads it any more."""
    together = []
    for other_person in decision.words.get("together_with", ()):
        other_file = queries.file(actor_of(request), other_person)
        if other_file is not None:
            together.append(
                Link(f"{other_file.reference} {other_file.name}", reverse("care-file", args=[other_person]))
            )
    dates = [
        (label, date_words(decision.plain[name]))
        for name, label in (
            ("until", _("Until")),
            ("appeal_by", _("Appeal by")),
            ("review_on", _("Review on")),
        )
        if decision.plain[name]
    ]
    waits = decision.plain["read"] == "" and not over and decision.officer != actor_of(request).officer
    return {
        "one": decision,
        "over": over,
        "decision": words("return-decisions", decision.plain["decision"]),
        "wish": words("wishes", decision.plain["wish"]),
        "circumstances": [words("circumstances", code) for code in decision.words.get("circumstances", ())],
        "resources": [words("resources", code) for code in decision.words.get("resources", ())],
        "dates": dates,
        "together": together,
        "by": timeline.by(decision),
        "passkey": passkey_words(actor_of(request), decision),
        "read": link(request, _("Read and decide"), "care-return-reading", decision.person, decision.id)
        if waits
        else None,
        "links": present(
            [
                link(
                    request,
                    _("Its page, and corrections"),
                    "care-return-reading",
                    decision.person,
                    decision.id,
                )
            ]
        ),
    }
