"""Who sends a request, before it is read: an officer's session, or a program's key."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import connections
from django.utils import timezone

from libertad.access import keys
from libertad.access.sessions import SessionStore
from libertad.web.signing_in import UNTIL


def sender_of(scope: Any) -> str:
    """A name to count by, '' for a stranger. Decides nothing but how much may be sent: the screens decide."""
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    try:
        if b"authorization" in headers:
            program = keys.asker(headers[b"authorization"])
            return f"key {program.key}" if program else ""
        try:
            cookie = SimpleCookie(headers.get(b"cookie", "")).get(settings.SESSION_COOKIE_NAME)
        except CookieError:
            return ""
        session = SessionStore(cookie.value) if cookie else None
        if session is None or session.get(UNTIL, 0) < timezone.now().timestamp():
            return ""
        return f"account {session[SESSION_KEY]}" if SESSION_KEY in session else ""
    finally:
        for connection in connections.all(initialized_only=True):
            connection.close_if_unusable_or_obsolete()
