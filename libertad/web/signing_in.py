"""Sign-in by service number, password and one-time code; factors are sealed at rest."""

from __future__ import annotations

import base64
import os
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from libertad.access.models import service_key

UNTIL = "signed_in_until"
CONTEXT = b"libertad factor v1"


@receiver(user_logged_in)
def set_end(sender: object, request: HttpRequest, **kwargs: Any) -> None:
    """A session ends 4 h after sign-in; working in it does not make it longer."""
    request.session[UNTIL] = timezone.now().timestamp() + settings.SESSION_COOKIE_AGE


class SignInForm(LoginForm):  # type: ignore[misc]
    """Service number and password. What is looked up, and kept in the session, is the number's key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label = _("Service number")
        password.help_text = ""
        for box in (login, password):
            box.widget.attrs.pop("placeholder", None)
        login.widget.attrs.update({"autocapitalize": "characters", "spellcheck": "false"})

    def clean_login(self) -> str:
        return service_key(super().clean_login())


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up: an administrator appoints officers."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("Number and password do not belong together."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No 'Successfully signed in as ...': the bar says who is signed in."""


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth keeps one-time secrets in clear unless its adapter encrypts: this one does."""

    def _key(self) -> AESGCM:
        return AESGCM(bytes.fromhex(settings.LIBERTAD_FACTOR_KEY))

    def encrypt(self, text: str) -> str:
        nonce = os.urandom(12)
        return base64.b64encode(nonce + self._key().encrypt(nonce, text.encode(), CONTEXT)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        data = base64.b64decode(encrypted_text)
        return self._key().decrypt(data[:12], data[12:], CONTEXT).decode()

    def get_totp_label(self, user: Any) -> str:
        """What an authenticator app shows; nobody's name and no number."""
        return "work"
