"""Read models of the protection file. All lie in the person's care compartment, and all of a row is sealed.

What stays in the clear is how many rows of each kind a file has, and the reference that people type.
"""

from __future__ import annotations

from django.db import models

from libertad.care.closing_models import ProposedClosing as ProposedClosing
from libertad.care.desk_models import CaseNote as CaseNote
from libertad.care.desk_models import Desk as Desk
from libertad.care.disclosure_models import Disclosure as Disclosure
from libertad.care.document_models import DueDocument as DueDocument
from libertad.care.document_models import PersonDocument as PersonDocument
from libertad.care.exploitation_models import Exploitation as Exploitation
from libertad.care.family_models import Family as Family
from libertad.care.family_models import GuardianClearing as GuardianClearing
from libertad.care.leading_models import Leading as Leading
from libertad.care.outside_models import AskedPage as AskedPage
from libertad.care.outside_models import OpenPage as OpenPage
from libertad.care.outside_models import OutsideService as OutsideService
from libertad.care.plan_models import PlanGoal as PlanGoal
from libertad.care.plan_models import PlanUnread as PlanUnread
from libertad.care.signed_models import SignedDecision as SignedDecision
from libertad.journal.models import ReadModel, SealedColumn


class CareFile(ReadModel):
    """Where a person stands by one protection file; its id is the file's, since two authorities may each keep
    a file of one person.

    `status` is the last decision that a second reader confirmed, '' before that; `waiting` and
    `return_waiting` name decisions that still wait for one and do not count, as `closing` a proposal to close
    it does. `suspended`: the decision waits for the outcome of an appeal. `closed_at` is null while open;
    `contact_at`: when somebody last recorded the contact since.
    """

    CLOSED = True

    person = models.CharField(max_length=32, db_index=True)
    reference = models.CharField(max_length=32)
    opened_at = SealedColumn(None, moment=True)
    zone = SealedColumn()
    child = SealedColumn(False)
    child_at = SealedColumn(None, moment=True)
    status = SealedColumn()
    status_at = SealedColumn(None, moment=True)
    status_zone = SealedColumn("UTC")
    waiting = SealedColumn()
    review_on = SealedColumn()
    wish = SealedColumn()
    wish_at = SealedColumn(None, moment=True)
    decision = SealedColumn()
    decision_at = SealedColumn(None, moment=True)
    suspended = SealedColumn(False)
    return_waiting = SealedColumn()
    closed_at = SealedColumn(None, moment=True)
    closed_for = SealedColumn()
    contact_on = SealedColumn()
    contact_at = SealedColumn(None, moment=True)
    keep_until = SealedColumn()
    closing = SealedColumn()
    closing_by = SealedColumn()
    closing_at = SealedColumn(None, moment=True)


class Part(ReadModel):
    """What every dated part of a protection file says: whose, when, by whom."""

    CLOSED = True

    person = models.CharField(max_length=32, db_index=True)
    at = SealedColumn(None, moment=True)
    zone = SealedColumn()
    officer = SealedColumn()
    authority = SealedColumn()

    class Meta:
        abstract = True


class Consent(Part):
    """One purpose and one recipient, agreed or not."""

    purpose = SealedColumn()
    agreed = SealedColumn(False)
    capacity = SealedColumn()
    until = SealedColumn()
    withdrawn_at = SealedColumn(None, moment=True)


class Screening(Part):
    """Answers under a rule set and version."""

    rule_set = SealedColumn()
    version = SealedColumn()
    child = SealedColumn(False)


class Decided(Part):
    """A decision and its second reading: `read` is '', 'yes' or 'no'. Only 'yes' counts."""

    read = SealedColumn()
    reader = SealedColumn()
    read_at = SealedColumn(None, moment=True)
    read_zone = SealedColumn("UTC")
    review_on = SealedColumn()

    class Meta:
        abstract = True


class Identification(Decided):
    """Presumed, confirmed or not a victim."""

    status = SealedColumn()
    screening = SealedColumn()


class ReturnDecision(Decided):
    """Return or stay. `read` is 'aside' where an appeal set it aside. `appeal`: 'lodged' while one waits for
    its outcome, since `appeal_at`; else the last outcome."""

    decision = SealedColumn()
    wish = SealedColumn()
    until = SealedColumn()
    appeal_by = SealedColumn()
    appeal = SealedColumn()
    appeal_at = SealedColumn(None, moment=True)


class Referral(Part):
    """A service asked for: `state` is asked, accepted, declined or given; due when `due_at` passes."""

    service = SealedColumn()
    state = SealedColumn()
    state_at = SealedColumn(None, moment=True)
    consent = SealedColumn()
    needed_by = SealedColumn()
    due_at = SealedColumn(None, moment=True)


class Wish(Part):
    """What the person wanted on a day."""

    wish = SealedColumn()


class Closing(Part):
    """The file was closed for a reason, or (`reason` '') opened again, kept longer (`keep_until`), or its
    erasure asked for or refused (`erasure`: the verb)."""

    reason = SealedColumn()


class DecisionAsked(Part):
    """What care asked a deciding authority (`to`) for (`decision-asks`). Its id is the entry's."""

    to = SealedColumn()
    what = SealedColumn()


class Interpreters(ReadModel):
    """Who interprets for a person, and who did; its id is the file's. All of it is sealed (`listed`)."""

    CLOSED = True

    person = models.CharField(max_length=32, db_index=True)


class Safety(ReadModel):
    """How a person is reached safely; its id is the file's. Only the caseworkers read it."""

    CLOSED = True

    person = models.CharField(max_length=32, db_index=True)

    at = SealedColumn(None, moment=True)
    zone = SealedColumn()
    officer = SealedColumn()
