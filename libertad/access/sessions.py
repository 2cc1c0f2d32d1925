"""Sessions that a copy of the database does not give away: keys hashed, data sealed, ended by account.

Django keeps a session's key and data in clear, and allauth puts a one-time secret that is being set up
and the service number into that data.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import os
from collections.abc import Iterable
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.core import signing
from django.db import connection
from django.utils import timezone

from libertad.access.models import Session

CONTEXT = b"libertad session v1"
# Asked by every request, and so without the making of a query.
DATA = "select session_data from access_session where session_key = %s and expire_date > %s"


def kept(key: str) -> str:
    """The name under which a session is stored: 160 bits of a hash of its random key."""
    return hashlib.sha256(key.encode()).hexdigest()[:40]


class SessionStore(DatabaseStore):
    """The database store, with what is stored made useless to a reader of the database."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _cipher(self) -> AESGCM:
        return AESGCM(bytes.fromhex(settings.LIBERTAD_SESSION_KEY))

    def encode(self, session_dict: dict[str, Any]) -> str:
        nonce = os.urandom(12)
        plain = self.serializer().dumps(session_dict)
        return base64.b64encode(nonce + self._cipher().encrypt(nonce, plain, CONTEXT)).decode()

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        try:
            data = base64.b64decode(session_data)
            found: dict[str, Any] = self.serializer().loads(
                self._cipher().decrypt(data[:12], data[12:], CONTEXT)
            )
        except (InvalidTag, ValueError, signing.BadSignature):
            logging.getLogger("libertad.access").warning("a session could not be opened and was ended")
            return {}
        return found

    def _get_session_from_db(self) -> Session | None:
        if not self.session_key:
            return None
        name = kept(self.session_key)
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(DATA, (name, now))
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return None
        return Session(session_key=name, session_data=found[0])

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(session_key=kept(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        account = data.get(SESSION_KEY)
        return Session(
            session_key=kept(self._get_or_create_session_key()),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            account=int(account) if account else None,
        )

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            Session.objects.filter(session_key=kept(key)).delete()


def end(accounts: Iterable[int]) -> int:
    """End every session of these accounts now; returns how many there were."""
    return Session.objects.filter(account__in=list(accounts)).delete()[0]
