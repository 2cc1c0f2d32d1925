"""What follows a charge, and what a suspect is linked to."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.form_actions import try_perform
from libertad.evidence.queries import exhibit_by_reference, exhibits
from libertad.look.fields import offer
from libertad.look.page_objects import FormPage, Link, Pair
from libertad.look.times import when
from libertad.look.words import words
from libertad.operations.queries import site_by_reference, sites
from libertad.people import forms_custody as asked
from libertad.people.actions.link_suspect import link_suspect
from libertad.people.actions.read_custody import read_custody
from libertad.people.actions.record_stage import record_stage
from libertad.people.queries import DetentionSeen
from libertad.people.screens_acts import clock
from libertad.people.screens_detention import detention_or_404
from libertad.people.timeline_custody import link_title, reads_second, unheard_title


def _form_page(
    request: HttpRequest, detention: DetentionSeen, form: forms.Form, title: str, button: str, wont: str
) -> HttpResponse:
    page = FormPage(
        title=title,
        button=button,
        reference=detention.reference,
        wont=wont,
        back=Link(detention.reference, reverse("detention", args=[detention.id])),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def detention_stage(request: HttpRequest, key: str) -> HttpResponse:
    """Remanded, bail, committed and so on: dated, for each charge."""
    detention = detention_or_404(request, key)
    form = asked.StageForm(request.POST or None, **clock(request))
    before = [
        (stage.entry, ", ".join(filter(None, [words("stages", stage.stage), stage.charge, when(stage.when)])))
        for stage in detention.stages
        if stage.stands
    ]
    if before:
        offer(form, "replaces", [("", _("No")), *before])
    else:
        del form.fields["replaces"], form.fields["reasons"]
    charges = dict.fromkeys(stage.charge for stage in detention.stages if stage.stands and stage.charge)
    if charges:
        offer(form, "of_charge", [("", _("All of them")), *((charge, charge) for charge in charges)])
    else:
        del form.fields["of_charge"]
    if request.method == "POST" and form.is_valid():
        data = {**form.cleaned_data}
        of_charge = data.pop("of_charge", "")
        if data["stage"] != "charged":
            data["charge"] = of_charge
        done, _none = try_perform(request, form, record_stage, detention=key, source="decision", **data)
        if done:
            return redirect("detention", key)
    return _form_page(
        request,
        detention,
        form,
        _("Record charge or court decision"),
        _("Record it"),
        _(
            "Earlier ones stay, each with its date. The hours of holding go on until another officer has "
            "read it against the paper. Only a court's word says that somebody is guilty."
        ),
    )


def detention_read(request: HttpRequest, key: str, entry: str) -> HttpResponse:
    """A release or a stage, read against the paper by another officer than who recorded it."""
    actor, detention = actor_of(request), detention_or_404(request, key)
    word = next((word for word in detention.unheard if word.entry == entry), None)
    if word is None or not reads_second(actor, word):
        raise Http404
    form = asked.ReadCustodyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _none = try_perform(
            request, form, read_custody, detention=key, entry=entry, source="decision", **form.cleaned_data
        )
        if done:
            return redirect("detention", key)
    page = FormPage(
        title=_("Read it against the paper"),
        button=_("Record the reading"),
        reference=detention.reference,
        facts=[
            Pair(_("Recorded"), unheard_title(word)),
            Pair(_("Court"), word.court),
            Pair(_("Order or case"), word.order),
            Pair(_("When"), when(word.when)),
        ],
        wont=_("It changes nothing of what was recorded. If you agree, the hours of holding end with it."),
        back=Link(detention.reference, reverse("detention", args=[key])),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def by_reference(actor: Actor, detention: DetentionSeen, reference: str) -> str:
    """'exhibit:<id>' or 'site:<id>' by a reference in the detention's country; '' for what this role does not
    read."""
    if may_open(actor, "exhibit"):
        exhibit = exhibit_by_reference(actor, reference)
        if exhibit is not None and exhibit.country == detention.country:
            return f"exhibit:{exhibit.id}"
    place = site_by_reference(actor, reference) if may_open(actor, "site") else None
    return f"site:{place.id}" if place is not None and place.country == detention.country else ""


def detention_link(request: HttpRequest, key: str) -> HttpResponse:
    """A suspect and an exhibit or a site."""
    actor, detention = actor_of(request), detention_or_404(request, key)
    form = asked.SuspectLinkForm(request.POST or None)
    if not may_open(actor, "site"):
        form.fields["other"].label, form.fields["other"].help_text = _("Reference of the exhibit"), ""
    form.fields["other"].find = lambda reference: by_reference(actor, detention, reference)  # type: ignore[attr-defined]
    return _link(
        request,
        detention,
        form,
        True,
        link_title(actor),
        _("Link the two"),
        _("It is shown on both, to those who read both. It proves nothing by itself."),
    )


def detention_unlink(request: HttpRequest, key: str) -> HttpResponse:
    """Nothing links the two after all."""
    actor, detention = actor_of(request), detention_or_404(request, key)
    form = asked.SuspectUnlinkForm(request.POST or None)
    by_kind: dict[str, list[str]] = {"exhibit": [], "site": []}
    for link in detention.linked:
        by_kind[link.kind].append(link.other)
    readable = {exhibit.id: exhibit.reference for exhibit in exhibits(actor, ids=by_kind["exhibit"])}
    readable = readable if may_open(actor, "exhibit") else {}
    if may_open(actor, "site"):
        readable |= {site.id: site.reference for site in sites(actor, ids=by_kind["site"])}
    offer(
        form,
        "other",
        [
            ("", _("Choose")),
            *(
                (f"{link.kind}:{link.other}", readable[link.other])
                for link in detention.linked
                if link.other in readable
            ),
        ],
    )
    return _link(
        request,
        detention,
        form,
        False,
        _("End a link"),
        _("End the link"),
        _("That the two were linked, and why, stays in the record."),
    )


def _link(
    request: HttpRequest,
    detention: DetentionSeen,
    form: forms.Form,
    linked: bool,
    title: str,
    button: str,
    wont: str,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        kind, _colon, linked_id = form.cleaned_data["other"].partition(":")
        done, _none = try_perform(
            request,
            form,
            link_suspect,
            detention=detention.id,
            kind=kind,
            other=linked_id,
            linked=linked,
            reasons=form.cleaned_data["reasons"],
            source="decision",
        )
        if done:
            return redirect("detention", detention.id)
    return _form_page(request, detention, form, title, button, wont)
