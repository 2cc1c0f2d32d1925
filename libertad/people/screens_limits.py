"""Limits on holding somebody: what is confirmed for which country, by whom and by which text."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.form_actions import try_perform
from libertad.look.page_objects import Action, Cell, Column, Empty, FormPage, Link, ListPage, Row, Table
from libertad.look.paging import show_list
from libertad.look.times import when
from libertad.look.words import words
from libertad.people import limits as reading
from libertad.people.actions.confirm_limit import confirm_limit, withdraw_limit
from libertad.people.forms_custody import LimitForm, LimitWithdrawForm
from libertad.people.hours import shortest
from libertad.people.limits import LimitSeen
from libertad.people.timeline_custody import confirmed_by, limit_line


def limits(request: HttpRequest) -> HttpResponse:
    """What holds and what held: nothing that was confirmed is lost."""
    actor = actor_of(request)
    may_change = may_open(actor, "limit-confirm") and bool(reading.own_country(actor))
    confirm = Action(_("Confirm a limit"), reverse("limit-confirm")) if may_change else None
    rows = []
    every = reading.limits(actor)
    for limit in sorted(every, key=lambda limit: (limit.country, limit.kind, limit.authority_name)):
        here = reading.limits_in_force(every, limit.country, limit.kind)
        rows += [_row(limit, _holds(limit, here)), *(_row(old, "") for old in reversed(limit.earlier))]
    columns = [
        Column(_("Country or territory")),
        Column(_("Limit")),
        Column(_("The passage")),
        Column(_("By whom")),
        Column(_("State")),
    ]
    own = [limit for limit in every if limit.authority == actor.authority and not limit.withdrawn]
    related = [
        Link(
            _("Take back: %(limit)s") % {"limit": words("limit-kinds", limit.kind)},
            f"{reverse('limit-withdraw')}?{urlencode({'kind': limit.kind})}",
        )
        for limit in own
        if may_change
    ]
    page = ListPage(
        title=_("Limits on holding"),
        second=_(
            "How long the law of a country lets somebody be held, where somebody there confirmed it. "
            "Elsewhere nothing is assumed."
        ),
        table=Table(_("Limits on holding"), columns, rows),
        action=confirm,
        empty=Empty(
            _("No limit is confirmed"),
            _("The prosecution or an administrator of the police of a country confirms its limits."),
            confirm,
        ),
    )
    return show_list(request, page, related=related)


def _holds(listed_limit: LimitSeen, here: Sequence[LimitSeen]) -> str:
    """In which words it holds, of all that are confirmed for its country and kind; '' where it does not."""
    if listed_limit.withdrawn:
        return ""
    if len({limit.hours for limit in here}) < 2:
        return _("Holds")
    counts = shortest(here)
    same = counts is not None and counts.hours == listed_limit.hours
    return _("Counts: the shorter one") if same else _("Confirmed; a shorter one counts")


def _row(limit: LimitSeen, holds: str) -> Row:
    state = holds or (_("Taken back") if limit.withdrawn else _("Replaced"))
    line = "" if limit.withdrawn else limit_line(limit)
    return Row(
        [
            Cell(words("countries", limit.country)),
            Cell(words("limit-kinds", limit.kind), second=line),
            Cell(limit.text, second=limit.note),
            Cell(limit.checked_with, second=confirmed_by(limit) if not limit.withdrawn else when(limit.when)),
            Cell(state, code="done" if holds else "due", second=limit.reasons),
        ]
    )


def _confirming(request: HttpRequest) -> Actor:
    """The actor, where its authority confirms the law of a country; for others there is no page."""
    actor = actor_of(request)
    if not reading.own_country(actor):
        raise Http404
    return actor


def limit_confirm(request: HttpRequest) -> HttpResponse:
    """Confirm a limit of the own country."""
    actor = _confirming(request)
    form = LimitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = {**form.cleaned_data, "hours": form.cleaned_data["hours"] or 0}
        done, _none = try_perform(request, form, confirm_limit, **data)
        if done:
            messages.success(request, _("Confirmed. It counts from now on for everybody who is held here."))
            return redirect("limits")
    page = FormPage(
        title=_("Confirm a limit"),
        button=_("Confirm it"),
        back=Link(_("Limits on holding"), reverse("limits")),
        intro=_("For %(country)s alone: the law of your own country or territory.")
        % {"country": words("countries", reading.own_country(actor))},
        wont=_("Nobody is released and nothing is sent by this. It sets when Today warns."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def limit_withdraw(request: HttpRequest) -> HttpResponse:
    """Take back what one's own authority confirmed: the limit of `?kind=`, if it stands."""
    actor = _confirming(request)
    kind = request.GET.get("kind", "")
    own = [
        limit
        for limit in reading.limits(actor)
        if (limit.authority, limit.kind) == (actor.authority, kind) and not limit.withdrawn
    ]
    if not own:
        return redirect("limits")
    form = LimitWithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _none = try_perform(request, form, withdraw_limit, kind=kind, **form.cleaned_data)
        if done:
            return redirect("limits")
    page = FormPage(
        title=_("Take a limit back"),
        button=_("Take it back"),
        back=Link(_("Limits on holding"), reverse("limits")),
        intro=limit_line(own[0]),
        wont=_("What was confirmed stays visible. Until another is confirmed, Today says: ask."),
        warning=True,
    )
    return render(request, "web/form.html", {"page": page, "form": form})
