"""Read models of the protection file. All lie in the person's care compartment; words are sealed."""

from __future__ import annotations

from django.db import models

from libertad.care.desk_models import Desk as Desk
from libertad.journal.fields import MomentField
from libertad.journal.models import ReadModel


class CareFile(ReadModel):
    """Where a person stands; its id is the person's. Name and counting id are sealed.

    `status` is the last decision that a second reader confirmed, '' before that; `waiting` and
    `return_waiting` name decisions that still wait for one and do not count. `closed_at` is null while open.
    """

    reference = models.CharField(max_length=32)
    opened_at = MomentField()
    zone = models.CharField(max_length=64)
    child = models.BooleanField()
    child_at = MomentField()
    status = models.CharField(max_length=20, blank=True, default="")
    status_at = MomentField(null=True)
    status_zone = models.CharField(max_length=64, blank=True, default="UTC")
    waiting = models.CharField(max_length=32, blank=True, default="")
    review_on = models.CharField(max_length=10, blank=True, default="")
    wish = models.CharField(max_length=20, blank=True, default="")
    wish_at = MomentField(null=True)
    decision = models.CharField(max_length=20, blank=True, default="")
    decision_at = MomentField(null=True)
    return_waiting = models.CharField(max_length=32, blank=True, default="")
    closed_at = MomentField(null=True)
    closed_for = models.CharField(max_length=24, blank=True, default="")
    contact_on = models.CharField(max_length=10, blank=True, default="")
    keep_until = models.CharField(max_length=10, blank=True, default="")


class Part(ReadModel):
    """What every dated part of a protection file says: whose, when, by whom."""

    person = models.CharField(max_length=32, db_index=True)
    at = MomentField()
    zone = models.CharField(max_length=64)
    officer = models.CharField(max_length=32)
    authority = models.CharField(max_length=32)

    class Meta:
        abstract = True


class Consent(Part):
    """One purpose and one recipient, agreed or not. Recipient, guardian and what is withheld are sealed."""

    purpose = models.CharField(max_length=32)
    agreed = models.BooleanField()
    capacity = models.CharField(max_length=20)
    until = models.CharField(max_length=10, blank=True, default="")
    withdrawn_at = MomentField(null=True)


class Screening(Part):
    """Answers under a rule set and version; answers and the suggestion are sealed."""

    rule_set = models.CharField(max_length=64)
    version = models.CharField(max_length=20)
    child = models.BooleanField(default=False)


class Decided(Part):
    """A decision and its second reading: `read` is '', 'yes' or 'no'. Only 'yes' counts."""

    read = models.CharField(max_length=3, blank=True, default="")
    reader = models.CharField(max_length=32, blank=True, default="")
    read_at = MomentField(null=True)
    read_zone = models.CharField(max_length=64, blank=True, default="UTC")
    review_on = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        abstract = True


class Identification(Decided):
    """Presumed, confirmed or not a victim; reasons and what the person was forced to are sealed."""

    status = models.CharField(max_length=20)
    screening = models.CharField(max_length=32, blank=True, default="")


class ReturnDecision(Decided):
    """Return or stay; what was weighed is sealed."""

    decision = models.CharField(max_length=20)
    wish = models.CharField(max_length=20)
    until = models.CharField(max_length=10, blank=True, default="")
    appeal_by = models.CharField(max_length=10, blank=True, default="")


class Referral(Part):
    """A service asked for: `state` is asked, accepted, declined or given; due when `due_at` passes."""

    service = models.CharField(max_length=32)
    state = models.CharField(max_length=12)
    state_at = MomentField()
    consent = models.CharField(max_length=32)
    needed_by = models.CharField(max_length=40, blank=True, default="")
    due_at = MomentField(null=True)


class Wish(Part):
    """What the person wanted on a day; the words are sealed."""

    wish = models.CharField(max_length=20)


class Closing(Part):
    """The file was closed for a reason, or (`reason` '') opened again, kept longer (`keep_until`), or its
    erasure asked for or refused (`erasure`: the verb); the words are sealed."""

    reason = models.CharField(max_length=24, blank=True, default="")


class Interpreters(ReadModel):
    """Who interprets for a person, and who did; its id is the person's. All of it is sealed (`listed`)."""


class Safety(ReadModel):
    """How a person is reached safely; its id is the person's. Only the caseworkers read it."""

    at = MomentField()
    zone = models.CharField(max_length=64)
    officer = models.CharField(max_length=32)
