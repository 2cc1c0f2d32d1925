"""Appointing, enrolling and withdrawing: the officer's entry in the journal and the account beside it.

Nobody sets another's password and nobody reads or resets another's second factor: an administrator
hands over a one-time code, and the officer sets the password. Whoever lost every factor is withdrawn
and appointed anew, which the journal shows.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from libertad.access import guarded, sessions
from libertad.access.acting import Forbidden, perform
from libertad.access.actions.appoint_officer import appoint_by_one, appoint_new, appoint_officer
from libertad.access.actions.suspend_officer import suspend_officer
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.actor import Actor
from libertad.access.models import Account, ApiKey, Enrolment, Officer, service_key
from libertad.access.queries import open_row, readable
from libertad.access.queries_members import own_officers
from libertad.vocabulary.values import Refused

LASTS = timedelta(hours=48)
SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is read as another


@dataclass(frozen=True)
class Appointed:
    """What an appointment gives: the officer's id, and the code that is shown once."""

    officer: str
    code: str


def number_in_use(actor: Actor) -> Callable[[str], bool]:
    """Whether a service number has a sign-in, or an officer of the actor's authority who has access: what
    `appoint` would refuse now, for many numbers."""
    rows = [row for row in own_officers(actor) if not row.withdrawn]
    borne = {service_key(open_row(actor, row).get("service_number", "")) for row in rows}
    return lambda number: service_key(number) in borne or Account.objects.of(number) is not None


def appoint(actor: Actor, *, name: str, service_number: str, role: str, rank: str = "") -> Appointed:
    """Appoint an officer of the actor's own authority and make the sign-in; `code` is never stored."""
    if not service_number.strip():
        raise Refused("service_number", "give the number with which the officer signs in")
    if Account.objects.of(service_number) is not None:
        raise Refused("service_number", "this number has a sign-in already: withdraw that one first")
    officer = perform(
        actor,
        appoint_new,
        name=name,
        service_number=service_number,
        role=role,
        rank=rank,
        source="decision",
    )
    return Appointed(officer, _code(Account.objects.create_user(service_number, None, officer)))


def first_code(service_number: str, officer: str) -> str:
    """The sign-in of an authority's first administrator, whom nobody appointed: its enrolment code."""
    return _code(Account.objects.create_user(service_number, None, officer))


def new_code(actor: Actor, officer: str) -> Appointed:
    """A code for an officer who forgot the password; appoints again, so that the journal shows it.

    The second factor stays as it is. Where there is none the code gives the whole account to whoever has it:
    a second person confirms that as an appointment.
    """
    row = readable(actor, Officer, [officer]).filter(authority=actor.authority, withdrawn=False).first()
    if row is None:
        raise Refused("officer", "there is no such officer in your authority")
    if officer == actor.officer:
        raise Forbidden("nobody gives an own code")
    columns = open_row(actor, row)
    account = Account.objects.filter(officer=officer).first()
    again = appoint_officer if _has_factor(account) else appoint_by_one
    perform(
        actor,
        again,
        name=columns["name"],
        service_number=columns["service_number"],
        role=row.role,
        rank=columns["rank"],
        officer=officer,
        source="decision",
    )
    return Appointed(
        officer, _code(account or Account.objects.create_user(columns["service_number"], None, officer))
    )


def _has_factor(account: Account | None) -> bool:
    """Whether nobody signs in with a new password alone; factors that this node did not write so are none."""
    if account is None or not guarded.trusted(account):
        return False
    factors = Authenticator.objects.filter(user=account).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return bool(factors.exists())


def withdraw(actor: Actor, officer: str, reason: str) -> None:
    """End an officer's access: entry, sessions, factors and account. Streams see it within 5 seconds."""
    perform(actor, withdraw_officer, officer=officer, reason=reason, source="decision")
    with transaction.atomic():
        for account in Account.objects.filter(officer=officer):
            sessions.end([account.pk])
            account.delete()  # its factors, its keys and its enrolment go with it


def suspend(actor: Actor, officer: str, reason: str) -> None:
    """Suspend an officer's access: entry and sessions. Streams see it within 5 seconds; keys of programs are
    refused until access is back. Account and factors stay."""
    perform(actor, suspend_officer, officer=officer, reason=reason, source="decision")
    sessions.end(Account.objects.filter(officer=officer).values_list("pk", flat=True))


def enrol(service_number: str, code: str, password: str) -> Account:
    """Set a password with a one-time code; every open session and every key of the account ends.

    Refused in the same words whether the number, the code or its time is wrong.
    """
    with transaction.atomic():
        account = Account.objects.of(service_number)
        enrolment = None
        if account is not None:
            enrolment = Enrolment.objects.select_for_update().filter(account=account).first()
        right = hmac.compare_digest(enrolment.code if enrolment else "0" * 64, _hashed(code))
        right = right and account is not None and guarded.enrols(account.pk)
        if account is None or enrolment is None or not right or enrolment.expires < timezone.now():
            raise Refused(
                "code",
                "number and code do not belong together, or the code was used or is too old. If you sent "
                "this form before, its answer may be lost: try to sign in with the new password",
            )
        check_password(account, password)
        account.set_password(password)
        account.save(update_fields=["password"])
        enrolment.delete()
        sessions.end([account.pk])
        ApiKey.objects.filter(account=account).delete()
    return account


def check_password(account: Account | None, password: str) -> None:
    """Refused(password, why) for one that is too short or too common."""
    try:
        password_validation.validate_password(password, account)
    except ValidationError as why:
        raise Refused("password", "%(why)s", why=" ".join(why.messages)) from None


def _code(account: Account) -> str:
    code = "".join(secrets.choice(SIGNS) for _ in range(16))
    with transaction.atomic():
        Enrolment.objects.filter(account=account).delete()
        Enrolment.objects.create(account=account, code=_hashed(code), expires=timezone.now() + LASTS)
    return "-".join(code[i : i + 4] for i in range(0, 16, 4))


def _hashed(code: str) -> str:
    """A plain hash is enough: the code has 78 random bits and two days to live."""
    return hashlib.sha256("".join(code.upper().replace("-", " ").split()).encode()).hexdigest()
