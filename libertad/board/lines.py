"""Lines of the feed for one reader: which of them, and in which words."""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.actor import Actor
from libertad.access.matrix import matrix
from libertad.access.models import Authority
from libertad.access.queries import read_by
from libertad.board.fold import LINES
from libertad.board.links import link
from libertad.board.models import Live
from libertad.board.page_objects import FeedItem
from libertad.evidence import queries as evidence
from libertad.look.times import offset
from libertad.look.words import words
from libertad.operations import queries as operations

MOST = 30
OPENS = {
    "lead.report": "lead",
    "site.register": "site",
    "team.assign": "team",
    "team.check_in": "team",
    "team.contact": "team",
    "visit.record": "site",
    "exhibit.seal": "exhibit",
    "custody.accept": "exhibit",
    "custody.release": "exhibit",
    "exhibit.return": "exhibit",
}


@cache
def verbs_of(role: str) -> frozenset[str]:
    """The verbs with a line that the matrix lets a role read."""
    return frozenset(verb for verb in LINES if matrix().may_read(role, verb))


def lines(actor: Actor) -> QuerySet[Live]:
    """Lines that the actor may know of. Row by row, because the table holds verbs of many rights:
    the compartment by its readers, the verb by the role."""
    rows = Live.objects.filter(read_by(actor.authority), operation=actor.operation)
    return rows.filter(verb__in=verbs_of(actor.role))


def feed(actor: Actor, kind: str = "", limit: int = MOST) -> tuple[FeedItem, ...]:
    """The newest lines first."""
    rows = lines(actor).order_by("-at", "id")
    if kind:
        rows = rows.filter(kind=kind)
    teller = Teller(actor)
    return tuple(teller.item(row) for row in rows[:limit])


class Teller:
    """Words lines for one audience. Looks up references as that audience may read them, each once."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.names: dict[tuple[str, str], str] = {}
        self.authorities: dict[str, str] = {}

    def item(self, row: Live) -> FeedItem:
        local = row.at.astimezone(ZoneInfo(row.zone))
        return FeedItem(
            id=row.pk,
            time=f"{local:%H:%M}",
            zone=offset(local),
            kind=self._kind(row),
            where=self._where(row),
            text=self._text(row),
            href=link(self.actor, OPENS.get(row.verb, ""), row.about) if row.about else "",
        )

    def _where(self, row: Live) -> str:
        if row.country:
            return words("countries", row.country)
        if row.authority not in self.authorities:
            said_by = Authority.objects.filter(pk=row.authority).first()
            national = said_by is not None and said_by.kind != "centre"
            country = words("countries", said_by.country) if said_by else ""
            self.authorities[row.authority] = country if national else said_by.name if said_by else ""
        return self.authorities[row.authority]

    def _reference(self, sort: str, key: str) -> str:
        """A file's reference, '' where the actor may not read it. What is not there yet is asked again."""
        if not key:
            return ""
        if reference := self.names.get((sort, key)):
            return reference
        ask = {"site": operations.site, "team": operations.team, "exhibit": evidence.exhibit}[sort]
        row = ask(self.actor, key)
        if row is None:
            return ""
        self.names[sort, key] = row.reference
        return row.reference

    def _kind(self, row: Live) -> str:
        room = row.verb.partition(".")[0]
        return {
            "lead": _("Lead"),
            "site": _("Site"),
            "team": _("Team"),
            "visit": _("Visit"),
            "hit": _("Hit"),
            "property": _("Property"),
            "exhibit": _("Exhibit"),
            "custody": _("Exhibit"),
            "release": _("Figures"),
        }.get(room) or _("Person")

    def _text(self, row: Live) -> str:
        detail = row.detail
        site = self._reference("site", detail.get("site", ""))
        if detail.get("corrected") and row.verb == "tally.person":
            kind = words("workplaces", detail["workplace"]).lower() or _("not at a site")
            return _("Where or when one person was met was corrected: %(kind)s.") % {"kind": kind}
        if detail.get("corrected"):
            subject = {"lead.report": _("a lead"), "team.assign": _("a team")}.get(
                row.verb, site or _("a site")
            )
            return _("What is on file of %(site)s was corrected.") % {"site": subject}
        match row.verb:
            case "lead.report":
                kind = words("workplaces", detail["workplace"]).lower() or _("workplace not known")
                return _("%(lead)s reported: %(kind)s.") % {"lead": detail["reference"], "kind": kind}
            case "site.register":
                kind = words("workplaces", detail["workplace"]).lower()
                return _("%(site)s registered: %(kind)s.") % {"site": detail["reference"], "kind": kind}
            case "team.assign":
                if site:
                    return _("%(team)s is to go to %(site)s.") % {"team": detail["reference"], "site": site}
                return _("%(team)s has its task.") % {"team": detail["reference"]}
            case "team.check_in":
                return self._check_in(row, site)
            case "team.contact":
                team = self._reference("team", row.subject) or _("A team")
                texts = [
                    words("contact-ways", detail["how"]),
                    words("contact-outcomes", detail["outcome"]),
                    site,
                ]
                return f"{team}: {', '.join(filter(None, texts))}."
            case "visit.record":
                return _visit(detail, site)
            case "hit.count":
                return _("A database check gave a hit: %(about)s.") % {
                    "about": words("check-subjects", detail["about"]).lower()
                }
            case "hit.tally":
                return _hit_sentence(detail)
            case "tally.person":
                kind = words("workplaces", detail["workplace"]).lower()
                return _("One person met: %(kind)s.") % {"kind": kind} if kind else _("One person met.")
            case "tally.custody":
                return statuses()[detail["state"]]
            case "tally.status":
                return statuses()[detail["status"]]
            case "property.state":
                if detail["signed"] == "yes":
                    return _("Property given back to its owner, who signed for it.")
                return _("Property given back to its owner.")
            case "exhibit.count":
                return _("Taken as evidence: %(kind)s.") % {
                    "kind": words("exhibit-kinds", detail["kind"]).lower()
                }
            case "release.publish" | "release.sign":
                return _("Release %(number)s of the figures is published.") % {
                    "number": detail["release_number"]
                }
        return self._custody(row)

    def _check_in(self, row: Live, site: str) -> str:
        detail = row.detail
        values = {
            "team": self._reference("team", row.subject) or _("A team"),
            "site": site,
            "state": words("team-states", detail["state"]).lower(),
        }
        if detail["danger"]:
            return _("%(team)s: danger to life.") % values
        if site and detail["state"] in ("on-site", "on-the-way"):
            return (_("%(team)s checked in: %(state)s, %(site)s.")) % values
        return _("%(team)s checked in: %(state)s.") % values

    def _custody(self, row: Live) -> str:
        values = {"exhibit": self._reference("exhibit", row.subject) or _("An exhibit")}
        if row.verb == "exhibit.seal":
            return _("%(exhibit)s sealed.") % values
        if row.verb == "custody.accept":
            return _("%(exhibit)s: custody accepted.") % values
        if row.verb == "custody.release":
            return _("%(exhibit)s released without a receiving officer: a gap begins.") % values
        return _("%(exhibit)s given back to its owner.") % values


def statuses() -> dict[str, str]:
    """What a dated status of custody says in the feed. Each is its own; none stands for another."""
    return {
        "detained": _("One person detained."),
        "arrested": _("One person arrested."),
        "charged": _("One person charged."),
        "released": _("One person released."),
    }


def _hit_sentence(detail: dict[str, object]) -> str:
    """What was found to be the same, and in which countries; never of whom."""
    left, right = (_record(detail, side) for side in ("left", "right"))
    if detail["taken_back"]:
        return _("A hit is taken back: %(left)s and %(right)s.") % {"left": left, "right": right}
    return _("A hit is confirmed: %(left)s and %(right)s.") % {"left": left, "right": right}


def _record(detail: dict[str, object], side: str) -> str:
    kind = words("hit-subjects", str(detail[side])).lower()
    country = words("countries", str(detail[f"{side}_country"]))
    return _("%(kind)s in %(country)s") % {"kind": kind, "country": country} if country else kind


def _visit(detail: dict[str, object], site: str) -> str:
    people = int(str(detail["people"]))
    where = site or _("a site")
    if detail["outcome"] == "people-found":
        return ngettext(
            "%(people)d person found at %(site)s.", "%(people)d people found at %(site)s.", people
        ) % {"people": people, "site": where}
    if detail["outcome"] == "found-empty":
        return _("%(site)s was found empty.") % {"site": where}
    return _("The visit to %(site)s was broken off.") % {"site": where}
