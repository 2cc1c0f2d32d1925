"""Read models of exhibits: the exhibit with its custody, seals ever used, and the anonymous count."""

from __future__ import annotations

from django.db import models

from libertad.evidence.signed_models import SignedCustody as SignedCustody
from libertad.journal.fields import JsonText, MomentField
from libertad.journal.models import ReadModel


class Exhibit(ReadModel):
    """An exhibit and where its custody stands. What it is, whose, and all words are sealed."""

    reference = models.CharField(max_length=32, db_index=True)
    counting = models.CharField(max_length=32)
    country = models.CharField(max_length=2)
    kind = models.CharField(max_length=32)
    site = models.CharField(max_length=64, blank=True, default="")
    authority = models.CharField(max_length=32)
    taken_at = MomentField()
    zone = models.CharField(max_length=64)
    state = models.CharField(max_length=12)
    holder = models.CharField(max_length=32, blank=True, default="")
    holder_authority = models.CharField(max_length=32, blank=True, default="")
    moved_at = MomentField()
    offer = models.CharField(max_length=64, blank=True, default="")
    offered_to = models.CharField(max_length=32, blank=True, default="", db_index=True)
    offered_to_authority = models.CharField(max_length=32, blank=True, default="")
    offered_at = MomentField(null=True)
    taking = models.CharField(max_length=64, blank=True, default="")
    witness = models.CharField(max_length=32, blank=True, default="", db_index=True)
    witness_authority = models.CharField(max_length=32, blank=True, default="")
    seal = models.CharField(max_length=64, blank=True, default="")
    store = models.CharField(max_length=32, blank=True, default="", db_index=True)
    has_gap = models.BooleanField(default=False)
    gap_minutes = models.IntegerField(default=0)
    gaps = JsonText(default=list)
    unexplained = models.IntegerField(default=0)
    conflicts = models.IntegerField(default=0)
    shown = JsonText(default=dict)
    cash = JsonText(default=list)
    cash_totals = JsonText(default=dict)

    class Meta:
        # A page of exhibits, and the few that wait for somebody, without looking at the others.
        indexes = [
            models.Index(fields=["-taken_at", "-reference"], name="evidence_exhibit_taken"),
            models.Index(
                fields=["holder", "holder_authority", "-taken_at", "-reference"],
                name="evidence_exhibit_holder",
            ),
            models.Index(fields=["store"], name="evidence_exhibit_stored", condition=~models.Q(store="")),
            models.Index(
                fields=["-taken_at", "-reference"],
                name="evidence_exhibit_gap",
                condition=models.Q(has_gap=True),
            ),
            models.Index(
                fields=["-taken_at", "-reference"],
                name="evidence_exhibit_two",
                condition=models.Q(conflicts__gt=0),
            ),
        ]


class Seal(ReadModel):
    """One use of a seal's number. Two rows of one number are a conflict that shows."""

    number = models.CharField(max_length=64, db_index=True)
    exhibit = models.CharField(max_length=32, db_index=True)
    opened = models.CharField(max_length=64, blank=True, default="")
    at = MomentField()


class ExhibitCount(ReadModel):
    """Anonymous: an exhibit of a kind in a country, for the totals."""

    kind = models.CharField(max_length=32)
    country = models.CharField(max_length=2)
    date = models.CharField(max_length=10)

    class Meta:
        indexes = [models.Index(fields=["compartment", "kind"], name="evidence_count_kind")]


class StorePlace(ReadModel):
    """A place of an authority's exhibit store. Its name is sealed."""

    authority = models.CharField(max_length=32, db_index=True)
    country = models.CharField(max_length=2)
    kind = models.CharField(max_length=16)
    within = models.CharField(max_length=32, blank=True, default="")


class StoreAudit(ReadModel):
    """An audit of a place. What was there, and what differed and why, is sealed.

    `open`: how many of its differences nobody has explained yet.
    """

    store = models.CharField(max_length=32, db_index=True)
    authority = models.CharField(max_length=32, db_index=True)
    officer = models.CharField(max_length=32)
    at = MomentField()
    zone = models.CharField(max_length=64)
    differences = models.IntegerField(default=0)
    open = models.IntegerField(default=0)
