"""The page that corrects: one for everything that can be corrected; and how corrections are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.conflicting import names as named
from libertad.access.entries import said_of
from libertad.access.form_actions import try_perform
from libertad.access.forms_correcting import CorrectForm
from libertad.access.unsaved import fill_in
from libertad.journal.corrections import Change, changes, why
from libertad.journal.folding import Said
from libertad.look.corrections import CorrectionLine
from libertad.look.page_objects import FormPage, Link
from libertad.look.times import when
from libertad.vocabulary.values import Happened

Tell = Callable[[str, Any], str]


def correct(
    request: HttpRequest,
    form: CorrectForm,
    action: Callable[..., Any],
    page: FormPage,
    back: str,
    **what: str,
) -> HttpResponse:
    """Show the form, or perform the correction and go `back`. `what` names what is corrected."""
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done, _entry = try_perform(
            request,
            form,
            action,
            supersedes=data["shown"],
            reasons=data["reasons"],
            **what,
            **form.field_values(),
        )
        if done:
            return redirect(back)
    if request.method == "GET":
        page = fill_in(request, form, page)
    return render(request, "web/form.html", {"page": page, "form": form})


def correcting_page(title: str, reference: str, back: Link, wont: str, intro: str = "") -> FormPage:
    return FormPage(
        title=title,
        reference=reference,
        button=_("Record the correction"),
        back=back,
        intro=intro,
        wont=wont,
    )


def correction_lines(
    actor: Actor, label: str, key: str, names: Sequence[str], labels: Mapping[str, str], tell: Tell
) -> list[CorrectionLine]:
    """What was corrected of one row, in order: the first words and the later ones, by whom and why.

    `tell` gives a value of a field in words. Entries that this actor may not read tell nothing.
    """
    return lines(actor, said_of(actor, label, [key])[key], names, labels, tell)


def _when_written(entry: Said) -> Happened:
    """When a correction was written down, where `happened` is the moment that it corrects."""
    return Happened(at=entry.body.clock, zone=entry.happened.zone)


def lines(
    actor: Actor,
    entries: Iterable[Said],
    names: Sequence[str],
    labels: Mapping[str, str],
    tell: Tell,
    timed: Sequence[str] = (),
) -> list[CorrectionLine]:
    """As `correction_lines`, of entries at hand. Values of `timed` fields are given with their moment."""
    return change_lines(actor, list(changes(list(entries), names, timed)), labels, tell, timed)


def change_lines(
    actor: Actor,
    changes: Sequence[Change],
    labels: Mapping[str, str],
    tell: Tell,
    timed: Sequence[str] = (),
) -> list[CorrectionLine]:
    """As `lines`, of changes that are at hand."""
    officers, offices = named(actor, [change.said for change in changes])

    def words(name: str, values: tuple[Any, ...], by: Sequence[Said]) -> str:
        listed = [tell(name, value) for value in values]
        if name in timed and listed and by:
            listed = [listed[0], when(by[0].happened)]
        if not listed and name in timed:
            return _("nothing: it did not happen")
        return ", ".join(filter(None, listed)) or _("nothing")

    return [
        CorrectionLine(
            _when_written(change.said) if change.name in timed else change.said.happened,
            labels.get(change.name, change.name),
            words(change.name, change.before, change.old),
            words(change.name, change.after, [change.said]),
            ", ".join(filter(None, [officers.get(change.said.officer), offices.get(change.said.authority)])),
            why(change.said),
            Link(_("Entry and signature"), reverse("entry", args=[change.said.id])),
        )
        for change in changes
    ]
