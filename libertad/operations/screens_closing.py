"""Closing an operation and opening it again."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.acting import Act
from libertad.access.asking import actor_of
from libertad.access.closed import closed_at
from libertad.look.page_objects import FormPage, Link
from libertad.operations import queries, screens_changes
from libertad.operations.actions.close_operation import close_operation, reopen_operation
from libertad.operations.closing_parts import open_part
from libertad.operations.forms_changes import WhyForm
from libertad.operations.queries_changes import begun
from libertad.vocabulary.body import Verb
from libertad.vocabulary.verbs.closing import OperationClose, OperationReopen


def operation_close(request: HttpRequest) -> HttpResponse:
    """Close the operation, or propose it to another authority; with what is still open in it."""
    actor = actor_of(request)
    page = FormPage(
        title=_("Close the operation"),
        button=_("Propose it") if begun(actor) else _("Close the operation"),
        back=Link(_("Operation"), reverse("operation")),
        intro=_(
            "No new sites, teams, windows, visits or people met after it; somebody in danger is "
            "recorded at any time. Care, decisions, returns, custody, detentions, figures and corrections go "
            "on until each is done."
        ),
        wont=screens_changes.alone(actor) + _("Everybody reads on what they read. It can be reopened."),
    )
    return _end(request, page, OperationClose, lambda act, why: close_operation(act, reasons=why), False)


def operation_reopen(request: HttpRequest) -> HttpResponse:
    """Open a closed operation again, or propose it to another authority."""
    actor = actor_of(request)
    page = FormPage(
        title=_("Open the operation again"),
        button=_("Propose it") if begun(actor) else _("Open it again"),
        back=Link(_("Operation"), reverse("operation")),
        intro=_("New sites, teams, windows, visits and people can be recorded in it again."),
        wont=screens_changes.alone(actor) + _("That it was closed, and why, stays on file."),
    )
    return _end(request, page, OperationReopen, lambda act, why: reopen_operation(act, reasons=why), True)


def _end(
    request: HttpRequest,
    page: FormPage,
    verb: type[OperationClose] | type[OperationReopen],
    action: Callable[[Act, str], str],
    closed: bool,
) -> HttpResponse:
    actor = actor_of(request)
    if queries.operation(actor) is None or (closed_at(actor.operation) is not None) != closed:
        return redirect("operation")
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        content: Verb = verb(reasons=reason)
        answer = screens_changes.propose_instead(
            request, form, lambda act: action(act, reason), content, actor.operation, reason
        )
        if answer is not None:
            return answer
    parts = [] if closed else [open_part(actor)]
    status = 422 if form.errors else 200
    context = {"page": page, "form": form, "parts": parts}
    return render(request, "operations/closing.html", context, status=status)
