"""Sessions that the database alone neither gives away nor makes: keys hashed, data sealed, ended by account.

Django keeps a session's key and data in clear, and allauth puts a one-time secret that is being set up
and the service number into that data. The seal is bound to the session's key, its account and the version
of the account's credentials: data copied into another row opens nothing, and a new password or factor ends
every other session. Which sessions are open is kept outside the database as well (`guarded.py`), so that
one that was ended cannot be put back.
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
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.core import signing
from django.db import connection
from django.utils import timezone

from libertad.access import guarded
from libertad.access.models import Session
from libertad.journal.node import node
from libertad.journal.seals import CHANGED, RowChanged, Seals

CONTEXT = b"libertad session v2"
# Asked by every request, and so without the making of a query.
DATA = "select session_data, account from access_session where session_key = %s and expire_date > %s"


def storage_name(key: str) -> str:
    """The name under which a session is stored: 160 bits of a hash of its random key."""
    return hashlib.sha256(key.encode()).hexdigest()[:40]


def _bound(name: str, account: int | None, version: int) -> bytes:
    return b"\x00".join([CONTEXT, name.encode(), str(account or "").encode(), str(version).encode()])


class SessionStore(DatabaseStore):
    """The database store, with what is stored made useless to whoever reads or writes the database."""

    # The account and credential version of the session as it was opened or last saved.
    opened_as: tuple[int | None, int] = (None, 0)

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _cipher(self) -> AESGCM:
        return AESGCM(bytes.fromhex(settings.LIBERTAD_SESSION_KEY))

    def _seal(self, data: dict[str, Any], name: str, account: int | None, version: int) -> str:
        """'version.' and, in base64, nonce and sealed data."""
        nonce = os.urandom(12)
        plain = self.serializer().dumps(data)
        sealed = self._cipher().encrypt(nonce, plain, _bound(name, account, version))
        return f"{version}.{base64.b64encode(nonce + sealed).decode()}"

    def load(self) -> dict[str, Any]:
        row = self._get_session_from_db()
        if row is None:
            return {}
        data = self.open_row(row)
        if data is None:
            self._session_key = None
            return {}
        return data

    def open_row(self, row: Session) -> dict[str, Any] | None:
        """What a stored session holds; None, and noticed, unless this node wrote it just so."""
        version_text, dot, sealed = row.session_data.partition(".")
        if not dot:  # of a version before; or no session at all
            return None
        try:
            raw = base64.b64decode(sealed)
            version = int(version_text)
            plain = self._cipher().decrypt(raw[:12], raw[12:], _bound(row.session_key, row.account, version))
            data: dict[str, Any] = self.serializer().loads(plain)
        except (InvalidTag, ValueError, signing.BadSignature):
            logging.getLogger("libertad.access").warning("a session could not be opened and was ended")
            node().seals.note(guarded.SESSION, row.session_key, CHANGED)
            return None
        if row.account is not None:
            if not guarded.believed(guarded.SESSION, row.session_key, row.account):
                return None
            if version != node().seals.version(row.account):
                return None  # password or factors were changed since
        self.opened_as = (row.account, version)
        return data

    def _get_session_from_db(self) -> Session | None:
        if not self.session_key:
            return None
        name = storage_name(self.session_key)
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(DATA, (name, now))
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return None
        return Session(session_key=name, session_data=row[0], account=row[1])

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(session_key=storage_name(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        account_key = data.get(SESSION_KEY)
        account = int(account_key) if account_key else None
        if account is None:
            self.opened_as = (None, 0)
        elif self.opened_as[0] != account:
            self.opened_as = (account, node().seals.version(account))
        name = storage_name(self._get_or_create_session_key())  # type: ignore[attr-defined]
        return Session(
            session_key=name,
            session_data=self._seal(data, name, *self.opened_as),
            expire_date=self.get_expiry_date(),
            account=account,
        )

    def carry(self, account: int) -> None:
        """Go on after the officer changed own credentials in this session: all others have ended."""
        if self.opened_as[0] == account:
            self.opened_as = (account, node().seals.version(account))
            self.modified = True

    def save(self, must_create: bool = False) -> None:
        try:
            super().save(must_create)
        except RowChanged:
            raise UpdateError from None
        except UpdateError:  # ended meanwhile: what was about to be sealed is not to be believed later
            gone = [Seals.removal(guarded.SESSION, (storage_name(str(self.session_key)), None))]
            node().seals.prepare(gone)
            node().seals.settle(gone)
            raise

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            Session.objects.filter(session_key=storage_name(key)).delete()


def end(accounts: Iterable[int]) -> int:
    """End every session of these accounts now; returns how many there were."""
    return Session.objects.filter(account__in=list(accounts)).delete()[0]
