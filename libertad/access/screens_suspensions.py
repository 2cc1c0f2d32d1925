"""Suspending an officer of the own authority, and the second person's answer to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from libertad.access import accounts
from libertad.access.acting import Forbidden
from libertad.access.actions.suspend_officer import restore_officer, uphold_suspension
from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.form_actions import try_perform
from libertad.access.models import Officer
from libertad.access.officer_suspensions import ALONE, LAPSED, UPHELD, suspension_limits
from libertad.access.queries import called, open_row
from libertad.access.queries_members import own_officer, own_officers
from libertad.access.queries_suspensions import SuspensionSeen, suspensions_seen
from libertad.look import refusals
from libertad.look.fields import offer
from libertad.look.page_objects import Cell, Column, ConfirmPage, Empty, FormPage, Link, ListPage, Row, Table
from libertad.look.paging import show_list
from libertad.look.times import when
from libertad.look.words import words
from libertad.vocabulary.values import Happened, Refused


def _reason(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=gettext_lazy("Kept in the journal. No names of anybody else."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SuspendForm(forms.Form):
    """Why somebody's access is suspended."""

    reason = _reason(gettext_lazy("Why is access suspended?"))


class AnswerForm(forms.Form):
    """The second person's answer; nothing is chosen beforehand. `entry`: the suspension that was read."""

    entry = forms.CharField(widget=forms.HiddenInput)
    answer = forms.ChoiceField(
        label=gettext_lazy("What do you decide?"),
        choices=(),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    reason = _reason(gettext_lazy("How did you make sure, and why?"))


def suspensions(request: HttpRequest) -> HttpResponse:
    """The officers of the own authority who have access, and whose is suspended; and those to be answered."""
    actor = actor_of(request)
    view = suspensions_seen(actor)
    standing = {row.officer: row for row in view if row.stands}
    officers = [(open_row(actor, row), row) for row in own_officers(actor) if not row.withdrawn]
    officers.sort(key=lambda pair: (pair[1].pk not in standing, pair[0].get("name", "")))
    rows = [_officer_row(actor, opened, row, standing.get(row.pk)) for opened, row in officers]
    rows += [_foreign_row(actor, row) for row in view if not row.is_own]
    rows += [_past_row(actor, row) for row in view if row.is_own and not row.stands]
    heads = [Column(_("Name")), Column(_("Role")), Column(_("Access")), Column(_("Change"))]
    page = ListPage(
        title=_("Suspend an officer"),
        second=_intro(),
        table=Table(_("Officers"), heads, rows),
        empty=Empty(_("Nobody is appointed"), _("There is nobody to suspend.")),
    )
    return show_list(request, page)


def _intro() -> str:
    limits = suspension_limits()
    intro = _(
        "For an account in doubt: access ends at once by your word, and comes back after %(hours)d hours "
        "unless a second person upholds it. You have at most %(alone)d unanswered within %(days)d days."
    ) % {"hours": _hours(), "alone": limits.alone, "days": limits.within.days}
    return f"{intro} {_('These limits are assumed.')}" if limits.assumed else intro


def _hours() -> int:
    return int(suspension_limits().lasts.total_seconds() // 3600)


def _officer_row(actor: Actor, columns: dict[str, Any], row: Officer, view: SuspensionSeen | None) -> Row:
    role = Cell(words("roles", row.role))
    if view is not None:
        open_it = Cell(_("Open it"), reverse("officer-suspension", args=[row.pk]))
        state = Cell(_("Suspended"), tone="needs", second=state_words(actor, view))
        return Row([Cell(called(columns)), role, state, open_it])
    if row.pk == actor.officer:
        return Row([Cell(called(columns)), role, Cell(_("has access")), Cell(_("You"))])
    suspend = Cell(_("Suspend"), reverse("officer-suspend", args=[row.pk]))
    return Row([Cell(called(columns)), role, Cell(_("has access")), suspend])


def _foreign_row(actor: Actor, view: SuspensionSeen) -> Row:
    open_it = Cell(_("Open it"), reverse("officer-suspension", args=[view.officer]))
    state = Cell(_("Suspended"), tone="needs", second=state_words(actor, view))
    return Row([Cell(view.authority), Cell(words("roles", view.role)), state, open_it])


def _past_row(actor: Actor, view: SuspensionSeen) -> Row:
    state = Cell(_("No longer suspended"), second=state_words(actor, view))
    return Row([Cell(view.name), Cell(words("roles", view.role)), state, Cell("")])


def officer_suspend(request: HttpRequest, key: str) -> HttpResponse:
    """End an officer's access at once, for a second person to uphold."""
    actor = actor_of(request)
    if key == actor.officer:
        raise Forbidden("nobody suspends the own access: end your sessions under 'Your sign-in'")
    officer = own_officer(actor, key)
    if officer is None:
        raise Http404
    name = called(open_row(actor, officer))
    form = SuspendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            accounts.suspend(actor, key, form.cleaned_data["reason"])
        except Refused as why:
            refusals.show(form, why)
        else:
            messages.success(request, _("Access is suspended: %(name)s.") % {"name": name})
            return redirect("suspensions")
    page = ConfirmPage(
        title=_("Suspend this officer's access"),
        intro=f"{name}, {words('roles', officer.role)}",
        happens=[
            _("%(name)s is signed out everywhere within 5 seconds.") % {"name": name},
            _("Programs that ask with a key of this officer are refused."),
            _("A second person is asked on Today to uphold it or to lift it."),
        ],
        wont=[
            _("It does not last by your word alone: after %(hours)d hours access is back.")
            % {"hours": _hours()},
            _("The sign-in and its second factor stay. For somebody who has left, withdraw access instead."),
        ],
        button=_("Suspend access"),
        back=Link(_("Suspend an officer"), reverse("suspensions")),
    )
    context = {"page": page, "form": form}
    return render(request, "web/confirm.html", context, status=422 if form.errors else 200)


def officer_suspension(request: HttpRequest, key: str) -> HttpResponse:
    """A suspension that stands, for who may see it, with the answers that the actor may give."""
    actor = actor_of(request)
    view = next((row for row in suspensions_seen(actor) if row.officer == key and row.stands), None)
    if view is None:
        raise Http404
    form = AnswerForm(request.POST or None, initial={"entry": view.entry})
    answers = _answers(view)
    offer(form, "answer", answers)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("entry", "reason")}
        upholds = form.cleaned_data["answer"] == "uphold"
        decide = uphold_suspension if upholds else restore_officer
        done, _entry = try_perform(request, form, decide, source="decision", officer=key, **values)
        if done:
            message = _("The suspension is upheld.") if upholds else _("The officer has access again.")
            messages.success(request, message)
            return redirect("suspensions")
    withdraw = Link(_("Withdraw this officer's access"), reverse("officer-withdraw", args=[key]))
    page = FormPage(
        title=_("An officer's access is suspended"),
        button=_("Save the decision") if answers else "",
        back=Link(_("Suspend an officer"), reverse("suspensions")),
        intro=state_words(actor, view),
        wont=_(
            "By neither is anything changed that the officer wrote. One that is upheld stands until one of "
            "the two who said so lifts it."
        ),
        links=[withdraw] if view.is_own and may_open(actor, "officer-withdraw") else [],
    )
    context = {"page": page, "form": form if answers else None}
    return render(request, "web/form.html", context, status=422 if form.errors else 200)


def _answers(view: SuspensionSeen) -> Sequence[tuple[str, str]]:
    listed = []
    if view.may_uphold:
        listed.append(("uphold", _("Uphold it: access stays suspended")))
    if view.may_restore:
        listed.append(("restore", _("Lift it: the officer has access again at once")))
    return listed


def seconds_words(view: SuspensionSeen) -> str:
    """'A. Admin, B. Lead'; where nobody of the authority can, the coordination."""
    return ", ".join(view.seconds) or _("the coordination of the operation")


def state_words(actor: Actor, view: SuspensionSeen) -> str:
    """In a sentence or two how a suspension stands, or how it ended."""
    values = {
        "name": view.name if view.is_own else view.authority,
        "role": words("roles", view.role) if view.role else "",
        "by": view.by or _("one person"),
        "at": when(Happened(at=view.at, zone=actor.zone)),
        "until": when(Happened(at=view.until, zone=actor.zone)),
        "second": view.upheld_by or _("a second person"),
        "who": seconds_words(view),
        "ended": when(Happened(at=view.ended, zone=actor.zone)) if view.ended else "",
        "lifted": view.ended_by or _("a second person"),
    }
    first = _("%(name)s, %(role)s: suspended by %(by)s, %(at)s.") % values
    if view.state == ALONE:
        rest = _("Who upholds or lifts it: %(who)s. Else access is back %(until)s.") % values
    elif view.state == UPHELD:
        rest = _("Upheld by %(second)s.") % values
    elif view.state == LAPSED:
        rest = _("Nobody upheld it: access is back since %(ended)s.") % values
    else:
        rest = _("Lifted by %(lifted)s, %(ended)s.") % values
    reasons = [_('Reason: "%(text)s".') % {"text": text} for text in (view.reason, view.why) if text]
    return " ".join([first, rest, *reasons])
