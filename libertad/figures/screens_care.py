"""Pages of care's side of the count: who counts for all, who accepted it, and asking for the next block."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of, may_open
from libertad.access.form_actions import try_perform
from libertad.access.queries import authority_names
from libertad.figures import forms_care, queries_care, words
from libertad.figures.actions.accept_counting import accept_counting
from libertad.figures.actions.ask_block import ask_block
from libertad.figures.actions.name_counting import name_counting
from libertad.figures.models import Counting
from libertad.journal.fields import from_ms
from libertad.look.page_objects import Action, Cell, Column, Empty, FormPage, Link, ListPage, Row, Table
from libertad.look.paging import show_list


def counting(request: HttpRequest) -> HttpResponse:
    """Who counts for all, which care authorities accepted it, and the blocks that it published."""
    actor = actor_of(request)
    named = queries_care.counting(actor)
    name = Action(_("Name the counting authority"), reverse("counting-name"))
    accept = Action(_("Accept who reads your numbers"), reverse("counting-accept"))
    ask = Action(_("Ask for care's numbers"), reverse("block-ask"))
    action = (
        accept if may_open(actor, "counting-accept") else name if may_open(actor, "counting-name") else None
    )
    if named is not None and may_open(actor, "block-ask"):
        action = ask
    here = ListPage(
        title=_("Care's numbers: who counts"),
        second=second(named) if named else "",
        table=accepted(actor, named) if named else None,
        action=action if named else name if may_open(actor, "counting-name") else None,
        empty=Empty(
            _("No care authority counts for all yet"),
            _("Until one is named and accepted, releases give what officers saw, by first views alone."),
            name if may_open(actor, "counting-name") else None,
        ),
    )
    return show_list(request, here, "figures/more.html", more=blocks(named) if named else None)


def second(named: Counting) -> str:
    """Who counts, and when the day's cut is."""
    message = _("%(name)s counts for all. Each care authority's node counts at %(time)s UTC of each day.") % {
        "name": authority_names([named.care]).get(named.care, ""),
        "time": named.cut,
    }
    done = named.blocks[-1]["cut"] if named.blocks else -1
    if any(at > done for at in named.asked):
        message += " " + _("A block is asked for: it comes at a cut, once enough has changed.")
    return message


def accepted(actor: Any, named: Counting) -> Table:
    """The care authorities of the operation, and whether they let the counting one read."""
    together = set(named.accepted.get(named.care, ()))
    rows = []
    for row in queries_care.care_authorities(actor):
        let = _("Accepted") if row.pk in named.accepted else _("Not yet")
        counted = _("Yes") if row.pk in named.accepted and row.pk in together else _("No")
        rows.append(Row([Cell(row.name), Cell(let), Cell(counted)]))
    return Table(
        _("Care authorities"),
        [Column(_("Care authority")), Column(_("Lets it read its numbers")), Column(_("Counted"))],
        rows,
        note=_("The counting authority names those that it knows to be real: others are not counted."),
    )


def blocks(named: Counting) -> Table | None:
    """The blocks published so far, each with the entry that says it."""
    if not named.blocks:
        return None
    rows = [
        Row(
            [
                Cell(words.utc(from_ms(block["cut"]))),
                Cell(str(block["potential"] + block["presumed"] + block["confirmed"])),
                Cell(str(len(block["batch"]))),
                Cell(_("Entry and signature"), reverse("entry", args=[block["entry"]])),
            ]
        )
        for block in reversed(named.blocks)
    ]
    return Table(
        _("Blocks published"),
        [
            Column(_("As of")),
            Column(_("Potential victims"), numeric=True),
            Column(_("Care authorities"), numeric=True),
            Column(_("Signed")),
        ],
        rows,
    )


def counting_name(request: HttpRequest) -> HttpResponse:
    """Name the care authority that counts for all, and the time of the cut."""
    actor = actor_of(request)
    form = forms_care.NameForm(request.POST or None, cares=queries_care.care_authorities(actor))
    if request.method == "POST" and form.is_valid():
        done, _none = try_perform(request, form, name_counting, **form.cleaned_data)
        if done:
            return redirect("counting")
    page = FormPage(
        title=_("Name the counting authority"),
        button=_("Name it"),
        back=Link(_("Care's numbers"), reverse("counting")),
        wont=_("It reads nobody's numbers by that: each care authority accepts it for itself, or does not."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def counting_accept(request: HttpRequest) -> HttpResponse:
    """A care authority lets the named one read its numbers."""
    actor = actor_of(request)
    named = queries_care.counting(actor)
    if named is None:
        return redirect("counting")
    other_authorities = [row for row in queries_care.care_authorities(actor) if row.pk != actor.authority]
    form = forms_care.AcceptForm(request.POST or None, cares=other_authorities, initial={"care": named.care})
    if request.method == "POST" and form.is_valid():
        done, _none = try_perform(request, form, accept_counting, **form.cleaned_data)
        if done:
            return redirect("counting")
    page = FormPage(
        title=_("Accept who reads your numbers"),
        button=_("Accept"),
        back=Link(_("Care's numbers"), reverse("counting")),
        intro=second(named),
        wont=_(
            "It reads whole numbers by country, once a day, and each hour how many of your people are past "
            "their hour. It is given no record, no name and no file."
        ),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def block_ask(request: HttpRequest) -> HttpResponse:
    """Ask for the next block."""
    actor = actor_of(request)
    named = queries_care.counting(actor)
    if named is None:
        return redirect("counting")
    form = forms_care.AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _none = try_perform(request, form, ask_block, **form.cleaned_data)
        if done:
            return redirect("counting")
    page = FormPage(
        title=_("Ask for care's numbers"),
        button=_("Ask"),
        back=Link(_("Care's numbers"), reverse("counting")),
        intro=_(
            "They come at a cut, for the whole operation, once 10 people changed at 3 care authorities "
            "or more, and none of them has over half of the changes. Until then the last block stands."
        ),
    )
    return render(request, "web/form.html", {"page": page, "form": form})
