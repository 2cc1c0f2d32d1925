"""Files opened this week: what officers opened, searched, shared, took out, withdrew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from libertad.access.actions.say_read import say_read
from libertad.access.actor import Actor
from libertad.access.amount_limits import OF_DAY, amount_limits
from libertad.access.amount_words import burst_names, burst_title, week_words
from libertad.access.asking import actor_of, may_open
from libertad.access.form_actions import try_perform
from libertad.access.queries import officer_names
from libertad.access.queries_amounts import (
    BurstSeen,
    WeekSeen,
    reads_openings,
    unread_bursts,
    usual_in_a_week,
    weeks,
)
from libertad.look.fields import offer
from libertad.look.page_objects import Cell, Column, Empty, Link, Row, Table
from libertad.look.times import when
from libertad.look.words import words
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.values import Happened


class ReadForm(forms.Form):
    """Which of what is shown was read, and what the second person made of it."""

    what = forms.ChoiceField(label=gettext_lazy("What have you read?"), choices=(), widget=forms.RadioSelect)
    words = forms.CharField(
        label=gettext_lazy("What did you make of it?"),
        help_text=gettext_lazy("A word is enough, such as 'the intake of Friday'. It is kept as an entry."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@dataclass(frozen=True)
class OpeningsPage:
    title: str
    second: str
    note: str
    assumed: bool
    tables: Sequence[Table]
    button: str
    empty: Empty | None


def openings(request: HttpRequest) -> HttpResponse:
    """What waits to be read, this week so far, and the form that says what was read."""
    actor = actor_of(request)
    bursts, listed = unread_bursts(actor), weeks(actor)
    names = officer_names(actor, sorted({name for week in listed for name in week.counts}))
    names = {**names, **burst_names(actor, bursts)}
    choices = _choices(bursts, [week for week in listed if week.is_open], names)
    form = ReadForm(request.POST or None)
    offer(form, "what", [(key, label) for key, (label, _kwargs) in choices.items()])
    if request.method == "POST" and form.is_valid():
        _label, content = choices[form.cleaned_data["what"]]
        done, _none = try_perform(
            request, form, say_read, source="decision", words=form.cleaned_data["words"], **content
        )
        if done:
            return redirect("openings")
    tables = [_bursts(actor, bursts, names)] if bursts else []
    tables += [_week(week, usual_in_a_week(actor), names) for week in listed]
    page = OpeningsPage(
        title=_("Files opened this week"),
        tables=tables,
        button=_("I have read it"),
        second=_(
            "By officers of your own authority, without yourself: your own are read by another person. And "
            "what officers of others did in files of yours, where it was unusual."
        ),
        note=_(
            "Beyond what is usual within an hour each further one waits, longer each time. Recording "
            "never waits."
        ),
        assumed=amount_limits().assumed,
        empty=None if tables else _empty(actor),
    )
    related = (
        [Link(_("Suspend an officer"), reverse("suspensions"))] if may_open(actor, "suspensions") else []
    )
    context = {"page": page, "form": form if choices else None, "related": related}
    return render(request, "access/openings.html", context, status=422 if form.errors else 200)


def _empty(actor: Actor) -> Empty:
    if reads_openings(actor):
        return Empty(_("Nothing to read"), _("Nobody opened, searched or shared anything this week."))
    return Empty(_("Another person reads this"), _("It is for the second person of your authority."))


def _choices(
    bursts: Sequence[BurstSeen], open_weeks: Sequence[WeekSeen], names: Any
) -> dict[str, tuple[str, dict[str, Any]]]:
    """By the form's value: its label, and what the entry says. A burst that has grown is another choice."""
    choices: dict[str, tuple[str, dict[str, Any]]] = {}
    for row in bursts:
        burst = row.burst
        choices[f"{burst.amount}:{burst.first}:{burst.count}"] = (
            burst_title(row, names),
            {
                "officer": burst.officer,
                "amount": burst.amount,
                "first": burst.first,
                "count": burst.count,
            },
        )
    for week in open_weeks:
        choices[week.monday.isoformat()] = week_words(week), {"week": week.monday.isoformat()}
    return choices


def _bursts(actor: Actor, bursts: Sequence[BurstSeen], names: Any) -> Table:
    rows = [
        Row(
            [
                Cell(
                    names.get(row.burst.officer, ""),
                    second=_("an officer there, in files of yours") if row.is_guest else "",
                ),
                Cell(words("amounts", row.burst.amount)),
                Cell(
                    str(row.burst.count),
                    tone="needs",
                    second=_("usual is below %(limit)s") % {"limit": row.burst.limit},
                ),
                Cell(
                    when(Happened(at=row.burst.began, zone=actor.zone)),
                    second=_("until %(when)s") % {"when": when(Happened(at=row.burst.last, zone=actor.zone))},
                ),
            ]
        )
        for row in bursts
    ]
    columns = [
        Column(_("Officer")),
        Column(_("What")),
        Column(_("Within an hour"), numeric=True),
        Column(_("From when it was unusual")),
    ]
    return Table(_("Unusual activity"), columns, rows)


def _week(week: WeekSeen, usual: Any, names: Any) -> Table:
    shown = [amount for amount in codelist("amounts") if amount != OF_DAY]
    rows = [
        Row(
            [
                Cell(names.get(officer, ""), second=_late(week.late[officer])),
                *(_number(counts[amount], usual[amount]) for amount in shown),
            ]
        )
        for officer, counts in sorted(week.counts.items(), key=lambda item: names.get(item[0], ""))
    ]
    usual_row = Row([Cell(_("Usual, up to")), *(Cell(str(usual[amount])) for amount in shown)], total=True)
    columns = [Column(_("Officer")), *(Column(words("amounts", amount), numeric=True) for amount in shown)]
    state = _("Waits to be read.") if week.is_open else ""
    return Table(week_words(week), columns, [*rows, usual_row], note=state)


def _late(count: int) -> str:
    """That what the officer did because of danger was not reviewed within a day."""
    if not count:
        return ""
    return ngettext("%(n)d not reviewed in time", "%(n)d not reviewed in time", count) % {"n": count}


def _number(count: int, usual: int) -> Cell:
    is_unusual = count > usual
    return Cell(
        str(count), tone="needs" if is_unusual else "", second=_("more than usual") if is_unusual else ""
    )
