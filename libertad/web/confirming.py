"""Before a decision is said, its officer's passkey is asked to confirm exactly these words.

A form that is sent is prepared and shown as it will be said (`access/confirmed.py`), with a challenge over
these bytes and a nonce that the session keeps and gives once. Whoever has no passkey here, or no browser for
it, goes on without: that is shown with what was said, and never hindered.
"""

from __future__ import annotations

import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any

import msgspec
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render

from libertad.access.asking import actor_of
from libertad.access.confirmed import Prepared, Script, Vouch
from libertad.access.form_actions import ConfirmFirst
from libertad.access.queries_passkeys import PasskeySeen, confirms, limits
from libertad.access.rehearsing import is_confirmed, rehearse
from libertad.journal import assertions
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.vouching import EntryVouch
from libertad.web.confirming_words import lines
from libertad.web.passkeys import CredentialField, count, parsed
from libertad.web.published_passkeys import keys_here, passkeys_of, standing
from libertad.web.signing_in import domain
from libertad.web.submitting import UNSENT

TOKEN, CREDENTIAL, WITHOUT, CHANGE = "confirm", "credential", "unconfirmed", "change"
FIELDS = frozenset({TOKEN, CREDENTIAL, WITHOUT, CHANGE}) | UNSENT
PREPARED = "prepared"  # in the session: by nonce, until when, at which address, and what
USED = marked(
    "what was shown to be confirmed was answered already, or is too old: nothing is saved. Read it again, "
    "send it, and confirm it anew"
)
UNFIT = marked(
    "the passkey's answer does not fit: nothing is saved. Use the passkey that you added at this address, or "
    "record it without one"
)
CHANGED = marked("nothing is recorded yet: change what you want, and send it")
encoder, decoder = msgspec.json.Encoder(), msgspec.json.Decoder(prepared(Prepared))


def confirm(
    request: HttpRequest, form: forms.Form, action: Callable[..., Any], arguments: dict[str, Any]
) -> Script | None:
    """`form_actions.CONFIRM`: what the act follows; None for an act without a passkey."""
    if not is_confirmed(action) or request.FILES or WITHOUT in request.POST:
        return None
    if CHANGE in request.POST:
        raise Refused("", CHANGED)
    token = request.POST.get(TOKEN, "")
    if token:
        return answered(request, token)
    actor = actor_of(request)
    keys = keys_here(request, actor)
    prepared = rehearse(actor, action, **arguments) if keys else None
    if prepared is not None:
        raise ConfirmFirst(page(request, form, prepared, keys))
    return None


# -- asking and being answered -------------------------------------------------------------------


def page(request: HttpRequest, form: forms.Form, prepared: Prepared, keys: list[PasskeySeen]) -> Any:
    """What will be said, with the challenge over exactly that."""
    nonce = keep(request, prepared)
    requested = assertions.challenge(prepared.compartment, nonce, prepared.body)
    options = {
        "challenge": assertions.text_of(requested),
        "rpId": domain(request),
        "userVerification": "required",
        "allowCredentials": [
            {"id": assertions.text_of(bytes.fromhex(key.credential)), "type": "public-key"} for key in keys
        ],
    }
    sent = [(name, value) for name, values in request.POST.lists() for value in values if name not in FIELDS]
    context = {
        "lines": lines(actor_of(request), form, prepared.content),
        "options": encoder.encode(options).decode(),
        "token": nonce,
        "sent": sent,
        "minutes": limits().prepared_minutes,
    }
    return render(request, "web/confirm_passkey.html", context)


def keep(request: HttpRequest, prepared: Prepared) -> str:
    """Keep what was prepared in the session, sealed as all that it holds; its nonce (hex)."""
    nonce = assertions.fresh_nonce()
    until = time.time() + 60 * limits().prepared_minutes
    pending = dict(list(request.session.get(PREPARED, {}).items())[-limits().prepared_at_once + 1 :])
    pending[nonce] = [until, request.path, b64encode(encoder.encode(prepared)).decode()]
    request.session[PREPARED] = pending
    return nonce


def take(request: HttpRequest, nonce: str) -> Prepared | None:
    """What was prepared under a nonce, once; None where it is used up, too old, or of another address."""
    pending = dict(request.session.get(PREPARED, {}))
    until, path, text = pending.pop(nonce, (0.0, "", ""))
    request.session[PREPARED] = pending
    if time.time() > until or path != request.path:
        return None
    return decoder.decode(b64decode(text))


def answered(request: HttpRequest, nonce: str) -> Script:
    """The act as it was prepared, with the passkey's answer for it; Refused for an answer that is none."""
    prepared = take(request, nonce)
    if prepared is None:
        raise Refused("", USED)
    actor = actor_of(request)
    try:
        credential = CredentialField().clean(request.POST.get(CREDENTIAL, ""))
        answer = parsed(webauthn.parse_authentication_response, credential)
        response = answer.response
        vouch = Vouch(
            credential=bytes(answer.raw_id).hex(),
            nonce=nonce,
            data=bytes(response.authenticator_data).hex(),
            client=bytes(response.client_data).hex(),
            signature=bytes(response.signature).hex(),
        )
        vouch_entry = EntryVouch(entry="00" * 32, **msgspec.structs.asdict(vouch))
        factor = next(
            own
            for own in passkeys_of(request.user)
            if bytes(own.wrap().authenticator_data.credential_data.credential_id).hex() == vouch.credential
        )
        fitting = confirms(
            vouch_entry,
            (prepared.compartment, prepared.body),
            standing(request, actor),
            prepared.content.clock,
        )
        if not fitting:
            raise Refused("", UNFIT)
        with transaction.atomic():
            count(factor, response.authenticator_data.counter)
    except (ValidationError, StopIteration, Refused):
        raise Refused("", UNFIT) from None
    return Script(prepared, vouch)
