"""Who answers for the people of one care authority, as far as the agreements that it reads say."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from libertad.access.actor import Actor
from libertad.access.models import Member, Reader
from libertad.care.fold_leading import agreement_of_row
from libertad.care.leading import Standing, standing_of
from libertad.care.leading_models import Leading
from libertad.exchange import queries as exchange
from libertad.journal.node import node

NOBODY = Standing(False, None)


@dataclass
class Leads:
    """What has to be known beside the agreements themselves; asked only where there is one."""

    actor: Actor

    @cached_property
    def members(self) -> dict[str, str]:
        """The care authorities of the operation that read its file still, each with that file."""
        rows = Member.objects.filter(operation=self.actor.operation, kind="care")
        files = dict(rows.values_list("authority", "compartment"))
        reading = set(
            Reader.objects.filter(compartment__in=set(files.values())).values_list("authority", "compartment")
        )
        return {authority: file for authority, file in files.items() if (authority, file) in reading}

    @cached_property
    def erased(self) -> frozenset[str]:
        """Files that another authority has erased: it asked this node to do the same."""
        return exchange.asked_to_erase(node().sql(), node().rings.authorities())

    def standing(self, record: str, links: Collection[str], rows: Sequence[Leading]) -> Standing:
        """Of one record; nothing is asked where nothing was agreed."""
        if not rows:
            return NOBODY
        agreements = [agreement_of_row(row) for row in rows if row.compartment not in self.erased]
        return standing_of(agreements, self.actor.authority, record, links, self.members)

    def is_agreeing(self, record: str, rows: Sequence[Leading]) -> bool:
        """Whether something waits for an answer of either about the authority's own record."""
        return any(
            row.offers and [self.actor.authority, record] in row.records
            for row in rows
            if row.compartment not in self.erased
        )

    def places(self, rows: Sequence[Leading]) -> set[str]:
        """The files that this rests on: also the operation's, which tells who is in it."""
        if not rows:
            return set()
        return {row.compartment for row in rows} | set(self.members.values())
