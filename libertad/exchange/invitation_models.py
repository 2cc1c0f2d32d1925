"""The table of the invitations that this node has given out."""

from __future__ import annotations

from django.db import models


class Invitation(models.Model):
    """One invitation: whom it invites, until when, and which node used it. Times in milliseconds, UTC.

    `token` is the public half of the key that is made from the invitation's secret: with it a node checks
    that another holds the secret, and nobody who reads this table can answer an invitation.
    """

    id = models.CharField(max_length=32, primary_key=True)
    operation = models.CharField(max_length=32)
    inviter = models.CharField(max_length=32)
    officer = models.CharField(max_length=32)
    authority = models.CharField(max_length=32, db_index=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    country = models.CharField(max_length=2)
    zone = models.CharField(max_length=64)
    part = models.CharField(max_length=20)
    token = models.BinaryField(max_length=32)
    made = models.BigIntegerField()
    expires = models.BigIntegerField()
    used = models.BigIntegerField(null=True)
    used_by = models.CharField(max_length=32, null=True)  # noqa: DJ001  no node has used it yet
    revoked = models.BigIntegerField(null=True)

    class Meta:
        app_label = "exchange"
        db_table = "exchange_invitation"
