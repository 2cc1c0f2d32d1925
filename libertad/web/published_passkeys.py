"""An officer's passkeys as this node has them, and as others are told of them (`officer.passkey`).

What is published are those that asked for finger, face or PIN when they were added: others show that somebody
held the key, and not who.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from fido2 import cbor

from libertad.access import guarded
from libertad.access.acting import Act, Forbidden
from libertad.access.actions.publish_passkeys import publish_passkeys
from libertad.access.actor import Actor
from libertad.access.queries_passkeys import PasskeySeen
from libertad.access.queries_passkeys import passkeys_of as published_of
from libertad.journal import assertions
from libertad.journal.node import node
from libertad.vocabulary.values import Refused
from libertad.web.signing_in import domain

Key = tuple[str, str, str]  # credential, public key (both hex), name of the page


def passkeys_of(user: Any) -> list[Authenticator]:
    return list(
        Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN).order_by("created_at")
    )


def tell_others(request: HttpRequest) -> None:
    """After one was added or removed. Who works in no operation yet tells it with the first decision."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is not None:
        publish(request, actor)


def publish(request: HttpRequest, actor: Actor) -> None:
    """Bring what is published of an officer's passkeys to what this node has of them. No form is used up.

    Of a sign-in that somebody else changed in the database nothing is told to anybody.
    """
    if not guarded.trusted(request.user):  # type: ignore[arg-type]
        return
    keys = [key for factor in passkeys_of(request.user) if (key := _key(request, factor)) is not None]
    with suppress(Refused, Forbidden):
        node().writer.submit(lambda tx: publish_passkeys(Act(tx, actor), keys=keys))


def keys_here(request: HttpRequest, actor: Actor) -> list[PasskeySeen]:
    """The officer's published passkeys that sign at this address."""
    if not passkeys_of(request.user):
        return []
    publish(request, actor)
    return standing(request, actor)


def standing(request: HttpRequest, actor: Actor) -> list[PasskeySeen]:
    """Of what is published now, those that sign at this address."""
    if not guarded.trusted(request.user):  # type: ignore[arg-type]
        return []
    own = {key[0] for factor in passkeys_of(request.user) if (key := _key(request, factor)) is not None}
    return [
        passkey
        for passkey in published_of(actor, actor.authority, actor.officer)
        if passkey.ended_at is None and passkey.credential in own and passkey.name == domain(request)
    ]


def _key(request: HttpRequest, factor: Authenticator) -> Key | None:
    """What is published of a passkey; None of one that asked for no finger, face or PIN when it was added."""
    try:
        data = factor.wrap().authenticator_data
        credential = data.credential_data
        public = cbor.encode(dict(credential.public_key))
        name = next(
            name for name in _names(request) if hashlib.sha256(name.encode()).digest() == data.rp_id_hash
        )
    except Exception:  # a row that somebody else wrote
        return None
    if not data.flags & assertions.VERIFIED or not assertions.usable(public):
        return None
    return bytes(credential.credential_id).hex(), public.hex(), name


def _names(request: HttpRequest) -> Iterator[str]:
    yield domain(request)
    for origin in settings.LIBERTAD_PASSKEY_ORIGINS:
        yield urlsplit(origin.removesuffix(":*")).hostname or ""
