"""Choosing the operation that one works in, where the own authority is in more than one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from libertad.access import choosing
from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.closed import closed_at
from libertad.look.fields import offer
from libertad.look.page_objects import FormPage, Link
from libertad.look.times import day
from libertad.operations import queries


class ChooseForm(forms.Form):
    """One of the operations that the officer's authority is in."""

    operation = forms.ChoiceField(
        label=gettext_lazy("Which operation do you work in?"),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
        error_messages={"invalid_choice": gettext_lazy("Choose one of these")},
    )


def operation_choose(request: HttpRequest) -> HttpResponse:
    """Change to another operation of the own authority, until the session ends."""
    actor = actor_of(request)
    operations = choosing.choices(request)
    if not choosing.elsewhere(request) and request.method == "POST":
        raise Http404
    if not choosing.elsewhere(request):
        return redirect("home")
    named = [(operation, described(replace(actor, operation=operation))) for operation in operations]
    form = ChooseForm(request.POST or None, initial={"operation": actor.operation})
    offer(form, "operation", sorted(named, key=lambda pair: pair[1]))
    if request.method == "POST" and form.is_valid():
        choosing.choose(request, form.cleaned_data["operation"])
        messages.success(request, _("Everything that you see from now on is of this operation."))
        return redirect("home")
    page = FormPage(
        title=_("Choose an operation"),
        button=_("Work in it"),
        back=Link(_("Today"), reverse("home")),
        intro=_("Your authority is in more than one. Pages, searches and counts show one at a time."),
        wont=_(
            "Nothing is moved from one to the other. Forms that are open in other tabs save nothing then."
        ),
    )
    status = 422 if form.errors else 200
    return render(request, "web/form.html", {"page": page, "form": form}, status=status)


def described(actor: Actor) -> str:
    """'Operation Libertad, 3 April 2018 to 9 April 2018, closed on 12 April 2018'."""
    row, at = queries.operation(actor), closed_at(actor.operation)
    if row is None:
        return _("Operation that has not arrived yet")
    days = [day(datetime.fromisoformat(text).replace(tzinfo=UTC)) for text in (row.first_day, row.last_day)]
    values = {"name": row.name, "first": days[0], "last": days[1]}
    if at is None:
        return _("%(name)s, %(first)s to %(last)s") % values
    closed = {"closed": day(at.astimezone(ZoneInfo(actor.zone)))}
    return _("%(name)s, %(first)s to %(last)s, closed on %(closed)s") % (values | closed)
