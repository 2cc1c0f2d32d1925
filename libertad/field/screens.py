"""Pages of phones: which there are, a new code, ending one."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from libertad.access.actions.revoke_device import revoke_device
from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.form_actions import try_perform
from libertad.access.phones import sayable
from libertad.access.queries import called, open_row
from libertad.access.queries_members import own_authority, own_officers
from libertad.exchange.protocol import fingerprint_words
from libertad.field import codes, phones, queries, tokens
from libertad.field.forms import CodeForm, EndPhoneForm
from libertad.field.queries import PhoneSeen
from libertad.journal.fields import from_ms
from libertad.journal.node import node
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
from libertad.look.square import square
from libertad.look.times import when
from libertad.operations.queries import teams_out
from libertad.vocabulary.values import Happened, Refused
from libertad.vocabulary.verbs.access import CompartmentOpen

STATES = {"": "done", phones.REVOKED: "plain", phones.WITHDRAWN: "needs", phones.ENDED: "plain"}


def listed(request: HttpRequest) -> HttpResponse:
    """The phones of the own authority."""
    actor, rows = actor_of(request), queries.listed(actor_of(request))
    new = Action(_("New code"), reverse("phone-new")) if may_open(actor, "phone-new") else None
    columns = [
        Column(_("Phone")),
        Column(_("Officer")),
        Column(_("Until")),
        Column(_("Last hand-over")),
        Column(_("Waits")),
        Column(_("State")),
        Column(_("Change")),
    ]
    page = ListPage(
        title=_("Phones"),
        second=_(
            "Phones on which officers record in the field. The code stands in references that one gives."
        ),
        action=new if rows else None,
        table=Table(_("Phones"), columns, [_row(actor, phone) for phone in rows]),
        empty=Empty(
            _("No officer has a phone"),
            _("A code enrols one officer's own phone. It records without a network, and hands over later."),
            new,
        ),
    )
    return show_list(request, page)


def _row(actor: Actor, phone: PhoneSeen) -> Row:
    may_end = not phone.ended and may_open(actor, "phone-end")
    may_look = bool(phone.waits) and may_open(actor, "phone-waiting")
    return Row(
        [
            Cell(phone.code),
            Cell(phone.officer_name),
            Cell(_when(phone.until, actor)),
            Cell(_when(phone.handed, actor) if phone.handed else _("Never")),
            Cell(str(phone.waits), reverse("phone-waiting", args=[phone.device]) if may_look else ""),
            Cell(state_words(phone.ended), tone=STATES[phone.ended]),
            Cell(
                _("End this phone") if may_end else "",
                reverse("phone-end", args=[phone.device]) if may_end else "",
            ),
        ]
    )


def state_words(ended: str) -> str:
    return {
        "": _("Works"),
        phones.REVOKED: _("Ended"),
        phones.WITHDRAWN: _("Its officer has no access"),
        phones.ENDED: _("Its time is over"),
    }[ended]


def _when(moment: datetime, actor: Actor) -> str:
    return when(Happened(at=moment.replace(microsecond=0), zone=actor.zone))


def new(request: HttpRequest) -> HttpResponse:
    """A code for an officer's phone. It is on the answer to this one request and nowhere else."""
    actor = actor_of(request)
    officers = [
        (row.pk, called(open_row(actor, row)))
        for row in own_officers(actor)
        if not row.withdrawn and sayable(row.role) - {CompartmentOpen.VERB}
    ]
    own = own_authority(actor)
    form = CodeForm(
        request.POST or None,
        officers=sorted(officers, key=lambda officer: officer[1]),
        teams=teams_out(actor.operation, own.country) if own is not None else (),
    )
    if request.method == "POST" and form.is_valid():
        try:
            code, row = codes.give(actor, **form.cleaned_data)
        except Refused as why:
            refusals.show(form, why)
        else:
            return _code_page(request, actor, dict(officers)[row.officer], code, row)
    page = FormPage(
        title=_("New code for a phone"),
        button=_("Make the code"),
        back=Link(_("Phones"), reverse("phones")),
        intro=_("The officer types or scans it into the app, on the phone, within half an hour."),
        wont=_("It signs nobody in and opens no file. It works once."),
    )
    return render(request, "web/form.html", {"page": page, "form": form}, status=422 if form.errors else 200)


def _code_page(request: HttpRequest, actor: Actor, officer: str, code: str, row: codes.Given) -> HttpResponse:
    public = node().key.public
    context = {
        "officer": officer,
        "code": tokens.grouped(code),
        "square": square(tokens.scanned(code, public)),
        "words": " ".join(fingerprint_words.fingerprint_words(public, get_language() or "en")),
        "expires": _when(from_ms(row.expires), actor),
        "until": _when(from_ms(row.until), actor),
        "address": request.build_absolute_uri(reverse("field-app")),
    }
    return render(request, "field/code.html", context)


def end(request: HttpRequest, key: str) -> HttpResponse:
    """End a phone that works; for all others there is no such page."""
    actor = actor_of(request)
    phone = queries.find(actor, key)
    if phone is None or phone.ended:
        raise Http404
    form = EndPhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _count = try_perform(
            request, form, revoke_device, device=key, reason=form.cleaned_data["reason"]
        )
        if done:
            messages.success(request, _("Ended. At its next contact the phone destroys its keys."))
            return redirect("phones")
    page = ConfirmPage(
        title=_("End the phone %(code)s") % {"code": phone.code},
        happens=[
            _("It is %(name)s's phone.") % {"name": phone.officer_name},
            _("What it has handed over until now stays on file."),
            _("What comes from it later waits until a lead has looked at it."),
            _("At its next contact with this node it destroys its keys and what it could show."),
        ],
        wont=[
            _("It does not reach a phone without a network: who has its passphrase reads on until then."),
            _("The officer's access at the node does not change."),
        ],
        button=_("End this phone"),
        back=Link(_("Phones"), reverse("phones")),
    )
    return render(
        request, "web/confirm.html", {"page": page, "form": form}, status=422 if form.errors else 200
    )
