"""The administrator's pages: the officers of the own authority, appointing and withdrawing them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access import accounts, receiving
from libertad.access.acting import Forbidden
from libertad.access.actions.appoint_officer import roles_of as roles_of_kind
from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.models import Account, Officer
from libertad.access.queries import open_row
from libertad.access.queries_appointments import AppointmentSeen, appointments_by_one
from libertad.access.queries_members import own_authority, own_officer, own_officers
from libertad.access.queries_suspensions import without_access
from libertad.look import refusals
from libertad.look.page_objects import (
    Action,
    Cell,
    Column,
    ConfirmPage,
    Empty,
    FormPage,
    Link,
    ListPage,
    Row,
    Table,
)
from libertad.look.paging import show_list
from libertad.look.times import when
from libertad.look.words import words
from libertad.vocabulary.values import Happened, Refused
from libertad.web.forms import AppointForm, WithdrawForm


def officers(request: HttpRequest) -> HttpResponse:
    """Everybody who may sign in for this authority, and whether they have set a password and codes."""
    actor = actor_of(request)
    appointed = own(actor)
    signs = {
        account.officer: account
        for account in Account.objects.filter(officer__in=[row.pk for row in appointed])
    }
    shut = without_access()
    alone = {row.officer: row for row in appointments_by_one(actor) if row.is_own}
    rows = sorted(
        ((open_row(actor, row), row) for row in appointed),
        key=lambda pair: (pair[1].withdrawn, pair[0].get("name", "")),
    )
    appoint = Action(_("Appoint an officer"), reverse("officer-appoint"))
    page = ListPage(
        title=_("Officers"),
        second=_("Everybody who may sign in for your authority. Files are not shown to administrators."),
        action=appoint,
        table=Table(
            _("Officers"),
            [
                Column(_("Name")),
                Column(_("Role")),
                Column(_("Service number")),
                Column(_("Access")),
                Column(_("Change")),
            ],
            [
                _row(actor, words_of, row, signs.get(row.pk), alone.get(row.pk), shut)
                for words_of, row in rows
            ],
        ),
        empty=Empty(_("Nobody is appointed"), _("Appoint the first officer."), appoint),
    )
    related = [
        Link(_("Appoint officers from a file"), reverse("officers-from-file")),
        Link(_("Failed sign-ins"), reverse("sign-in-failures")),
        Link(_("Keys of programs"), reverse("keys")),
        Link(_("Suspend an officer"), reverse("suspensions")),
    ]
    if may_open(actor, "phones"):
        related.append(Link(_("Phones"), reverse("phones")))
    theirs = [row for row in alone.values() if row.may_confirm]
    if len(theirs) > 1:
        related.append(Link(_("Confirm appointments"), reverse("appointments-confirm")))
    elif theirs:
        confirming = _("Confirm the appointment of %(name)s") % {"name": theirs[0].name}
        related.append(Link(confirming, reverse("officer-confirm", args=[theirs[0].officer])))
    if may_open(actor, "care-authority") and receiving.hands_to_care(actor.authority) is not None:
        related.insert(0, Link(_("Who receives people in danger?"), reverse("care-authority")))
    return show_list(request, page, related=related)


def _row(
    actor: Actor,
    officer_words: dict[str, Any],
    row: Officer,
    account: Account | None,
    alone: AppointmentSeen | None,
    shut: Collection[str],
) -> Row:
    if row.pk in shut:
        state, tone = _("Suspended"), "needs"
    elif row.withdrawn:
        state, tone = _("Withdrawn"), "plain"
    elif account is None or not account.has_usable_password():
        state, tone = _("No password yet"), "needs"
    else:
        state, tone = _("May sign in"), "done"
    own_line = row.pk == actor.officer
    open_href = "" if row.withdrawn or own_line else reverse("officer-withdraw", args=[row.pk])
    return Row(
        [
            Cell(
                f"{officer_words.get('rank', '')} {officer_words.get('name', '')}".strip(),
                provenance=row.provenance,
            ),
            Cell(words("roles", row.role)),
            Cell(officer_words.get("service_number", "")),
            Cell(state, tone=tone, second=_by_one(actor, alone)),
            Cell(_("You") if own_line else _("Withdraw or new code") if open_href else "", open_href),
        ]
    )


def _by_one(actor: Actor, alone: AppointmentSeen | None) -> str:
    if alone is None:
        return ""
    since = when(Happened(at=alone.at, zone=actor.zone))
    return _("not confirmed, since %(when)s") % {"when": since}


def appoint(request: HttpRequest) -> HttpResponse:
    """Appoint an officer; the code is on the answer to this one request and nowhere else."""
    actor = actor_of(request)
    form = AppointForm(request.POST or None, roles=roles_of(actor))
    if request.method == "POST" and form.is_valid():
        try:
            appointment = accounts.appoint(actor, **form.cleaned_data)
        except Refused as why:
            refusals.show(form, why)
        else:
            return _code_page(request, appointment.officer, appointment.code)
    page = FormPage(
        title=_("Appoint an officer"),
        button=_("Appoint the officer"),
        back=Link(_("Officers"), reverse("officers")),
        intro=_(
            "You get a code that is shown once. Hand it over in person; with it the officer sets a password."
        ),
        links=[Link(_("Appoint many from a file (CSV)"), reverse("officers-from-file"))],
        wont=_("You never learn the password, and you cannot read or reset the second factor."),
    )
    return render(request, "web/form.html", {"page": page, "form": form}, status=422 if form.errors else 200)


def code(request: HttpRequest, key: str) -> HttpResponse:
    """A new code for an officer who forgot the password."""
    actor = actor_of(request)
    other_officer(actor, key)
    return _code_page(request, key, accounts.new_code(actor, key).code)


def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """End an officer's access."""
    actor = actor_of(request)
    officer_words = open_row(actor, other_officer(actor, key))
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            accounts.withdraw(actor, key, form.cleaned_data["reason"])
        except Refused as why:
            refusals.show(form, why)
        else:
            ended = _("Access has ended: %(name)s.") % {"name": officer_words.get("name", "")}
            messages.success(request, ended)
            return redirect("officers")
    page = ConfirmPage(
        title=_("Withdraw this officer's access"),
        happens=[
            _("%(name)s is signed out everywhere within 5 seconds.")
            % {"name": officer_words.get("name", "")},
            _("The sign-in and its second factor are deleted."),
        ],
        wont=[_("What the officer wrote stays, under the officer's name.")],
        button=_("Withdraw access"),
        back=Link(_("Officers"), reverse("officers")),
    )
    new = Action(_("Give a new code"), reverse("officer-code", args=[key]), post=True)
    context = {"page": page, "form": form, "new_code": new}
    return render(request, "web/officer.html", context, status=422 if form.errors else 200)


def own(actor: Actor) -> list[Officer]:
    return own_officers(actor)


def other_officer(actor: Actor, key: str) -> Officer:
    """An officer of one's own authority who has access; oneself is refused, all else does not exist."""
    if key == actor.officer:
        raise Forbidden("nobody changes the own access")
    officer = own_officer(actor, key)
    if officer is None:
        raise Http404
    return officer


def roles_of(actor: Actor) -> list[str]:
    authority = own_authority(actor)
    return sorted(roles_of_kind(authority.kind if authority else "centre"))


def _code_page(request: HttpRequest, key: str, code: str) -> HttpResponse:
    """The code with whose it is: who appoints several in a row hands none over to another."""
    actor = actor_of(request)
    officer_words = open_row(actor, other_officer(actor, key))
    context = {
        "code": code,
        "back": reverse("officers"),
        "enrol": reverse("enrol"),
        "name": f"{officer_words.get('rank', '')} {officer_words.get('name', '')}".strip(),
        "number": officer_words.get("service_number", ""),
    }
    return render(request, "web/code.html", context)
