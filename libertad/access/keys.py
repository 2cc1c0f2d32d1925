"""Keys with which an officer's program asks, for the routes marked `keyed` and no other.

A key acts as the officer who made it, within what the matrix lets the officer's role ask for. Who gave which
program a key, and why it ended, is in the journal; beside it stand a hash of the key and how often it asked.
A key ends by itself, with the officer's access, and when the officer sets a password anew.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from libertad.access import guarded
from libertad.access.acting import perform
from libertad.access.actions.end_key import end_key, of_others
from libertad.access.actions.make_key import make_key
from libertad.access.actor import Actor
from libertad.access.chosen_operation import working_as
from libertad.access.models import Account, ApiKey, KeyUse, ProgramKey
from libertad.access.queries import officer_names, open_row, readable
from libertad.vocabulary.values import Refused

DAYS = 30
LONGEST = 90
AN_HOUR = 1000  # questions of one key: a list of lost documents, and not a register's guesses
COUNTED = 30  # days for which it is kept how much a key asked
UNNAMED = "Program"
SCHEME = "apikey"
State = Literal["works", "stopped", "ran-out", "ended"]
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


@dataclass(frozen=True)
class KeySeen:
    """A key as its officer, or who may end it, sees it; never what it opens with.

    `state` 'stopped': its officer's access ended or changed, or a password was set anew. `today`, `month`:
    questions on this day and in the last 30 (UTC); `last`: the last day among these on which it asked.
    """

    id: str
    program: str
    officer: str
    officer_name: str
    made: datetime
    until: date
    state: State
    ended_at: datetime | None
    ended_by_name: str
    reason: str
    last: date | None
    today: int
    month: int
    provenance: str = ""


def keyed(view: View) -> View:
    """Mark a view that is asked with a key alone. A session does not open it, so no form can be forged."""
    view.keyed = True  # type: ignore[attr-defined]
    return csrf_exempt(view)


def make(actor: Actor, days: int = DAYS, program: str = UNNAMED) -> Made:
    """A key of the actor's own."""
    return _make(actor, days, program, _hashed)


def make_calendar(actor: Actor, program: str) -> Made:
    """A key that opens the actor's dates for a calendar program (`calendar_asker`) and nothing else."""
    return _make(actor, LONGEST, program, _calendar_digest)


def _make(actor: Actor, days: int, program: str, digest: Callable[[str], str]) -> Made:
    if not 1 <= days <= LONGEST:
        raise Refused("days", "a key lasts from 1 to %(most)s days", most=LONGEST)
    account = Account.objects.filter(officer=actor.officer, is_active=True).first()
    if account is None:
        raise Refused("officer", "there is no sign-in of this officer on this node")
    secret, now = secrets.token_urlsafe(32), timezone.now()
    expires = now + timedelta(days=days)
    key = perform(
        actor,
        make_key,
        program=program,
        account=account.pk,
        digest=digest(secret),
        made=now,
        expires=expires,
    )
    return Made(key, secret, expires)


def end(actor: Actor, key: str, reason: str) -> None:
    """End a key at once: one's own, or as who may withdraw its officer. Refused alike where there is none."""
    perform(actor, end_key, key=key, reason=reason)


def listed(actor: Actor) -> list[KeySeen]:
    """The keys that the actor may end, and those that ended, the newest first."""
    rows = readable(actor, ProgramKey).filter(authority=actor.authority)
    if not of_others(actor):
        rows = rows.filter(officer=actor.officer)
    key_rows = list(rows.order_by("-made", "pk"))
    names = officer_names(actor, [name for row in key_rows for name in (row.officer, row.ended_by) if name])
    states = _states(row.pk for row in key_rows)
    used = _used(row.pk for row in key_rows)
    today = timezone.now().date()
    return [_key_view(actor, row, names, states, used.get(row.pk, {}), today) for row in key_rows]


def find_key(actor: Actor, key: str) -> KeySeen | None:
    """One of `listed`; None alike for none and for one that the actor may not end."""
    return next((program_key for program_key in listed(actor) if program_key.id == key), None)


def _key_view(
    actor: Actor,
    row: ProgramKey,
    names: Mapping[str, str],
    states: Mapping[str, State],
    used: Mapping[date, int],
    today: date,
) -> KeySeen:
    words = open_row(actor, row)
    until = date.fromisoformat(row.until)
    state: State = "ended" if row.ended_at else states.get(row.pk, "ran-out" if until < today else "stopped")
    return KeySeen(
        id=row.pk,
        program=words.get("program", ""),
        officer=row.officer,
        officer_name=names.get(row.officer, ""),
        made=row.made,
        until=until,
        state=state,
        ended_at=row.ended_at,
        ended_by_name=names.get(row.ended_by, ""),
        reason=words.get("reason", ""),
        last=max(used, default=None),
        today=used.get(today, 0),
        month=sum(used.values()),
        provenance=row.provenance,
    )


def _states(keys: Iterable[str]) -> dict[str, State]:
    """Of keys that are still stored, what each is good for."""
    now, states = timezone.now(), dict[str, State]()
    for row in ApiKey.objects.select_related("account").filter(pk__in=list(keys)):
        states[row.pk] = "ran-out" if row.expires <= now else "works" if _actor(row) else "stopped"
    return states


def _used(keys: Iterable[str]) -> dict[str, dict[date, int]]:
    since = timezone.now().date() - timedelta(days=COUNTED - 1)
    uses: dict[str, dict[date, int]] = {}
    for key, day, count in KeyUse.objects.filter(key__in=list(keys), day__gte=since).values_list(
        "key", "day", "asked"
    ):
        uses.setdefault(key, {})[day] = count
    return uses


def asker(header: str) -> Asker | None:
    """Who asks by 'Authorization: ApiKey <secret>'. None alike for every reason why a key does not open."""
    scheme, _, secret = header.strip().partition(" ")
    if scheme.lower() != SCHEME or not secret.strip():
        return None
    return _asker(_hashed(secret.strip()))


def calendar_asker(secret: str) -> Asker | None:
    """Who asks by the secret in a calendar's address. None alike for every reason why it does not open."""
    return _asker(_calendar_digest(secret))


def _asker(digest: str) -> Asker | None:
    row = ApiKey.objects.select_related("account").filter(digest=digest).first()
    actor = _actor(row) if row is not None else None
    if row is None or actor is None or not guarded.works(row):  # or a database from before it ended
        return None
    return Asker(actor, row.pk)


def _actor(row: ApiKey) -> Actor | None:
    """As whom it asks: in the role and authority of the officer today, with an account that could sign in, in
    the operation in which the key was made."""
    operation = ProgramKey.objects.filter(pk=row.pk).values_list("operation", flat=True).first() or ""
    actor = working_as(row.account, operation)
    if row.expires <= timezone.now() or actor is None:
        return None
    # It is in that one no more: a program does not go over to another.
    if operation not in ("", actor.operation):
        return None
    if (actor.authority, actor.role) != (row.authority, row.role):
        return None
    if settings.LIBERTAD_REQUIRE_CODE and not _has_factor(row.account):
        return None
    return actor


def take(key: str, questions: int, limit: int = AN_HOUR) -> bool:
    """Count questions against the key's hour, whoever else counts meanwhile; False if they are too many."""
    now = timezone.now()
    row = ApiKey.objects.filter(pk=key)
    with transaction.atomic():
        row.filter(window__lte=now - timedelta(hours=1)).update(window=now, asked=0)
        if not row.filter(asked__lte=limit - questions).update(asked=F("asked") + questions):
            return False
        _note(key, now.date(), questions)
    return True


def _note(key: str, day: date, questions: int) -> None:
    today = KeyUse.objects.filter(key=key, day=day)
    if not today.update(asked=F("asked") + questions):
        KeyUse.objects.filter(day__lte=day - timedelta(days=COUNTED)).delete()
        KeyUse.objects.bulk_create([KeyUse(key=key, day=day)], ignore_conflicts=True)
        today.update(asked=F("asked") + questions)


def _has_factor(account: Account) -> bool:
    from allauth.mfa.utils import is_mfa_enabled

    return bool(is_mfa_enabled(account))


def _calendar_digest(secret: str) -> str:
    """Of a kind of its own: a key of a program is no calendar's, and the secret in an address, which others
    keep, asks nothing as a program's key."""
    return hashlib.blake2b(secret.encode(), digest_size=32, person=b"libertad feed").hexdigest()


def _hashed(secret: str) -> str:
    """A plain hash is enough: the secret has 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()
