"""What officers decided about peers and alarms at this node, and why. Outside the journal, as peers are."""

from __future__ import annotations

from django.db import models


class Decision(models.Model):
    """`about`: a node's origin or an alarm's id; `what`: suspended, active, ended, repaired or settled."""

    id = models.CharField(max_length=32, primary_key=True)
    about = models.CharField(max_length=72, db_index=True)
    what = models.CharField(max_length=12)
    reason = models.CharField(max_length=300)
    officer = models.CharField(max_length=32)
    authority = models.CharField(max_length=32)
    at = models.BigIntegerField()

    class Meta:
        app_label = "exchange"
        db_table = "exchange_decision"
