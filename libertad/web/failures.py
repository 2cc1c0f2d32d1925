"""Sign-ins that failed, for whoever gives and withdraws access: whose, how often, from which network."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.guess_limits import DAY, keyed
from libertad.access.models import Account, Attempt
from libertad.access.queries import officer_names
from libertad.access.queries_members import own_officers
from libertad.look.page_objects import Cell, Column, Empty, Link, ListPage, Row, Table
from libertad.look.paging import show_list
from libertad.look.times import when
from libertad.vocabulary.values import Happened

MOST = 200
OFTEN = 5  # of one officer in a day: worth a word with the officer


@dataclass(frozen=True)
class Failures:
    """Failed attempts at one account from one network; `officer` '' for a number that nobody here has."""

    officer: str
    network: str
    times: int
    last: datetime
    known: bool


def failures(actor: Actor, since: int = 0) -> list[Failures]:
    """Those at officers of the own authority, and at numbers that nobody has; the newest first."""
    officers = {row.pk for row in own_officers(actor)}
    every = {keyed("account", row.service_number): row.officer for row in Account.objects.all()}
    foreign_names = [name for name, officer in every.items() if officer not in officers]
    rows = (
        Attempt.objects.filter(at__gt=since)
        .exclude(account__in=foreign_names)
        .values("account", "network")
        .annotate(times=Count("pk"), last=Max("at"), own=Count("pk", filter=~Q(mark="")))
        .order_by("-last")[:MOST]
    )
    return [
        Failures(
            every.get(row["account"], ""),
            row["network"],
            row["times"],
            datetime.fromtimestamp(row["last"] / 1000, UTC),
            row["own"] == row["times"],
        )
        for row in rows
    ]


def often_failing(actor: Actor) -> dict[str, int]:
    """Officers whose sign-in failed often today in browsers that they do not use, with how often."""
    times_by_officer: dict[str, int] = {}
    for row in failures(actor, (int(time.time()) - DAY) * 1000):
        if row.officer and not row.known:
            times_by_officer[row.officer] = times_by_officer.get(row.officer, 0) + row.times
    return {officer: times for officer, times in times_by_officer.items() if times >= OFTEN}


def own_failures(actor: Actor) -> int:
    """How often the actor's own sign-in failed today in browsers in which the officer never signed in."""
    account = Account.objects.filter(officer=actor.officer).only("service_number").first()
    if account is None:
        return 0
    name, since = keyed("account", account.service_number), (int(time.time()) - DAY) * 1000
    return Attempt.objects.filter(account=name, at__gt=since, mark="").count()


def listed(request: HttpRequest) -> HttpResponse:
    """The page. Networks have names by which two lines are known to be of one; no address is kept."""
    actor = actor_of(request)
    failed = failures(actor)
    page = ListPage(
        title=_("Failed sign-ins"),
        second=_(
            "Of the last 30 days. Guessing is slowed down by itself and shuts nobody out. Networks are named "
            "by signs made from their address; the address itself is not kept."
        ),
        table=_table(actor, failed) if failed else None,
        empty=Empty(_("No sign-in failed"), _("What fails in the next 30 days appears here.")),
    )
    related = [Link(_("Officers"), reverse("officers"))]
    return show_list(request, page, related=related)


def _table(actor: Actor, failed: Iterable[Failures]) -> Table:
    names = officer_names(actor, [row.officer for row in failed if row.officer])
    columns = [
        Column(_("Last")),
        Column(_("Whose sign-in")),
        Column(_("Times")),
        Column(_("Network")),
        Column(_("Browser")),
    ]
    rows = [
        Row(
            [
                Cell(when(Happened(at=row.last, zone=actor.zone))),
                Cell(names.get(row.officer, "") if row.officer else _("A number that nobody here has")),
                Cell(str(row.times)),
                Cell(row.network[:12]),
                Cell(_("one that the officer uses") if row.known else _("not known")),
            ]
        )
        for row in failed
    ]
    return Table(_("Failed sign-ins"), columns, rows)
