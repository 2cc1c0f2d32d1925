"""Quarantine: what is kept and passed on, and not believed."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of as asking
from libertad.exchange import queries, queries_held, wording
from libertad.exchange.queries_held import HeldSeen
from libertad.look.page_objects import (
    Action,
    Cell,
    Column,
    Empty,
    Link,
    ListPage,
    Pages,
    Row,
    Table,
)
from libertad.look.paging import page_number, show_list
from libertad.look.words import words

PAGE = 50


def reason(code: str) -> str:
    """Why an entry is held, in plain words."""
    return {
        "waiting": _("What it builds on has not arrived"),
        "unauthorised": _("Its officer or authority may not say this here"),
        "unknown": _("Of a newer version of this program"),
        "retired": _("Of an older version of this program"),
        "unreadable": _("It does not hold what it says it is"),
        "future": _("Dated more than a month ahead"),
        "withdrawn": _("Its officer's access had ended"),
        "revoked": _("Its device was revoked"),
        "fork": _("Its device told two histories"),
        "about": _("Its authority was not entitled to make it"),
        "impersonated": _("In one authority's name, signed by another's device"),
        "undone": _("Two authorities took back the keys for which it vouched"),
        "parked": _(
            "Its authority made an entry that it was not entitled to make, and that alarm is not settled"
        ),
        "suspended": _("Its authority is suspended from the operation"),
    }.get(code, code)


def what_to_do(held: HeldSeen, authority: str) -> str:
    """What can be done about a held entry."""
    addressee = authority or _("the authority that sent it")
    return {
        "waiting": _(
            "Nothing now: it is judged again when more arrives. If it stays for a day, ask %(whom)s to "
            "appoint its officer or to enrol its device."
        ),
        "unauthorised": _("Ask %(whom)s to appoint the officer in a fitting role, or to say it again."),
        "unknown": _("Update this node: then it is read and counted."),
        "retired": _("Ask %(whom)s to update its node and to say it again there."),
        "unreadable": _("Ask %(whom)s to update its node and to say it again. This one is kept as proof."),
        "future": _("Ask %(whom)s to set the clock of its device. It is judged again when its time comes."),
        "withdrawn": _("Nothing: it is kept as proof. If it should count, ask %(whom)s to say it again."),
        "revoked": _("Nothing: it is kept as proof. If it should count, ask %(whom)s to say it again."),
        "about": _("Call %(whom)s: its node or its keys may be in other hands. The entry is kept as proof."),
        "impersonated": _(
            "Call %(whom)s, whose device signed it, and whoever it names. The entry is kept as proof."
        ),
        "undone": _("Nothing: it is kept as proof. If the keys are right, let %(whom)s vouch for new ones."),
        "parked": _("Call %(whom)s, then settle the alarm: this one is judged again."),
        "suspended": _("Nothing now: it is judged again once the suspension lapses, or two lift it."),
        "fork": _("Ask %(whom)s to revoke the device and to give it a new key. Both histories are kept."),
    }.get(held.reason, _("Kept as proof.")) % {"whom": addressee}


def quarantine(request: HttpRequest) -> HttpResponse:
    """Every held entry: whose, since when, why, and what can be done. Never what it says."""
    actor = asking(request)
    at = page_number(request.GET.get("page", ""))
    listed, total = queries_held.quarantine_page(actor, (at - 1) * PAGE, PAGE)
    if not listed and at > 1:
        raise Http404
    offices = queries.names([held.authority for held in listed])
    columns = [
        Column(_("From")),
        Column(_("Why it is held")),
        Column(_("Here since")),
        Column(_("In")),
        Column(_("What can be done")),
    ]
    page = ListPage(
        title=_("Quarantine"),
        second=_("Validly signed and not believed: kept, passed on, and counted in nothing."),
        table=Table(
            _("Quarantine"),
            columns,
            [_held_row(held, offices, actor.zone) for held in listed],
            note=_(
                "What an entry in quarantine says is not shown. Who may read the file reads it once the "
                "reason is gone."
            ),
        ),
        empty=Empty(
            _("Nothing is in quarantine"),
            _("Every entry that arrived was signed by somebody who may say it."),
            Action(_("Back to Exchange"), reverse("exchange")),
        ),
        pages=_pages(at, total),
    )
    return show_list(request, page)


def _held_row(held: HeldSeen, offices: Mapping[str, str], zone: str) -> Row:
    name = offices.get(held.authority, "")
    return Row(
        [
            Cell(
                name or _("An authority not known here"),
                second=_("device %(device)s") % {"device": held.device[:8]},
            ),
            Cell(reason(held.reason), second=_(held.detail) if held.detail else ""),
            Cell(wording.at(held.since, zone)),
            Cell(words("compartment-kinds", held.kind) if held.kind else _("a file that you do not read")),
            Cell(what_to_do(held, name)),
        ]
    )


def _pages(at: int, total: int) -> Pages | None:
    last = -(-total // PAGE)
    if last < 2:
        return None
    near = [number for number in range(1, last + 1) if number in (1, last) or abs(number - at) < 3]
    label = _("Page %(at)d of %(last)d") % {"at": at, "last": last}
    return Pages([Link(str(number), f"?page={number}", number == at) for number in near], label)
