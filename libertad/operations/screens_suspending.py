"""Suspending a member of the operation, lifting that, and who is suspended."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actions.lift_suspension import lift_suspension
from libertad.access.actions.suspend_member import suspend_member
from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.form_actions import try_perform
from libertad.access.queries import authority_names
from libertad.look.page_objects import Cell, Column, FormPage, Link, Row, Table
from libertad.look.times import when
from libertad.operations import queries_changes, wording_changes
from libertad.operations.forms_changes import WhyForm
from libertad.operations.parts import Part, said_at
from libertad.operations.screens_changes import known_change, other_member


def member_suspend(request: HttpRequest, key: str) -> HttpResponse:
    """Suspend a member whose node was robbed, or who cannot be reached to ask."""
    row = other_member(actor_of(request), key)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, change = try_perform(request, form, suspend_member, authority=key, **form.cleaned_data)
        if done and change is not None:
            messages.success(request, _("Done. Telephone another authority: it confirms it within a day."))
            return redirect("change", change)
    page = FormPage(
        title=_("Suspend a member"),
        reference=row.name,
        button=_("Suspend it now"),
        back=Link(_("Operation"), reverse("operation")),
        intro=_(
            "For a node that was robbed, or an authority that speaks as it never would. From now on what it "
            "says is kept and not believed, and it gets nothing more. Its people go on recording, and a "
            "danger to life that they report reaches everybody. It ends by itself after 24 hours, unless "
            "another authority confirms it."
        ),
        wont=_("It keeps what it has read. Tell its people by telephone: its node is not told."),
    )
    status = 422 if form.errors else 200
    return render(request, "web/form.html", {"page": page, "form": form}, status=status)


def suspension_lift(request: HttpRequest, key: str) -> HttpResponse:
    """Propose to lift a suspension."""
    suspension = known_change(actor_of(request), key)
    if not suspension.may_lift:
        raise Http404
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, change = try_perform(request, form, lift_suspension, change=key, **form.cleaned_data)
        if done and change is not None:
            messages.success(request, _("Proposed. It waits for the signature of another authority."))
            return redirect("change", change)
    page = FormPage(
        title=_("Lift a suspension"),
        reference=wording_changes.title(suspension),
        button=_("Propose it"),
        back=Link(_("The suspension"), reverse("change", args=[key])),
        intro=_("First see that its stolen devices are revoked: what they said is judged again then."),
        wont=_("Nothing changes until an officer of another authority signs it; then at once."),
    )
    status = 422 if form.errors else 200
    return render(request, "web/form.html", {"page": page, "form": form}, status=status)


def suspended_part(actor: Actor) -> list[Part]:
    """Which members are suspended, by whom, since and until when, and why; and the last that are over."""
    listed = queries_changes.suspensions(actor)
    if not listed:
        return []
    names, linked = authority_names(), may_open(actor, "change")
    rows = [
        Row(
            [
                Cell(
                    names.get(suspension.about, ""),
                    reverse("change", args=[suspension.id]) if linked else "",
                    second=suspension.reason,
                ),
                Cell(names.get(suspension.authority, ""), second=when(said_at(suspension.at, actor.zone))),
                Cell(wording_changes.state(actor, suspension), second=names.get(suspension.signed_by, "")),
            ]
        )
        for suspension in listed
    ]
    columns = [Column(_("Member")), Column(_("Suspended by")), Column(_("How it stands"))]
    return [Part(_("Suspended members"), Table(_("Suspended members"), columns, rows))]
