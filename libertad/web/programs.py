"""Keys of programs: which there are, giving a program one, ending one.

An officer gives a key that asks in the officer's own name; who may withdraw the officer ends it as well. An
administrator, who reads no case, therefore ends keys and gives none.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from allauth.account.decorators import reauthentication_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access import keys
from libertad.access.actions.end_key import of_others
from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.keys import KeySeen
from libertad.access.matrix import matrix
from libertad.access.queries import authority_names
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
from libertad.look.times import day
from libertad.vocabulary.values import Happened, Refused
from libertad.web.forms import EndKeyForm, KeyForm

TONES = {"works": "done", "stopped": "plain", "ran-out": "plain", "ended": "plain"}


def listed(request: HttpRequest) -> HttpResponse:
    """The keys that this officer may end, and those that ended."""
    actor = actor_of(request)
    program_keys = sorted(keys.listed(actor), key=lambda key: key.state != "works")
    authority = authority_names([actor.authority]).get(actor.authority, "")
    reads_others = of_others(actor)
    give = Action(_("Give a program a key"), reverse("key-new")) if may_give(actor) else None
    if reads_others:
        scope = _("All keys of %(authority)s.") % {"authority": authority}
    else:
        scope = _("Your keys, for %(authority)s.") % {"authority": authority}
    page = ListPage(
        title=_("Keys of programs"),
        second=" ".join(
            [
                scope,
                _(
                    "With a key a program asks whether somebody is known. It asks as its officer and is "
                    "answered with what that officer may read; every question is recorded as a search."
                ),
            ]
        ),
        action=give if program_keys else None,  # else it is where the list would be
        table=table(actor, program_keys),
        empty=Empty(_("No program has a key"), empty_words(actor), give),
    )
    related = [
        Link(label, reverse(route))
        for route, label in (("hits", _("Hits")), ("officers", _("Officers")))
        if matrix().may_ask(actor.role, route, "get")
    ]
    return show_list(request, page, related=related)


def may_give(actor: Actor) -> bool:
    return matrix().may_ask(actor.role, "key-new", "get")


def empty_words(actor: Actor) -> str:
    if may_give(actor):
        return _(
            "Give one to a program that asks here for records like its own, such as an analyst's notebook. A "
            "key is shown once and ends by itself."
        )
    return _("An officer who reads hits gives a program a key. You see it here and can end it.")


def table(actor: Actor, program_keys: list[KeySeen]) -> Table:
    columns = [
        Column(_("Program")),
        Column(_("Asks as")),
        Column(_("Given")),
        Column(_("Last asked")),
        Column(_("Questions")),
        Column(_("State")),
        Column(_("Change")),
    ]
    note = _("Questions and days are counted in UTC; a count is kept for %(days)d days.") % {
        "days": keys.COUNTED
    }
    return Table(_("Keys of programs"), columns, [row(actor, key) for key in program_keys], note=note)


def row(actor: Actor, key: KeySeen) -> Row:
    works = key.state == "works"
    return Row(
        [
            Cell(key.program or _("Not to be read here"), second=key.id[:8], provenance=key.provenance),
            Cell(_("You") if key.officer == actor.officer else key.officer_name),
            Cell(day(key.made), second=_("until %(day)s") % {"day": day_of(key.until)}),
            Cell(day_of(key.last) if key.last else _("Not in %(days)d days") % {"days": keys.COUNTED}),
            Cell(
                _("%(count)d today") % {"count": key.today},
                second=_("%(count)d in %(days)d days") % {"count": key.month, "days": keys.COUNTED},
            ),
            Cell(state_words(key), tone=TONES[key.state], second=why_words(key)),
            Cell(_("End this key") if works else "", reverse("key-end", args=[key.id]) if works else ""),
        ]
    )


def state_words(key: KeySeen) -> str:
    return {
        "works": _("Works"),
        "stopped": _("Opens nothing"),
        "ran-out": _("Ran out"),
        "ended": _("Ended"),
    }[key.state]


def why_words(key: KeySeen) -> str:
    """Of a key that does not work, why."""
    if key.state == "stopped":
        return _("The officer's access ended or changed, or a password was set anew.")
    if key.state != "ended" or key.ended_at is None:
        return ""
    return _("%(day)s, by %(officer)s: %(reason)s") % {
        "day": day(key.ended_at),
        "officer": key.ended_by_name,
        "reason": key.reason,
    }


def day_of(moment: date) -> str:
    at = datetime(moment.year, moment.month, moment.day, 12, tzinfo=UTC)
    return day(Happened(at=at, zone="UTC", precision="day"))


@reauthentication_required  # type: ignore[untyped-decorator]
def make(request: HttpRequest) -> HttpResponse:
    """Give a program a key. It is on the answer to this one request and nowhere else.

    The password is asked for again: a screen left open for a minute gives nobody a key for ninety days.
    """
    actor = actor_of(request)
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            new_key = keys.make(actor, **form.cleaned_data)
        except Refused as why:
            refusals.show(form, why)
        else:
            context = {
                "made": new_key,
                "program": form.cleaned_data["program"],
                "until": day(new_key.expires),
                "header": "Authorization: ApiKey …",
            }
            return render(request, "web/key.html", context)
    page = FormPage(
        title=_("Give a program a key"),
        button=_("Make the key"),
        back=Link(_("Keys of programs"), reverse("keys")),
        intro=_(
            "Whoever has the key asks in your name and is answered with what you may read, nothing more. "
            "Every question is recorded as your search."
        ),
        wont=_("It opens no page and writes nothing. At most %(count)s questions an hour are answered.")
        % {"count": f"{keys.AN_HOUR:,}"},
    )
    return render(request, "web/form.html", {"page": page, "form": form}, status=422 if form.errors else 200)


def end(request: HttpRequest, key: str) -> HttpResponse:
    """End a key that works; for all others there is no such page."""
    actor = actor_of(request)
    program_key = keys.find_key(actor, key)
    if program_key is None or program_key.state != "works":
        raise Http404
    form = EndKeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            keys.end(actor, key, form.cleaned_data["reason"])
        except Refused as why:
            refusals.show(form, why)
        else:
            return redirect("keys")
    page = ConfirmPage(
        title=_("End the key of %(program)s") % {"program": program_key.program},
        happens=[
            _("The program's next question is refused."),
            ngettext(
                "It asked %(count)d question in %(days)d days.",
                "It asked %(count)d questions in %(days)d days.",
                program_key.month,
            )
            % {"count": program_key.month, "days": keys.COUNTED},
        ],
        wont=[
            _("What it was answered before cannot be called back."),
            _("No other key and no sign-in changes."),
        ],
        button=_("End this key"),
        back=Link(_("Keys of programs"), reverse("keys")),
    )
    return render(
        request, "web/confirm.html", {"page": page, "form": form}, status=422 if form.errors else 200
    )
