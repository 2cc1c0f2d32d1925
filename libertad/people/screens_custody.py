"""What follows a charge, and what a suspect is linked to."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import may, who
from libertad.access.trying import try_perform
from libertad.evidence.queries import exhibits
from libertad.look.looks import FormPage, Link
from libertad.look.times import when
from libertad.look.words import words
from libertad.operations.queries import sites
from libertad.people import forms_custody as asked
from libertad.people.actions.link_suspect import link_suspect
from libertad.people.actions.record_stage import record_stage
from libertad.people.queries import DetentionSeen
from libertad.people.screens_acts import clock
from libertad.people.screens_detention import known


def _shown(
    request: HttpRequest, found: DetentionSeen, form: forms.Form, title: str, button: str, wont: str
) -> HttpResponse:
    page = FormPage(
        title=title, button=button, reference=found.reference, wont=wont,
        back=Link(found.reference, reverse("detention", args=[found.id])),
    )  # fmt: skip
    return render(request, "web/form.html", {"page": page, "form": form})


def detention_stage(request: HttpRequest, key: str) -> HttpResponse:
    """Remanded, bail, committed and so on: dated, for each charge."""
    found = known(request, key)
    form = asked.StageForm(request.POST or None, **clock(request))
    before = [
        (one.entry, ", ".join(filter(None, [words("stages", one.stage), one.charge, when(one.when)])))
        for one in found.stages
        if one.stands
    ]
    if before:
        form.fields["replaces"].choices = [("", _("No")), *before]  # type: ignore[attr-defined]
    else:
        del form.fields["replaces"], form.fields["reasons"]
    if request.method == "POST" and form.is_valid():
        done, _none = try_perform(
            request, form, record_stage, detention=key, source="decision", **form.cleaned_data
        )
        if done:
            return redirect("detention", key)
    return _shown(
        request, found, form, _("Record a stage"), _("Record it"),
        _("Earlier stages stay, each with its date. Only a court's word says that somebody is guilty."),
    )  # fmt: skip


def linkable(actor: Actor, found: DetentionSeen) -> list[tuple[str, list[tuple[str, str]]]]:
    """Exhibits and sites of the country that this role reads and that are not linked yet."""
    there = {(one.kind, one.other) for one in found.linked}
    groups = []
    if may(actor, "exhibit"):
        listed = [
            (f"exhibit:{one.id}", f"{one.reference}, {one.description[:60]}")
            for one in exhibits(actor)
            if one.country == found.country and ("exhibit", one.id) not in there
        ]
        groups.append((_("Exhibits"), listed))
    if may(actor, "site"):
        listed = [
            (f"site:{one.id}", f"{one.reference}, {one.name[:60]}")
            for one in sites(actor, country=found.country)
            if ("site", one.id) not in there
        ]
        groups.append((_("Sites"), listed))
    return [group for group in groups if group[1]]


def detention_link(request: HttpRequest, key: str) -> HttpResponse:
    """A suspect and an exhibit or a site."""
    actor, found = who(request), known(request, key)
    form = asked.SuspectLinkForm(request.POST or None)
    form.fields["other"].choices = [("", _("Choose")), *linkable(actor, found)]  # type: ignore[attr-defined]
    return _link(
        request, found, form, True, _("Link an exhibit or a site"), _("Link the two"),
        _("It is shown on both, to those who read both. It proves nothing by itself."),
    )  # fmt: skip


def detention_unlink(request: HttpRequest, key: str) -> HttpResponse:
    """Nothing links the two after all."""
    actor, found = who(request), known(request, key)
    form = asked.SuspectLinkForm(request.POST or None)
    form.fields["reasons"].label = _("Why are the two not linked?")
    readable = {one.id: one.reference for one in exhibits(actor)} if may(actor, "exhibit") else {}
    if may(actor, "site"):
        readable |= {one.id: one.reference for one in sites(actor, country=found.country)}
    form.fields["other"].choices = [  # type: ignore[attr-defined]
        ("", _("Choose")),
        *((f"{one.kind}:{one.other}", readable[one.other]) for one in found.linked if one.other in readable),
    ]
    return _link(
        request, found, form, False, _("End a link"), _("End the link"),
        _("That the two were linked, and why, stays in the record."),
    )  # fmt: skip


def _link(
    request: HttpRequest,
    found: DetentionSeen,
    form: forms.Form,
    linked: bool,
    title: str,
    button: str,
    wont: str,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        kind, _colon, other = form.cleaned_data["other"].partition(":")
        done, _none = try_perform(
            request, form, link_suspect, detention=found.id, kind=kind, other=other, linked=linked,
            reasons=form.cleaned_data["reasons"], source="decision",
        )  # fmt: skip
        if done:
            return redirect("detention", found.id)
    return _shown(request, found, form, title, button, wont)
