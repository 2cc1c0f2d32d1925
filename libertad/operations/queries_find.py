"""Sites, leads and teams as they are looked for: by references and words. Offered by `queries`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from libertad.access.actor import Actor
from libertad.access.catalogs import Source
from libertad.access.queries import open_row
from libertad.look.finding import Findable, numbers_in
from libertad.operations.models import Lead, Site, Team
from libertad.operations.queries_field import here
from libertad.vocabulary.verbs.operations import NAMED

Ids = Sequence[str] | None


def _sites(actor: Actor, ids: Ids) -> Iterator[Findable]:
    for row in here(actor, Site, ids):
        words = open_row(actor, row)
        name = words.get("name", "")
        texts = (name, words.get("place", ""), words.get("network", ""))
        yield Findable("site", row.pk, row.reference, name, "site", texts, (), row.provenance)


def _leads(actor: Actor, ids: Ids) -> Iterator[Findable]:
    for row in here(actor, Lead, ids):
        words = open_row(actor, row)
        summary = words.get("summary", "")
        named = "\n".join(value for name in NAMED for value in words.get(name, ()))
        texts = (summary, named, words.get("because", ""), words.get("handling_conditions", ""))
        numbers = numbers_in(f"{summary}\n{named}")
        yield Findable("lead", row.pk, row.reference, summary[:120], "lead", texts, numbers, row.provenance)


def _teams(actor: Actor, ids: Ids) -> Iterator[Findable]:
    """Without those of which somebody said that there is no such team."""
    rows = list(here(actor, Team, ids).filter(taken_back=False))
    places = dict(here(actor, Site, {row.site for row in rows}).values_list("id", "reference"))
    for row in rows:
        texts = (open_row(actor, row).get("silent_why", ""),)
        label = places.get(row.site, "")
        yield Findable("team", row.pk, row.reference, label, "team", texts, (), row.provenance)


FINDABLE = {"site": Source(Site, _sites), "lead": Source(Lead, _leads), "team": Source(Team, _teams)}
