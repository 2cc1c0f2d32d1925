"""Read models of this room: releases, each with its own snapshot, and proposals that wait."""

from __future__ import annotations

from django.db import models

from libertad.journal.fields import JsonText, MomentField
from libertad.journal.models import ReadModel


class Release(ReadModel):
    """A published sentence and the table that it rested on. `lines`: a dict for each country or territory.

    `by_first_view`: the lines are the open side's. `care`: care's block, {} where none was published; of a
    release without `by_first_view` it is worked out from its lines. `alone`: signed within one authority.
    """

    number = models.IntegerField()
    as_of = MomentField()
    published_at = MomentField()
    countries = models.IntegerField()
    potential_victims = models.IntegerField()
    presumed = models.IntegerField()
    confirmed = models.IntegerField()
    arrests = models.IntegerField()
    sites = models.IntegerField()
    hits = models.IntegerField()
    lines = JsonText(default=list)
    by_first_view = models.BooleanField(default=False)
    care = JsonText(default=dict)
    alone = models.BooleanField(default=False)
    entry = models.CharField(max_length=64)


class Proposal(ReadModel):
    """A release that waits for another account's signature; there is no row once it is out.

    `content` is all that would be signed, `entry` the hash of the entry that says it. `alone`: no other
    authority of the operation had anybody who may sign. Who proposed it is sealed.
    """

    number = models.IntegerField()
    as_of = MomentField()
    proposed_at = MomentField()
    officer = models.CharField(max_length=32)
    authority = models.CharField(max_length=32)
    alone = models.BooleanField(default=False)
    content = JsonText(default=dict)
    entry = models.CharField(max_length=64)


class WithdrawnProposal(ReadModel):
    """A release that was proposed and withdrawn before anybody signed it; its number is not given again.

    `entry` is the proposal's, `withdrawal` the entry that took it back. Who did both, and why, is sealed.
    """

    number = models.IntegerField()
    as_of = MomentField()
    proposed_at = MomentField()
    withdrawn_at = MomentField()
    authority = models.CharField(max_length=32)
    alone = models.BooleanField(default=False)
    content = JsonText(default=dict)
    entry = models.CharField(max_length=64)
    withdrawal = models.CharField(max_length=64)


class Counting(ReadModel):
    """Who counts for all, of one operation (its id): the care authority named, when the day's cut is, who
    accepted it and beside whom, what was asked for, and the blocks that it published.

    `accepted`: authority -> the care authorities beside which it accepts to be counted. `asked`: ms of
    each request. `blocks`: by cut, the numbers with `entry`, `cut` (ms) and `batch` hashes.
    """

    care = models.CharField(max_length=32)
    cut = models.CharField(max_length=5)
    named_at = MomentField()
    accepted = JsonText(default=dict)
    asked = JsonText(default=list)
    blocks = JsonText(default=list)


class Batch(ReadModel):
    """A care authority's cells as of one cut (id: 'authority:number'); cells and hash are sealed."""

    care = models.CharField(max_length=32)
    number = models.IntegerField()
    cut = MomentField()
    entry = models.CharField(max_length=64)


class LinkedCount(ReadModel):
    """What one care authority tells another of linked people (id: 'authority:file'); sealed."""

    care = models.CharField(max_length=32)
    cut = MomentField()


class KeptCount(ReadModel):
    """What erased files gave to an authority's cells (id: the entry's); sealed."""

    care = models.CharField(max_length=32)


class LateBatch(ReadModel):
    """How many are late at a care authority at one hour (id: 'authority:number'); both numbers are sealed."""

    care = models.CharField(max_length=32, db_index=True)
    number = models.IntegerField()
    cut = MomentField()
    entry = models.CharField(max_length=64)


class LateSum(ReadModel):
    """Care's one number for the whole operation at one hour (id: 'authority:number'), by whom counted it.

    Sealed: `late`, -1 where it is withheld; `as_of` (ms); `batch`, the hashes that the number rests on.
    """

    care = models.CharField(max_length=32, db_index=True)
    number = models.IntegerField()
    cut = MomentField()
    entry = models.CharField(max_length=64)
