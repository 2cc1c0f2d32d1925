"""Keys with which an officer's program asks, for the routes marked `keyed` and no other.

A key acts as the officer who made it, within what the matrix lets the officer's role ask for. Of a key only a
hash is stored; it ends by itself, with the officer's access, and when the officer sets a password anew.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db.models import F
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from libertad.access.acting import Actor
from libertad.access.models import Account, ApiKey
from libertad.access.queries import actor_of
from libertad.vocabulary.values import Refused

DAYS = 30
LONGEST = 90
AN_HOUR = 1000  # questions of one key: a list of lost documents, and not a register's guesses
SCHEME = "apikey"
View = TypeVar("View", bound=Callable[..., HttpResponse])


@dataclass(frozen=True)
class Made:
    """A new key: `secret` is shown once and never stored."""

    id: str
    secret: str
    expires: datetime


@dataclass(frozen=True)
class Asker:
    """Who asks with a key."""

    actor: Actor
    key: str


def keyed(view: View) -> View:
    """Mark a view that is asked with a key alone. A session does not open it, so no form can be forged."""
    view.keyed = True  # type: ignore[attr-defined]
    return csrf_exempt(view)


def make(actor: Actor, days: int = DAYS) -> Made:
    """A key of the actor's own."""
    if not 1 <= days <= LONGEST:
        raise Refused("days", f"a key lasts from 1 to {LONGEST} days")
    account = Account.objects.filter(officer=actor.officer, is_active=True).first()
    if account is None:
        raise Refused("officer", "there is no sign-in of this officer on this node")
    secret = secrets.token_urlsafe(32)
    row = ApiKey.objects.create(
        id=secrets.token_hex(8), digest=_hashed(secret), account=account, authority=actor.authority,
        role=actor.role, expires=timezone.now() + timedelta(days=days), window=timezone.now(),
    )  # fmt: skip
    return Made(row.pk, secret, row.expires)


def listed(actor: Actor) -> list[ApiKey]:
    """The actor's own keys, the newest first."""
    return list(ApiKey.objects.filter(account__officer=actor.officer).order_by("-made", "pk"))


def end(actor: Actor, key: str) -> None:
    """End a key of the actor's own; Refused alike where there is none and where it is another's."""
    if not ApiKey.objects.filter(pk=key, account__officer=actor.officer).delete()[0]:
        raise Refused("key", "you have no such key")


def asker(header: str) -> Asker | None:
    """Who asks by 'Authorization: ApiKey <secret>'. None alike for every reason why a key does not open.

    It must be the officer's role and authority of today, and an account that could sign in.
    """
    scheme, _, secret = header.strip().partition(" ")
    if scheme.lower() != SCHEME or not secret.strip():
        return None
    row = ApiKey.objects.select_related("account").filter(digest=_hashed(secret.strip())).first()
    if row is None or row.expires <= timezone.now():
        return None
    actor = actor_of(row.account)
    if actor is None or (actor.authority, actor.role) != (row.authority, row.role):
        return None
    if settings.LIBERTAD_REQUIRE_CODE and not _has_factor(row.account):
        return None
    return Asker(actor, row.pk)


def take(key: str, questions: int) -> bool:
    """Count questions against the key's hour, whoever else counts meanwhile; False if they are too many."""
    now = timezone.now()
    row = ApiKey.objects.filter(pk=key)
    row.filter(window__lte=now - timedelta(hours=1)).update(window=now, asked=0)
    return bool(row.filter(asked__lte=AN_HOUR - questions).update(asked=F("asked") + questions))


def _has_factor(account: Account) -> bool:
    from allauth.mfa.utils import is_mfa_enabled

    return bool(is_mfa_enabled(account))


def _hashed(secret: str) -> str:
    """A plain hash is enough: the secret has 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()
