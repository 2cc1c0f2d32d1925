"""Forms about a person: meet, state, settle, assess. Each calls one action."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access import whereabouts
from libertad.access.acting import Forbidden, perform
from libertad.access.asking import actor_of, may_open
from libertad.access.form_actions import try_perform
from libertad.access.queries import can_say, clock_now
from libertad.access.queries_members import home_country
from libertad.look import refusals
from libertad.look.fields import offer
from libertad.look.page_objects import FormPage, Link, Pair
from libertad.look.words import choices, words
from libertad.operations.queries import sites
from libertad.people import forms as asked
from libertad.people import timeline_danger
from libertad.people.actions.assess_person import assess_person
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.settle_birth import settle_birth, settle_sex
from libertad.people.actions.state_person import state_person
from libertad.people.forms_birth import RANGES
from libertad.people.head import person_or_404
from libertad.people.queries import PersonSeen
from libertad.people.screens_file import show
from libertad.people.timeline import birth_words
from libertad.vocabulary.values import Birth, Refused


def clock(request: HttpRequest) -> dict[str, Any]:
    """What a form needs to ask when: the actor's zone and the operation's clock."""
    actor = actor_of(request)
    return {"zone": actor.zone, "now": clock_now(actor.operation)}


def own_country(request: HttpRequest) -> str:
    """The country or territory of the actor's authority."""
    return home_country(actor_of(request))


def day_of(form: Any, request: HttpRequest) -> str:
    """The day on which an age was said: that of the form, else the operation's."""
    happened = form.cleaned_data.get("happened")
    at: datetime = happened.local if happened else clock(request)["now"]
    return at.date().isoformat()


def shown_form(
    request: HttpRequest,
    form: Any,
    person: PersonSeen,
    title: str,
    button: str,
    wont: str,
    *,
    facts: Sequence[Pair] = (),
    links: Sequence[Link] = (),
    template: str = "web/form.html",
    **context: Any,
) -> HttpResponse:
    page = FormPage(
        title=title,
        button=button,
        back=Link(
            _("File %(reference)s") % {"reference": person.reference}, reverse("person", args=[person.id])
        ),
        reference=person.reference,
        provenance=person.provenance,
        wont=wont,
        facts=facts,
        links=links,
    )
    return render(request, template, {"page": page, "form": form, **context})


def person_new(request: HttpRequest) -> HttpResponse:
    """Meet a person: as little as needed, danger first."""
    actor = actor_of(request)
    form = asked.MeetForm(request.POST or None, **clock(request))
    own = own_country(request)
    offer(form, "country", choices("countries", [own])())
    form.fields["country"].initial = own
    places = {site.id: site for site in sites(actor, country=own)} if may_open(actor, "sites") else {}
    listed = [(site.id, f"{site.reference}, {site.name}") for site in places.values()]
    offer(form, "site", [("", _("Not at a site")), *listed])
    chosen = request.GET.get("site") or whereabouts.remembered(request).site
    form.fields["site"].initial = chosen if chosen in places else ""
    if request.method == "POST" and form.is_valid():
        place = places.get(form.cleaned_data["site"])
        done, person = _meet(request, form, place.workplace if place else "")
        if done:
            whereabouts.remember(request, form.cleaned_data["site"])
            if form.cleaned_data["danger"] == "yes":
                messages.error(request, timeline_danger.saved(actor))
            return redirect("person", person)
    at = places.get(chosen)
    where = _("Site %(site)s") % {"site": at.reference} if at else words("countries", own)
    return render(
        request,
        "people/meet_online.html",
        {
            "form": form,
            "back": Link(_("People"), reverse("people")),
            "where": where,
            "cares": may_open(actor, "care"),
            "telling": timeline_danger.telling(actor),
        },
    )


def _meet(request: HttpRequest, form: asked.MeetForm, workplace: str) -> tuple[bool, str | None]:
    values = meeting_values(form, day_of(form, request))
    if values is None:
        return False, None
    visit = whereabouts.visit_at(request, form.cleaned_data["site"])
    return try_perform(request, form, meet_person, source="said", workplace=workplace, visit=visit, **values)


def meeting_values(form: asked.MeetForm, day: str) -> dict[str, Any] | None:
    """What `meet_person` takes of a valid form; None where its age is refused, which the form then shows.
    `day`: on which an age was said."""
    data = dict(form.cleaned_data)
    try:
        birth = form.birth(day)
    except Refused as why:
        refusals.show(form, why, "birth_date" if why.field == "birth" else "age_to")
        return None
    chosen = None
    if data["age"] in RANGES:
        low, high = RANGES[data["age"]]
        chosen = Birth(age_from=low, age_to=high, on=day)
    contradicts = birth is not None and bool(form.contradiction(data))
    plain_fields = ("country", "site", "sex", "travel_document", "with_whom", "happened")
    return {
        "name": asked.said_name(data["name"]),
        "birth": birth or chosen,
        "birth_source": data["age_source"] or "said",
        "other_birth": chosen if contradicts else None,
        "seen_as": data["seen_as"] or "not-assessed",
        "language": (data["language"],) if data["language"] else (),
        "needs": tuple(data["needs"]),
        "danger": "" if data["danger"] == "not-asked" else data["danger"],
        **{name: data[name] for name in plain_fields},
    }


def on_file(person: PersonSeen) -> list[tuple[str, str]]:
    """'field:entry' and words of every value on file: what a form may say that it replaces."""
    values = [
        *(("birth", entry, birth_words(birth)) for birth, entry in person.births),
        *(("name", entry, _("Name: %(name)s") % {"name": name.text}) for name, entry in person.names),
        *(("sex", entry, words("sexes", sex)) for sex, entry in person.sexes),
        *(("language", entry, words("languages", code)) for code, entry in person.languages),
        *(("nationality", entry, words("countries", code)) for code, entry in person.nationalities),
        *(
            ("phone", entry, _("Phone number %(number)s") % {"number": number})
            for number, entry in person.phones
        ),
        *((kind, entry, f"{words('fact-kinds', kind)}: {value}") for kind, value, entry in person.known_by),
    ]
    grouped: dict[str, list[str]] = {}
    for field, entry, text in values:
        grouped.setdefault(f"{field}:{entry}", []).append(text)
    return [(key, ", ".join(texts)) for key, texts in grouped.items()]


def person_state(request: HttpRequest, key: str) -> HttpResponse:
    """Record what was said or read."""
    actor, person = actor_of(request), person_or_404(request, key)
    form = asked.StatementForm(request.POST or None, **clock(request))
    offer(form, "replaces", on_file(person))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            birth = form.birth(day_of(form, request))
        except Refused as why:
            refusals.show(form, why, "birth_date" if why.field == "birth" else "age_to")
        else:
            plain = (
                "sex",
                "topic",
                "words",
                "note",
                "reasons",
                "document_kind",
                "document_number",
                "document_country",
                "document_expires",
            )
            done, _entry = try_perform(
                request,
                form,
                state_person,
                person=key,
                source=data["source"],
                interpreter=data["interpreter"],
                happened=data["happened"],
                supersedes=form.supersedes(),
                birth=birth,
                name=asked.said_name(data["name"], data["name_kind"]),
                **{f: (data[f],) if data[f] else () for f in ("language", "nationality", "phone")},
                **({data["known_by"]: (data["known"].strip(),)} if data["known"].strip() else {}),
                **{f: data[f] for f in plain},
            )
            if done:
                untold = timeline_danger.told_nobody(actor, person) if data["topic"] == "danger" else ""
                if untold:
                    messages.error(request, untold)
                return redirect("person", key)
    return shown_form(
        request,
        form,
        person,
        _("Record what was said"),
        _("Record it"),
        _("Do not ask what happened; a caseworker will."),
    )


def person_settle(request: HttpRequest, key: str) -> HttpResponse:
    """Settle a conflict: one value is kept, exactly the shown others are superseded, with reasons."""
    person = person_or_404(request, key)
    if request.method != "POST":
        return redirect("person", key)
    actor, reasons = actor_of(request), request.POST.get("reasons", "")
    if not can_say(actor, "person.state"):
        raise Forbidden("your role may not say person.state")
    keep = request.POST.get("keep")
    if keep is None:
        return show(request, person, _("Choose one of the values, or neither yet"))
    settle = settle_sex if request.POST.get("field") == "sex" else settle_birth
    try:
        if keep:
            displayed = request.POST.getlist("shown")
            perform(actor, settle, person=key, keep=keep, shown=displayed, reasons=reasons)
        elif settle is settle_sex:
            note = _("Neither statement of sex is settled: both are kept.")
            perform(actor, state_person, person=key, note=note, reasons=reasons, source="decision")
        else:
            note = _("Neither birth value is settled: both are kept, and an age assessment is asked for.")
            perform(actor, state_person, person=key, note=note, reasons=reasons, source="decision")
    except Refused as why:
        return show(request, person, refusals.in_words(why).capitalize())
    return redirect("person", key)


def person_assess(request: HttpRequest, key: str) -> HttpResponse:
    """Change the first view of a person."""
    person = person_or_404(request, key)
    form = asked.AssessForm(request.POST or None, initial={"seen_as": person.seen_as}, **clock(request))
    if request.method == "POST" and form.is_valid():
        done, _none = try_perform(request, form, assess_person, person=key, **form.cleaned_data)
        if done:
            return redirect("person", key)
    return shown_form(
        request,
        form,
        person,
        _("Change the first view"),
        _("Record the view"),
        _("This is no decision: whether somebody is a victim is decided by care, with a second reader."),
    )
