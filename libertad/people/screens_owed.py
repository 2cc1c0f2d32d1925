"""The ledger: what was taken from people and is not back, and what is owed to them and not paid."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.queries import can_say, clock_now
from libertad.look.amounts import amount_words
from libertad.look.page_objects import Action, Cell, Column, Empty, Filter, Link, ListPage, Row, Table
from libertad.look.paging import SIZE, page_number, pages, show_list
from libertad.look.times import date_words, day
from libertad.look.words import choices, words
from libertad.people import queries_owed
from libertad.people.queries_owed import LATE, NO_DAY, SOON, Owed
from libertad.people.side import TONES
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.values import Happened

OPEN = ("missing", "found", "held", "not-found", "owed")


def owed(request: HttpRequest) -> HttpResponse:
    """All of it that the actor reads, what is late first."""
    actor = actor_of(request)
    now, number = clock_now(actor.operation), page_number(request.GET.get("page", ""))
    given = {name: request.GET.get(name, "") for name in ("kind", "state", "due")}
    known = {"kind": codelist("property-kinds"), "state": OPEN, "due": (LATE, SOON, NO_DAY)}
    chosen = {name: value if value in known[name] else "" for name, value in given.items()}
    listed, total = queries_owed.ledger(actor, now, number, SIZE, **chosen)
    columns = [_("What"), _("Whose"), _("Since"), _("Where it is"), _("Due by"), _("Next")]
    everything = Action(_("Show all of it"), reverse("owed"))
    page = ListPage(
        title=_("Outstanding property and wages"),
        second=" ".join([_counted(actor, now, total, any(chosen.values())), *_sums(actor, now, chosen)]),
        table=Table(
            _("Outstanding property and wages"),
            [Column(label) for label in columns],
            [_row(actor, line, now) for line in listed],
        ),
        filters=[
            Filter("kind", _("What"), choices("property-kinds", blank=_("All"))(), chosen["kind"]),
            Filter("state", _("Where it is"), choices("property-states", OPEN, _("All"))(), chosen["state"]),
            Filter("due", _("Due by"), _due_choices(), chosen["due"]),
        ],
        pages=pages(number, total, SIZE, chosen),
        empty=Empty(_("Nothing like that"), _("Choose other filters to see more."), everything)
        if any(chosen.values())
        else Empty(
            _("Nothing is outstanding"),
            _("What is taken from people, or owed to them, is recorded in their files and listed here."),
        ),
    )
    related = [Link(_("People"), reverse("people"))]
    return show_list(request, page, related=related)


def _due_choices() -> list[tuple[str, str]]:
    return [
        ("", _("All")),
        (LATE, _("Late")),
        (SOON, _("Soon: within %(days)d days (assumed)") % {"days": queries_owed.soon_days()}),
        (NO_DAY, _("No day set")),
    ]


def _counted(actor: Actor, now: datetime, total: int, filtered: bool) -> str:
    counted = ngettext("%(n)d item is outstanding.", "%(n)d items are outstanding.", total) % {"n": total}
    behind = 0 if filtered else queries_owed.late_count(actor, now)
    if not behind:
        return counted
    return (
        f"{counted} {ngettext('%(n)d of them is late.', '%(n)d of them are late.', behind) % {'n': behind}}"
    )


def _sums(actor: Actor, now: datetime, chosen: dict[str, str]) -> list[str]:
    by_currency = queries_owed.sums(actor, now, **chosen)
    if by_currency is None:
        most = {"most": queries_owed.MOST_SUMMED}
        return [_("More than %(most)d amounts: choose a filter to add them up.") % most]
    if not by_currency:
        return []
    amounts = "; ".join(amount_words(left, currency) for currency, left in by_currency.items())
    return [_("Left in all, each currency by itself: %(amounts)s.") % {"amounts": amounts}]


def _row(actor: Actor, line: Owed, now: datetime) -> Row:
    belonging, person = line.belonging, line.person
    what = [amount_words(belonging.remaining, belonging.currency), belonging.description]
    if belonging.payments:
        what[0] = _("%(left)s left of %(amount)s") % {
            "left": what[0],
            "amount": amount_words(belonging.amount, belonging.currency),
        }
    is_back = belonging.state == "returned"
    if line.late(now):
        due = Cell(_("Late"), tone="danger", second=date_words(belonging.due_back))
    else:
        due = Cell(date_words(belonging.due_back) if belonging.due_back else _("No day set"))
    return Row(
        [
            Cell(words("property-kinds", belonging.kind), second=". ".join(filter(None, what))),
            Cell(
                person.reference,
                reverse("person-property", args=[person.id]),
                second=person.name or _("No name said"),
                provenance=person.provenance,
            ),
            Cell(day(Happened(at=belonging.taken_at, zone=belonging.zone))),
            Cell(
                words("property-states", belonging.state),
                tone=TONES.get(belonging.state, "plain"),
                second=_("By its custody") if is_back else "",
            ),
            due,
            _next(actor, line),
        ]
    )


def _next(actor: Actor, line: Owed) -> Cell:
    belonging = line.belonging
    if belonging.money and not belonging.exhibit and can_say(actor, "property.paid"):
        return Cell(_("Payments"), reverse("property-pay", args=[belonging.id]))
    if can_say(actor, "property.state"):
        return Cell(_("Change"), reverse("property", args=[belonging.id]))
    return Cell("")
