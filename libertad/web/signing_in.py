"""Sign-in by service number, password and one-time code; factors are sealed at rest."""

from __future__ import annotations

import base64
import os

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.http import HttpRequest

CONTEXT = b"libertad factor v1"


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up: an administrator appoints officers."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def clean_username(self, username: str, shallow: bool = False) -> str:
        return username.strip().upper()


class FactorAdapter(DefaultMFAAdapter):
    """allauth keeps one-time secrets in clear unless its adapter encrypts: this one does."""

    def _key(self) -> AESGCM:
        return AESGCM(bytes.fromhex(settings.LIBERTAD_FACTOR_KEY))

    def encrypt(self, text: str) -> str:
        nonce = os.urandom(12)
        return base64.b64encode(nonce + self._key().encrypt(nonce, text.encode(), CONTEXT)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        data = base64.b64decode(encrypted_text)
        return self._key().decrypt(data[:12], data[12:], CONTEXT).decode()
