"""Who may have the live stream: the same gates as for a page, walked through once, then kept watch over."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.http import HttpResponseBase
from django.utils import timezone

from libertad.access import guarded
from libertad.access.actor import Actor
from libertad.access.models import Account, Officer, Session
from libertad.access.officer_suspensions import suspended
from libertad.access.sessions import storage_name
from libertad.journal.guards import GUARDS
from libertad.journal.node import node

Headers = list[tuple[bytes, bytes]]
OWN = frozenset({"content-type", "content-length", "content-encoding"})


@dataclass(frozen=True)
class Admitted:
    """A signed-in officer whose role may watch the board, and the headers that a page would have."""

    actor: Actor
    account: int
    session: str
    proof: str
    language: str
    kind: str
    after: str
    headers: Headers


@dataclass(frozen=True)
class Refusal:
    """What the gates answered instead: to sign in, nothing here, not within one's rights."""

    status: int
    headers: Headers
    body: bytes


@cache
def _handler() -> BaseHandler:
    handler = BaseHandler()
    handler.load_middleware(is_async=False)
    return handler


def admit(scope: dict[str, Any]) -> Admitted | Refusal:
    """Runs the request through every middleware and the view `board-live`. Blocking: call it in a thread."""
    request = ASGIRequest(scope, io.BytesIO())
    response = _handler().get_response(request)
    try:
        actor: Actor | None = getattr(request, "actor", None)
        if response.status_code != 204 or actor is None or request.method != "GET":
            return Refusal(response.status_code, _headers(response), getattr(response, "content", b""))
        account = cast(Account, request.user)
        return Admitted(
            actor=actor,
            account=account.pk,
            session=request.session.session_key or "",
            proof=account.get_session_auth_hash(),
            language=request.LANGUAGE_CODE,
            kind=request.GET.get("feed", ""),
            after=request.headers.get("Last-Event-ID") or request.GET.get("after", ""),
            headers=[(name, value) for name, value in _headers(response) if name.decode() not in OWN],
        )
    finally:
        response.close()


def _headers(response: HttpResponseBase) -> Headers:
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in response.items()]
    return headers + [(b"set-cookie", morsel.OutputString().encode()) for morsel in response.cookies.values()]


def still_in(watching: Iterable[Admitted]) -> set[tuple[str, Actor]]:
    """(session, actor) of those whose session lives and who still are whom they were let in as.

    Four queries however many watch. A changed password, role or authority ends a stream as well.
    """
    every = list(watching)
    sessions = {
        row
        for row in Session.objects.filter(
            session_key__in={storage_name(admitted.session) for admitted in every},
            expire_date__gt=timezone.now(),
        ).values_list("session_key", "account")
        if guarded.believed(guarded.SESSION, *row)
    }
    accounts = {
        key: account
        for key, account in Account.objects.filter(is_active=True)
        .in_bulk({admitted.account for admitted in every})
        .items()
        if guarded.account_holds(account)
    }
    columns = GUARDS["access_officer"].names
    officers = set()
    for row in Officer.objects.filter(
        pk__in={admitted.actor.officer for admitted in every}, withdrawn=False
    ).values_list(*columns):
        if guarded.believed("access_officer", *row):
            officer = dict(zip(columns, row, strict=True))
            officers.add((officer["id"], officer["authority"], officer["role"]))
    proofs = {key: account.get_session_auth_hash() for key, account in accounts.items()}
    shut = suspended(node().sql())
    return {
        (admitted.session, admitted.actor)
        for admitted in every
        if (storage_name(admitted.session), admitted.account) in sessions
        and proofs.get(admitted.account) == admitted.proof
        and admitted.actor.officer not in shut
        and (admitted.actor.officer, admitted.actor.authority, admitted.actor.role) in officers
    }
