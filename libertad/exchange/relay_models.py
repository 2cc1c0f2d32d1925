"""Tables of what is carried for others: compartments that this node cannot open, and letters with keys."""

from __future__ import annotations

from django.db import models


class Relay(models.Model):
    """A compartment that this node carries, sealed, and an authority that reads it."""

    pk = models.CompositePrimaryKey("compartment", "authority")
    compartment = models.CharField(max_length=32)
    authority = models.CharField(max_length=32, db_index=True)

    class Meta:
        db_table = "exchange_relay"


class RelaySlip(models.Model):
    """The newest slip about a carried compartment, also when it ends the carrying: older ones fall."""

    compartment = models.CharField(max_length=32, primary_key=True)
    by = models.CharField(max_length=32)
    at = models.BigIntegerField()
    slip = models.BinaryField()

    class Meta:
        db_table = "exchange_relay_slip"


class RelayGiven(models.Model):
    """A slip that our authority gave a carrier; `taken` by that node once it confirmed."""

    pk = models.CompositePrimaryKey("compartment", "carrier")
    compartment = models.CharField(max_length=32)
    carrier = models.CharField(max_length=32, db_index=True)
    by = models.CharField(max_length=32)
    state = models.CharField(max_length=64)  # of the reader list; '' where it ended
    at = models.BigIntegerField()
    digest = models.BinaryField(max_length=16)
    slip = models.BinaryField()
    taken = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        db_table = "exchange_relay_given"


class Letter(models.Model):
    """What one authority's device signed for another, on its way through a carrier.

    `taken`: nodes that confirmed one of ours. One that is carried goes once its reader's node confirmed it.
    """

    pk = models.CompositePrimaryKey("sender", "reader", "kind", "what")
    sender = models.CharField(max_length=32)
    reader = models.CharField(max_length=32, db_index=True)
    kind = models.CharField(max_length=12)  # keys, got, recipient
    what = models.CharField(max_length=32)
    state = models.CharField(max_length=64, blank=True, default="")
    at = models.BigIntegerField()
    digest = models.BinaryField(max_length=16)
    data = models.BinaryField()
    taken = models.TextField(blank=True, default="")

    class Meta:
        db_table = "exchange_letter"
