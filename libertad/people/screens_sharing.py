"""Letting another authority read a file, who reads it, and ending that from now on."""

from __future__ import annotations

from collections.abc import Container

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from libertad.access.acting import perform
from libertad.access.actions.remove_reader import remove_reader
from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.access.queries_members import members_of
from libertad.access.queries_sharing import ShareSeen, shares_waiting
from libertad.access.readers import ReaderSeen, readers
from libertad.access.sharing import sharing_rules
from libertad.exchange import queries as exchange
from libertad.look import refusals, times
from libertad.look.fields import offer
from libertad.look.page_objects import Cell, Column, ConfirmPage, FormPage, Link, Row, Table
from libertad.look.words import words
from libertad.people import forms as asked
from libertad.people.actions.share_person import share_person
from libertad.people.head import person_or_404
from libertad.people.queries import PersonSeen
from libertad.vocabulary.values import Happened, Refused


class RemoveForm(forms.Form):
    """Why an authority is to read a file no more."""

    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy("Who reads the file sees it, the removed authority as well."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def person_share(request: HttpRequest, key: str) -> HttpResponse:
    """Let another authority read the identity file; below, who reads it now."""
    actor, person = actor_of(request), person_or_404(request, key)
    listed = readers(actor, person.compartment)
    reading = {reader.authority for reader in listed}
    form = asked.ShareForm(request.POST or None)
    left = [(row.pk, row.name) for row in members_of(actor, "police", "care") if row.pk not in reading]
    offer(form, "authority", [("", _("Choose an authority")), *left])
    if request.method == "POST" and form.is_valid():
        done, _share = try_perform(
            request, form, share_person, person=key, source="decision", **form.cleaned_data
        )
        if done:
            shared = form.cleaned_data["authority"] in {
                r.authority for r in readers(actor, person.compartment)
            }
            messages.success(
                request,
                _("It reads the file now, since the person is in danger. A second person reads that it does.")
                if shared
                else _("Proposed. It reads nothing until a second person has approved it."),
            )
            return redirect("person-share", key)
    page = FormPage(
        title=_("Share this file with another authority"),
        button=_("Share at once: in danger") if person.open_dangers else _("Propose that it reads the file"),
        back=_back(person),
        reference=person.reference,
        provenance=person.provenance,
        intro=_intro(bool(person.open_dangers)),
        links=[_waiting(share) for share in shares_waiting(actor, person.compartment)],
        wont=_(
            "What care writes is not shared. It gets all that was said in the identity file so far. This is "
            "undone only for the future: what was read already cannot be taken back."
        ),
    )
    context = {"page": page, "form": form, "left": left, "readers": table(actor, person, listed)}
    return render(request, "people/share.html", context)


def _intro(danger: bool) -> str:
    if danger:
        return _(
            "This person is in danger: the authority reads the file at once, and a second person reads "
            "afterwards that you shared it, and why."
        )
    minutes = int(sharing_rules().wait.total_seconds() // 60)
    return _(
        "A second person of your authority approves it. If nobody there has answered in %(minutes)d minutes "
        "(assumed), or nobody can, an authority that reads the file already may approve. If the person is in "
        "danger, record that first: then it is shared at once."
    ) % {"minutes": minutes}


def _waiting(share: ShareSeen) -> Link:
    """A proposal of this file that waits."""
    return Link(
        _("%(name)s: proposed, waits for a second person") % {"name": share.reader}
        if not share.danger
        else _("%(name)s: shared in danger, not read by a second person yet") % {"name": share.reader},
        reverse("share-answer", args=[share.id]),
    )


def table(actor: Actor, person: PersonSeen, listed: list[ReaderSeen]) -> Table:
    """Who reads the file, by whose decision, and whether its keys have arrived there."""
    deliveries, abroad = exchange.keys_given(person.compartment), exchange.elsewhere()
    rows = [
        Row(
            [
                Cell(reader.name, second=words("authority-kinds", reader.kind)),
                Cell(
                    times.when(Happened(at=reader.since, zone=actor.zone))
                    if reader.since
                    else _("not known"),
                    second=", ".join(filter(None, [reader.officer, reader.by])),
                ),
                Cell(
                    reader.reason or _("from the beginning"),
                    tone="needs" if reader.by_one else "",
                    second=_("by one person: no second one approved it") if reader.by_one else "",
                ),
                _arrived(reader, deliveries.get(reader.authority), abroad),
                Cell(
                    _("Remove from now on"),
                    reverse("person-reader-remove", args=[person.id, reader.authority]),
                )
                if reader.removable
                else Cell(""),
            ]
        )
        for reader in listed
    ]
    columns = [
        Column(_("Authority")),
        Column(_("Since, and by whom")),
        Column(_("Why")),
        Column(_("Keys")),
        Column(_("Change")),
    ]
    note = _("A role of theirs that meets nobody does not read it. All others do not know that it exists.")
    return Table(_("Who reads this file"), columns, rows, note=note)


def _arrived(reader: ReaderSeen, delivery: exchange.KeysGiven | None, abroad: Container[str]) -> Cell:
    """Whether the file's keys are at a reader's node. Only the node of who let it in knows."""
    if reader.authority not in abroad:
        return Cell(_("On this node"))
    if delivery is None and reader.named_by == reader.authority:
        return Cell(_("Its own file"))
    if delivery is None and reader.named_by in abroad:
        return Cell(_("Not given here"), second=_("the node of %(name)s gives them") % {"name": reader.by})
    if delivery is None:
        return Cell(_("Not given yet"), tone="needs", second=_("when its node next asks"))
    if delivery.taken is None:
        return Cell(_("Given"), tone="plain", second=_("not confirmed yet"))
    return Cell(_("Taken"), tone="done")


def person_reader_remove(request: HttpRequest, key: str, authority: str) -> HttpResponse:
    """End an authority's reading, from now on."""
    actor, person = actor_of(request), person_or_404(request, key)
    reader = next((r for r in readers(actor, person.compartment) if r.authority == authority), None)
    if reader is None or not reader.removable:
        raise Http404
    form = RemoveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            perform(
                actor,
                remove_reader,
                compartment=person.compartment,
                readers=[authority],
                source="decision",
                reason=form.cleaned_data["reason"],
            )
        except Refused as why:
            refusals.show(form, why, "reason")
        else:
            return redirect("person-share", key)
    page = ConfirmPage(
        _("Remove %(name)s from the readers") % {"name": reader.name},
        [
            _("From the next entry on it reads nothing of this file; those who stay get a new key."),
            _("It reads that it was removed, and why."),
        ],
        _("Remove it from now on"),
        Link(_("Who reads this file"), reverse("person-share", args=[key])),
        [_("What it has read already, it has: nobody can take that back.")],
    )
    status = 422 if form.errors else 200
    return render(request, "web/confirm.html", {"page": page, "form": form}, status=status)


def _back(person: PersonSeen) -> Link:
    return Link(
        _("File %(reference)s") % {"reference": person.reference}, reverse("person", args=[person.id])
    )
