"""Forms about a person: meet, state, settle, assess, link, share, property. Each calls one action."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.models import Authority
from libertad.access.queries import clock_now
from libertad.operations.queries import countries, sites
from libertad.people import names, queries
from libertad.people import forms as asked
from libertad.people.actions.assess_person import assess_person
from libertad.people.actions.change_property import change_property
from libertad.people.actions.link_not_same import link_not_same
from libertad.people.actions.link_same import link_same
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.share_person import share_person
from libertad.people.actions.state_person import state_person
from libertad.people.actions.take_property import take_property
from libertad.people.queries import PersonSeen
from libertad.people.screens import who
from libertad.people.telling import birth_words
from libertad.vocabulary.values import Birth, Refused
from libertad.web.looks import FormPage, Link
from libertad.web.words import choices, try_perform, words


def known(request: HttpRequest, key: str) -> PersonSeen:
    """The person's file; the same 404 for nobody and for not ours."""
    found = queries.person(who(request), key)
    if found is None:
        raise Http404
    return found


def clock(request: HttpRequest) -> dict[str, Any]:
    """What a form needs to ask when: the actor's zone and the operation's clock."""
    actor = who(request)
    return {"zone": actor.zone, "now": clock_now(actor.operation)}


def shown_form(
    request: HttpRequest, form: forms.Form, found: PersonSeen, title: str, button: str, wont: str
) -> HttpResponse:
    page = FormPage(
        title=title,
        button=button,
        back=Link(_("File %(reference)s") % {"reference": found.reference}, reverse("person", args=[found.id])),
        reference=found.reference,
        provenance=found.provenance,  # type: ignore[arg-type]
        wont=wont,
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def person_new(request: HttpRequest) -> HttpResponse:
    """Meet a person: as little as needed, danger first."""
    actor = who(request)
    form = asked.MeetForm(request.POST or None, **clock(request))
    own = Authority.objects.filter(pk=actor.authority).values_list("country", flat=True).first() or ""
    places = countries(actor) or [own]
    form.fields["country"].choices = choices("countries", places)()  # type: ignore[attr-defined]
    form.fields["country"].initial = own
    listed = [(s.id, f"{s.reference}, {s.name}") for s in sites(actor)]
    form.fields["site"].choices = [("", _("Not at a site")), *listed]  # type: ignore[attr-defined]
    form.fields["site"].initial = request.GET.get("site", "")
    if request.method == "POST" and form.is_valid():
        done, person = _meet(request, form)
        if done:
            return redirect("person", person)
    where = dict(listed).get(request.GET.get("site", ""), _("Choose the site below"))
    back = Link(_("People"), reverse("people"))
    return render(request, "people/meet_online.html", {"form": form, "back": back, "where": where})


def _meet(request: HttpRequest, form: asked.MeetForm) -> tuple[bool, str | None]:
    data = dict(form.cleaned_data)
    day = clock(request)["now"].date().isoformat()
    try:
        birth = form.birth(day)
        age = data.pop("age", "")
        if birth is None and age:
            low, high = asked.RANGES[age]
            birth = Birth(age_from=low, age_to=high, on=day)
        name = asked.said_name(data.pop("name", ""))
    except Refused as why:
        form.add_error("birth_date" if why.field == "birth" else None, why.rule)
        return False, None
    language = data.pop("language")
    for field in ("birth_date", "age_from", "age_to"):
        data.pop(field, None)
    return try_perform(
        request, form, meet_person, source="said", name=name, birth=birth,
        language=(language,) if language else (), needs=tuple(data.pop("needs")), **data,
    )  # fmt: skip


def person_state(request: HttpRequest, key: str) -> HttpResponse:
    """Record what was said or read."""
    found = known(request, key)
    form = asked.StatementForm(request.POST or None, **clock(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        day = clock(request)["now"].date().isoformat()
        try:
            values = {
                "birth": form.birth(day),
                "name": asked.said_name(data["name"], data["name_kind"]),
                "language": (data["language"],) if data["language"] else (),
                "nationality": (data["nationality"],) if data["nationality"] else (),
                "phone": (data["phone"],) if data["phone"] else (),
                **{f: data[f] for f in ("sex", "topic", "words", "document_kind", "document_number", "document_country")},
            }
            done, _entry = try_perform(
                request, form, state_person, person=key, source=data["source"],
                interpreter=data["interpreter"], happened=data["happened"], **values,
            )  # fmt: skip
            if done:
                return redirect("person", key)
        except Refused as why:
            form.add_error("birth_date" if why.field == "birth" else None, why.rule)
    return shown_form(
        request, form, found, _("Record what was said"), _("Record it"),
        _("Nothing is deleted: what was said before stays in the file. Do not ask what happened."),
    )  # fmt: skip


def person_settle(request: HttpRequest, key: str) -> HttpResponse:
    """Settle a conflict: one value is kept, exactly the shown others are superseded, with reasons."""
    found = known(request, key)
    if request.method != "POST":
        return redirect("person", key)
    keep, reasons = request.POST.get("keep", ""), request.POST.get("reasons", "").strip()
    shown = tuple(request.POST.getlist("shown"))
    form = forms.Form(request.POST)
    form.is_valid()
    value = next((birth for birth, entry in found.births if entry == keep), None)
    if set(shown) - {entry for _birth, entry in found.births}:
        form.add_error(None, _("The file has changed since you loaded it. Look at it again, then decide."))
    elif not reasons:
        form.add_error(None, _("Say why, so that the second reader can follow."))
    elif value is None:
        note = _("Both birth statements are kept; an age assessment is asked for.")
        done, _entry = try_perform(request, form, state_person, person=key, note=note, reasons=reasons, source="decision")
        if done:
            return redirect("person", key)
    else:
        done, _entry = try_perform(
            request, form, state_person, person=key, birth=value, reasons=reasons, source="decision",
            supersedes={"birth": shown},
        )  # fmt: skip
        if done:
            return redirect("person", key)
    page = FormPage(
        title=_("Settle the birth year"), button=_("Back to the file"),
        back=Link(_("File %(reference)s") % {"reference": found.reference}, reverse("person", args=[key])),
        reference=found.reference,
    )  # fmt: skip
    return render(request, "people/settle.html", {"page": page, "form": form, "births": [
        (entry, birth_words(birth)) for birth, entry in found.births], "reasons": reasons})  # fmt: skip


def person_assess(request: HttpRequest, key: str) -> HttpResponse:
    """Change the first view of a person."""
    found = known(request, key)
    form = asked.AssessForm(request.POST or None, initial={"seen_as": found.seen_as}, **clock(request))
    if request.method == "POST" and form.is_valid():
        done, _none = try_perform(request, form, assess_person, person=key, **form.cleaned_data)
        if done:
            return redirect("person", key)
    return shown_form(
        request, form, found, _("Change the first view"), _("Record the view"),
        _("This is no decision: whether somebody is a victim is decided by care, with a second reader."),
    )  # fmt: skip


def person_link(request: HttpRequest, key: str) -> HttpResponse:
    """Two records: of one person, or not."""
    actor, found = who(request), known(request, key)
    form = asked.LinkForm(request.POST or None)
    scores = dict(names.search(actor, found.name)) if found.name else {}
    others = sorted(
        (p for p in queries.people(actor) if p.id != key),
        key=lambda p: (p.id not in found.links, -scores.get(p.id, 0.0), p.reference),
    )
    form.fields["other"].choices = [  # type: ignore[attr-defined]
        (p.id, f"{p.reference}, {p.name or _('no name said')}, {words('countries', p.country)}") for p in others
    ]
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        verb = link_same if data["same"] == "yes" else link_not_same
        done, _none = try_perform(
            request, form, verb, person=key, other=data["other"], reasons=data["reasons"], source="decision"
        )
        if done:
            return redirect("person", key)
    return shown_form(
        request, form, found, _("The same person, or not"), _("Record it"),
        _("Nothing is merged: both records stay, and the person is counted once."),
    )  # fmt: skip


def person_share(request: HttpRequest, key: str) -> HttpResponse:
    """Let another authority read the identity file."""
    actor, found = who(request), known(request, key)
    form = asked.ShareForm(request.POST or None)
    rows = Authority.objects.filter(operation=actor.operation, kind__in=["police", "care"])
    form.fields["authority"].choices = [  # type: ignore[attr-defined]
        (row.pk, row.name) for row in rows.order_by("name") if row.pk != actor.authority
    ]
    if request.method == "POST" and form.is_valid():
        done, _none = try_perform(
            request, form, share_person, person=key, source="decision", **form.cleaned_data
        )
        if done:
            return redirect("person", key)
    return shown_form(
        request, form, found, _("Share with another authority"), _("Share the identity file"),
        _("The protection file is not shared. Sharing is undone only for the future: what was read stays read."),
    )  # fmt: skip


def property_new(request: HttpRequest, key: str) -> HttpResponse:
    """Record something taken from a person."""
    found = known(request, key)
    form = asked.TakenForm(request.POST or None, **clock(request))
    if request.method == "POST" and form.is_valid():
        done, _id = try_perform(
            request, form, take_property, person=key, source="said", **form.cleaned_data
        )
        if done:
            return redirect("person-property", key)
    return shown_form(
        request, form, found, _("Record something taken"), _("Record it"),
        _("It is not an exhibit yet: an exhibits officer takes it into custody."),
    )  # fmt: skip


def property_change(request: HttpRequest, key: str) -> HttpResponse:
    """Where a person's property is now."""
    thing = queries.property_of(who(request), key)
    if thing is None:
        raise Http404
    found = known(request, thing.person)
    form = asked.PropertyForm(request.POST or None, initial={"state": thing.state}, **clock(request))
    if request.method == "POST" and form.is_valid():
        done, _none = try_perform(request, form, change_property, property_id=key, **form.cleaned_data)
        if done:
            return redirect("person-property", thing.person)
    title = _("Property: %(what)s") % {"what": words("property-kinds", thing.kind).lower()}
    return shown_form(
        request, form, found, title, _("Record where it is"),
        _("Nothing is deleted: earlier states stay, each with its date."),
    )  # fmt: skip
