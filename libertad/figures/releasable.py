"""Which moment a release can be of: the newest cut of which none says yet what would be said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.queries import readable
from libertad.figures import queries, queries_care, words
from libertad.figures.cuts import DAY, begun, is_cut, last_cut
from libertad.figures.models import Counting, Proposal, Release
from libertad.figures.snapshot import contents
from libertad.journal.fields import to_ms
from libertad.look import times
from libertad.vocabulary.values import zone

MOST = 8  # cuts that are looked at, each counted anew; none of them before the operation began


@dataclass(frozen=True)
class Moments:
    """`newest`: that can be released (the last cut, where nothing can: `nothing`). `last`: the newest cut of
    all, and `covered` the release or the proposal that says just what one of it would say. `cut`: the cut's
    time of the day, '' where no care authority counts: then every moment will do up to `last`, which is now.

    `first_day`, `zone`: of the operation; nothing is released as of before it.
    """

    newest: datetime
    last: datetime
    cut: str = ""
    nothing: bool = False
    covered: Release | Proposal | None = None
    first_day: str = ""
    zone: str = "UTC"

    @property
    def further(self) -> datetime:
        """The next cut, where there are cuts."""
        return self.last + DAY

    @property
    def waits(self) -> bool:
        """Whether what covers the newest cut is not signed yet."""
        return isinstance(self.covered, Proposal)

    def hint(self, zone_name: str) -> str:
        """What the form says of the moments that it takes."""
        if not self.cut:
            return _("Time in your authority's zone. What happened later is not counted.")
        hints = {
            "cut": self.cut,
            "newest": _both(self.newest, zone_name),
            "further": _both(self.further, zone_name),
        }
        if self.nothing:
            message = _(
                "A release is as of a cut, %(cut)s UTC of a day. Of the last cuts nothing new can be "
                "released; the next is %(further)s."
            )
        else:
            message = _(
                "A release is as of a cut, %(cut)s UTC of a day. The newest that can be released is "
                "%(newest)s; the next cut is %(further)s."
            )
        return f"{message % hints} " + _("Write it in your authority's zone.")

    def refusal(self, moment: datetime, now: datetime) -> str:
        """Why a moment is not taken at `now`, by the operation's clock; '' where it is a cut, or will do."""
        if moment > now and self.cut:
            return _("this moment has not come yet: the next cut is %(further)s. Choose an earlier one") % {
                "further": words.utc(self.further)
            }
        if moment > now:
            return _("this moment has not come yet: choose one that has")
        if not begun(self.first_day, self.zone, moment):
            return _("this lies before the operation's first day, %(day)s: choose a later moment") % {
                "day": times.date_words(self.first_day)
            }
        if not self.cut or is_cut(moment, self.cut):
            return ""
        return _("this is not a cut: figures are released as of %(cut)s UTC of a day") % {"cut": self.cut}


def _both(moment: datetime, zone_name: str) -> str:
    """In UTC, and by the clock in which the form is filled in where that is another."""
    local = moment.astimezone(zone(zone_name))
    moment_words = words.utc(moment)
    return moment_words if not local.utcoffset() else f"{moment_words} = {times.when(local)}"


def moments(actor: Actor, now: datetime, named: Counting | None) -> Moments:
    """The moments of a release, at `now` by the operation's clock."""
    operation = queries.operation_of(actor)
    first_day, zone_name = (operation.first_day, operation.zone) if operation else ("", "UTC")
    if named is None:
        return Moments(now, now, first_day=first_day, zone=zone_name)
    last = last_cut(now, named.cut)
    covered = covering(actor, named, last)
    cuts = [last - n * DAY for n in range(MOST)]
    free = (
        cut
        for cut in cuts
        if begun(first_day, zone_name, cut)
        and (covered if cut == last else covering(actor, named, cut)) is None
    )
    newest = next(free, None)
    return Moments(newest or last, last, named.cut, newest is None, covered, first_day, zone_name)


def covering(actor: Actor, named: Counting, cut: datetime) -> Release | Proposal | None:
    """The last release of this cut, or a proposal that waits, that says just what one would say now."""
    covering_row = (
        readable(actor, Release).filter(operation=actor.operation, as_of=to_ms(cut)).order_by("number").last()
    )
    waiting = readable(actor, Proposal).filter(operation=actor.operation, as_of=to_ms(cut))
    candidates: list[tuple[Release | Proposal, dict[str, Any]]] = []
    if covering_row is not None:
        lines = covering_row.lines if covering_row.by_first_view else None
        candidates.append((covering_row, contents(vars(covering_row), lines)))
    candidates += [(row, contents(row.content, row.content.get("line", ()))) for row in waiting]
    if not candidates:
        return None
    now = would_say(actor, named, cut)
    return next((row for row, standing in candidates if standing == now), None)


def would_say(actor: Actor, named: Counting, cut: datetime) -> dict[str, Any]:
    """`contents` of a release as of a cut."""
    counted, block = queries.figures(actor, cut), queries_care.block(named, cut)
    care = block[1] if block else None
    lines = [{"country": country} | vars(line) for country, line in counted.lines.items()]
    numbers = {
        "countries": len(counted.countries),
        "potential_victims": care.potential_victims if care else counted.total.potential,
        "presumed": care.presumed if care else 0,
        "confirmed": care.confirmed if care else 0,
        "arrests": counted.total.arrests,
        "sites": counted.sites,
        "hits": counted.hits,
    }
    return contents(numbers, lines)
