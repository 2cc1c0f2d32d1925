"""Keys of programs for tests, also such as nobody would be given."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from libertad.access import keys
from libertad.access.actor import Actor
from libertad.access.matrix import matrix
from libertad.access.models import Account, ApiKey, ProgramKey
from tests.support.sealed import believe


def program(actor: Actor) -> Client:
    """A client with a key of this officer and no session.

    Where the officer's role gives no key, one is planted: what it opens is the gate's matter too.
    """
    if actor.role in matrix().entries["key.make"].say:
        secret = keys.make(actor).secret
    else:
        secret = planted(actor)
    return Client(headers={"Authorization": f"ApiKey {secret}"})


def planted(actor: Actor, key: str = "e" * 32) -> str:
    """Put a key into the tables past every rule; returns what opens it."""
    secret, now = f"planted {key}", timezone.now()
    ApiKey.objects.update_or_create(
        id=key,
        defaults={
            "digest": keys._hashed(secret),
            "account": Account.objects.get(officer=actor.officer),
            "authority": actor.authority,
            "role": actor.role,
            "expires": now + timedelta(days=1),
            "window": now,
        },
    )
    row, _ = ProgramKey.objects.update_or_create(
        id=key,
        defaults={
            "compartment": "",
            "authority": actor.authority,
            "officer": actor.officer,
            "made": now,
            "until": "2099-01-01",
        },
    )
    believe(row)
    return secret
