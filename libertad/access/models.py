"""Who may: authorities, devices, officers, compartments and their readers, holds; and sign-ins."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from libertad.access.appointment_models import Appointment as Appointment
from libertad.access.changes_models import Begun as Begun
from libertad.access.changes_models import Closing as Closing
from libertad.access.changes_models import OperationChange as OperationChange
from libertad.access.changes_models import Removed as Removed
from libertad.access.changes_models import Suspended as Suspended
from libertad.access.changes_models import Suspension as Suspension
from libertad.access.changes_models import Undone as Undone
from libertad.access.changes_models import Vouched as Vouched
from libertad.access.complaint_models import ComplaintRow as ComplaintRow
from libertad.access.glass_models import BrokenGlass as BrokenGlass
from libertad.access.passkey_models import Passkey as Passkey
from libertad.access.receiving_models import CareConfirmed as CareConfirmed
from libertad.access.receiving_models import DangerContact as DangerContact
from libertad.access.sharing_models import Sharing as Sharing
from libertad.access.submission_models import SubmissionRecord as SubmissionRecord
from libertad.access.suspension_models import OfficerSuspension as OfficerSuspension
from libertad.access.suspension_models import SuspensionClock as SuspensionClock
from libertad.journal.fields import MomentField
from libertad.journal.models import ReadModel, SealedColumn


class Authority(ReadModel):
    """A police force, a coordinating centre, an NGO, a social service, a prosecution or deciding office."""

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    country = models.CharField(max_length=2)
    zone = models.CharField(max_length=64)
    part = models.CharField(max_length=20)
    officers = models.IntegerField(default=0)


class Member(ReadModel):
    """'operation:authority': an authority as an operation's file invited it, the removed ones too."""

    authority = models.CharField(max_length=32, db_index=True)
    kind = models.CharField(max_length=20)
    country = models.CharField(max_length=2)
    part = models.CharField(max_length=20)
    officers = models.IntegerField(default=0)


class Officer(ReadModel):
    """An officer; name, rank and service number are sealed."""

    authority = models.CharField(max_length=32, db_index=True)
    role = models.CharField(max_length=32)
    withdrawn = models.BooleanField(default=False)


class Compartment(ReadModel):
    """A compartment: its kind, its owner, and what it is about (a random id)."""

    kind = models.CharField(max_length=16)
    owner = models.CharField(max_length=32)
    about = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["kind", "about"], name="access_compartment_about")]


class Reader(ReadModel):
    """'compartment:authority': the authority reads the compartment; `by` is the authority that named it."""

    id = models.CharField(primary_key=True, max_length=80)
    authority = models.CharField(max_length=32)
    kind = models.CharField(max_length=16)
    by = models.CharField(max_length=32)

    class Meta:
        indexes = [
            models.Index(fields=["authority", "kind", "compartment"], name="access_reader_of"),
            models.Index(fields=["authority", "operation", "kind"], name="access_reader_counted"),
        ]


class Device(ReadModel):
    """A device that an authority enrolled, by its id; `revoked` once that authority has said so.

    `kind` '' speaks for the whole authority. 'field' is one `officer`'s phone in the row's operation, which
    says these `verbs` (separated by blanks) `until` then: whoever asks for a device of an authority asks for
    which of the two.
    """

    public = models.CharField(max_length=64)
    authority = models.CharField(max_length=32, db_index=True)
    revoked = models.BooleanField(default=False)
    kind = models.CharField(max_length=16, blank=True, default="")
    officer = models.CharField(max_length=32, blank=True, default="", db_index=True)
    until = MomentField(null=True)
    verbs = models.TextField(blank=True, default="")


class Revocation(ReadModel):
    """'compartment:device:authority': the authority recognises the device's log there up to `last`.

    Binds only where the device is that authority's own: whoever reads this compares.
    """

    id = models.CharField(primary_key=True, max_length=112)
    device = models.CharField(max_length=32, db_index=True)
    authority = models.CharField(max_length=32)
    last = models.BigIntegerField()


class Node(ReadModel):
    """By authority: the node where it lives, the node's key, and where it answers ('' when it does not)."""

    origin = models.CharField(max_length=32, db_index=True)
    public = models.CharField(max_length=64)
    address = models.CharField(max_length=200)


class Clock(ReadModel):
    """An operation's clock: it read `reads` at `set_at` and runs `rate` seconds a second."""

    reads = MomentField()
    set_at = MomentField()
    rate = models.FloatField()


class Attachment(ReadModel):
    """A picture or document, by its entry. Name, kind, size and key are sealed; its bytes lie in chunks."""

    about = models.CharField(max_length=32, db_index=True)
    digest = models.CharField(max_length=64, db_index=True)
    chunks = models.IntegerField()
    priority = models.IntegerField()
    officer = models.CharField(max_length=32)
    authority = models.CharField(max_length=32)
    at = MomentField()


class Hold(ReadModel):
    """A person under a legal hold; nothing of the person may be erased.

    Its id is the person's; of a hold by `reference` it is the hold's own.
    """

    reference = models.CharField(max_length=32, blank=True, default="", db_index=True)
    active = models.BooleanField()
    since = MomentField()
    place = models.CharField(max_length=32)


class HoldTally(ReadModel):
    """A legal hold under an id that only those with a file of the person can work out."""

    active = models.BooleanField()
    since = MomentField()
    authority = models.CharField(max_length=32)


class Opening(ReadModel):
    """Somebody opened a file: when, who, which page. That it was opened is what stays in the clear."""

    CLOSED, LEAST = True, 256

    subject = models.CharField(max_length=32, db_index=True)
    page = SealedColumn()
    officer = SealedColumn()
    authority = SealedColumn()
    at = SealedColumn(None, moment=True)


class ErasedFile(ReadModel):
    """That a country's file of an operation was erased here: which kind of file, and when by its clock."""

    kind = models.CharField(max_length=16)
    country = models.CharField(max_length=2)
    at = MomentField()


class ProgramKey(ReadModel):
    """A key of an officer's program, as the journal tells of it. Its program, and why it ended, are sealed.

    `made`, `ended_at`: by the node's own clock, by which keys run out.
    """

    authority = models.CharField(max_length=32, db_index=True)
    officer = models.CharField(max_length=32, db_index=True)
    made = MomentField()
    until = models.CharField(max_length=10)
    ended_at = MomentField(null=True)
    ended_by = models.CharField(max_length=32, blank=True, default="")


class OperationFile(models.Model):
    """The one file of an operation that this node joined (`operation_files`); '' until it has arrived."""

    operation = models.CharField(primary_key=True, max_length=32)
    inviter = models.CharField(max_length=32)
    compartment = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        db_table = "access_operation_file"


class Number(models.Model):
    """Last human reference number given in a series, so that none is given twice."""

    series = models.CharField(max_length=32, primary_key=True)
    last = models.BigIntegerField()


def service_key(service_number: str) -> str:
    """What a service number is looked up by: keyed, because a plain hash of so few numbers is no secret."""
    words = "".join(service_number.split()).upper()
    return hmac.new(bytes.fromhex(settings.LIBERTAD_ACCOUNT_KEY), words.encode(), hashlib.sha256).hexdigest()


class AccountManager(BaseUserManager["Account"]):
    def create_user(self, service_number: str, password: str | None, officer: str) -> Account:
        account = self.model(service_number=service_key(service_number), officer=officer)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def of(self, service_number: str) -> Account | None:
        """The account of a service number as a person writes it."""
        return self.filter(service_number=service_key(service_number)).first()


class Account(AbstractBaseUser):
    """A sign-in. Says only which officer it is; role and authority come from the journal.

    `service_number` holds `service_key` of the number: the number itself is in the sealed officer's row.
    """

    service_number = models.CharField(max_length=64, unique=True)
    officer = models.CharField(max_length=32, unique=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)
    email = ""

    objects = AccountManager()
    USERNAME_FIELD = "service_number"

    class Meta:
        db_table = "access_account"

    def __str__(self) -> str:
        return "account"


class Enrolment(models.Model):
    """A one-time code with which an officer sets a password: kept as a hash, for two days, used once."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE)
    code = models.CharField(max_length=64)
    expires = models.DateTimeField()

    class Meta:
        db_table = "access_enrolment"


class ApiKey(models.Model):
    """A key of an officer's program, by a hash of it; of the role and authority for which it was made.

    `asked`: questions since `window`. Its `ProgramKey` has the same id.
    """

    id = models.CharField(primary_key=True, max_length=32)
    digest = models.CharField(max_length=64, unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    authority = models.CharField(max_length=32)
    role = models.CharField(max_length=32)
    made = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField()
    window = models.DateTimeField()
    asked = models.IntegerField(default=0)

    class Meta:
        db_table = "access_api_key"


class KeyUse(models.Model):
    """How many questions a program's key asked on a day (UTC). Kept for 30 days, also of a key that ended."""

    key = models.CharField(max_length=32)
    day = models.DateField()
    asked = models.IntegerField(default=0)

    class Meta:
        db_table = "access_key_use"
        constraints = [models.UniqueConstraint(fields=["key", "day"], name="access_key_use_day")]


class Session(AbstractBaseSession):
    """A signed-in browser. Its key is kept hashed and its data sealed; `account` lets a withdrawal end it."""

    account = models.BigIntegerField(null=True, db_index=True)

    class Meta:
        db_table = "access_session"


class PasskeyUse(models.Model):
    """How often a passkey says that it has signed: a copy of it falls behind, and is known by that.

    Beside the factor and not in it, since a change of a factor ends the other sessions of its officer.
    """

    factor = models.OneToOneField("mfa.Authenticator", on_delete=models.CASCADE, primary_key=True)
    counter = models.BigIntegerField()

    class Meta:
        db_table = "access_passkey_use"


class Attempt(models.Model):
    """A sign-in that failed: when (ms), at which step, and whose and from where by keyed hashes.

    `mark`: of a browser in which the account had signed in before; '' for any other.
    """

    at = models.BigIntegerField(db_index=True)
    step = models.CharField(max_length=12)
    account = models.CharField(max_length=32)
    network = models.CharField(max_length=32)
    mark = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        db_table = "access_attempt"
        indexes = [
            models.Index(fields=["account", "at"], name="access_attempt_account"),
            models.Index(fields=["network", "at"], name="access_attempt_network"),
        ]
