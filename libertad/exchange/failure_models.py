"""What failed last with a peer, by each way; outside the journal, as peers are."""

from __future__ import annotations

from django.db import models


class Failure(models.Model):
    """`origin`: the peer's, or '' for the broker itself; `way` and `code` are of `ways.py`. Gone once
    something goes well by that way. Moments in ms, UTC."""

    pk = models.CompositePrimaryKey("origin", "way")
    origin = models.CharField(max_length=32, blank=True)
    way = models.CharField(max_length=12)
    code = models.CharField(max_length=16)
    since = models.BigIntegerField()
    at = models.BigIntegerField()
    times = models.BigIntegerField()

    class Meta:
        app_label = "exchange"
        db_table = "exchange_failure"
