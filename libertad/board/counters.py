"""The five figures over the map. Each opens to the page behind it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.board.facts import Facts, mark_of
from libertad.board.links import link
from libertad.board.page_objects import Counter
from libertad.board.totals import mark, totals
from libertad.evidence import queries as evidence
from libertad.operations import queries as operations


def counters(facts: Facts) -> tuple[Counter, ...]:
    """Seen as potential victims, arrests, sites visited, exhibits, hits: in the order of the design."""
    return (*_people(facts), _sites(facts), _exhibits(facts), _hits(facts))


def _opens(facts: Facts, figure: int, route: str) -> str:
    """0 does not open."""
    return link(facts.actor, route) if figure else ""


def _people(facts: Facts) -> tuple[Counter, Counter]:
    sums = totals(facts)
    return (
        Counter(
            _("Seen as potential victims"),
            str(sums.seen_as_victims),
            below=_("by first view")
            if sums.potential_victims is None
            else _("by first view; %(n)d in the last release") % {"n": sums.potential_victims},
            mark=mark(facts, "seen_as_potential_victims", sums.seen_as_victims, sums.generated),
            href=_opens(facts, sums.seen_as_victims, "figures"),
        ),
        Counter(
            _("Arrests"),
            str(sums.arrests),
            below=_("%(n)d charged") % {"n": sums.charged},
            below_mark=mark(facts, "charged", sums.charged, sums.generated),
            mark=mark(facts, "arrests", sums.arrests, sums.generated),
            href=_opens(facts, sums.arrests, "figures"),
        ),
    )


def _sites(facts: Facts) -> Counter:
    """Of the sites that the reader may know of, and what those are that are not visited; for a country's
    police the whole operation's number beside it."""
    visited = sum(bool(site.visits) for site in facts.sites)
    first_visit = sum(bool(site.on_site) and not site.visits for site in facts.sites)
    below = [_("%(n)d not yet") % {"n": len(facts.sites) - visited - first_visit}]
    if first_visit:
        below.append(_("%(n)d being visited now") % {"n": first_visit})
    everywhere = operations.site_counts(facts.actor).total
    if everywhere > len(facts.sites):
        below.append(_("%(n)d in the operation") % {"n": everywhere})
    return Counter(
        _("Sites visited"),
        str(visited),
        of=str(len(facts.sites)),
        below=", ".join(below),
        mark=mark_of(facts.sites),
        href=_opens(facts, len(facts.sites), "sites"),
    )


def _exhibits(facts: Facts) -> Counter:
    exhibits = sum(evidence.exhibit_counts(facts.actor).values())
    gaps = evidence.with_gap(facts.actor)
    return Counter(
        _("Exhibits"),
        str(exhibits),
        below=ngettext("%(n)d gap in custody", "%(n)d gaps in custody", gaps) % {"n": gaps} if gaps else "",
        urgent=bool(gaps),
        mark=facts.mark if exhibits else "",
        href=_opens(facts, exhibits, "exhibits"),
    )


def _hits(facts: Facts) -> Counter:
    hits = operations.hit_counts(facts.actor)
    documents = hits.by_kind.get("travel-document", 0)
    return Counter(
        _("Database hits"),
        str(hits.total),
        below=ngettext("%(n)d travel document", "%(n)d travel documents", documents) % {"n": documents},
        mark=mark(facts, "hits", hits.total, hits.provenance == "generated"),
        href=_opens(facts, hits.total, "checks"),
    )
