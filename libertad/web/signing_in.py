"""Sign-in by service number, password and one-time code; factors are sealed at rest."""

from __future__ import annotations

import base64
import os
import time
from contextlib import suppress
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import LoginForm
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import ValidationError
from django.db import connection
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from libertad.access import choosing, factor_keys, guarded, guess_limits, own_sessions
from libertad.access.chosen_operation import working_as
from libertad.access.models import Account, Attempt, service_key
from libertad.access.own_sessions import UNTIL as UNTIL
from libertad.journal.node import node
from libertad.journal.seals import RowChanged

TOO_MANY = _("Too many attempts.")
CONTEXT = b"libertad factor v1"
NAME_BYTES = 160  # of a passkey's name, whatever it is


# What a request needs of its account; asked by every request, and so without the making of a query.
ASKED = ("id", "password", "service_number", "officer", "is_active")
ACCOUNT = f"select {', '.join(ASKED)} from access_account where id = %s"  # noqa: S608


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's, for accounts and factors that are as this node wrote them, with a quicker look at whose
    request it is."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Account | None:
        """None, and noticed, where the database was changed: a right password for it is no sign-in."""
        try:
            account: Account | None = super().authenticate(request, **credentials)
        except RowChanged:  # a hash of older parameters was about to be renewed
            account = None
        if account is None or guarded.trusted(account):
            return account
        if request is not None:
            request.row_changed = True  # type: ignore[attr-defined]
        return None

    def get_user(self, user_id: int) -> Account | None:
        with connection.cursor() as cursor:
            cursor.execute(ACCOUNT, (user_id,))
            row = cursor.fetchone()
        if row is None:
            return None
        account = Account.from_db(connection.alias, ASKED, (*row[:-1], bool(row[-1])))
        if not guarded.trusted(account):
            return None
        return account if self.user_can_authenticate(account) else None


@receiver(user_logged_in)
def set_end(sender: object, request: HttpRequest, **kwargs: Any) -> None:
    """A session ends 4 h after sign-in; working in it does not make it longer. It keeps the operation that it
    begins in."""
    request.signed_in = kwargs["user"].service_number  # type: ignore[attr-defined]
    own_sessions.begin(request.session, request.META.get("HTTP_USER_AGENT", ""))
    request.session[UNTIL] = timezone.now().timestamp() + settings.SESSION_COOKIE_AGE
    actor = working_as(kwargs["user"])
    if actor is not None:
        choosing.stay(request, actor)


def codes_unseen(account: Any) -> bool:
    recovery = Authenticator.objects.filter(user=account, type=Authenticator.Type.RECOVERY_CODES).first()
    return recovery is not None and not recovery.wrap().did_view


def begun(request: HttpRequest, step: str, account: str) -> Attempt:
    """An attempt at one step of signing in, counted; ValidationError where it has to wait."""
    marks = request.COOKIES.get(settings.MARK_COOKIE_NAME, "")
    try:
        return guess_limits.begin(
            guess_limits.attempt(step, account, request.META.get("REMOTE_ADDR", ""), marks)
        )
    except guess_limits.Wait as why:
        raise ValidationError(too_many(why.seconds), code="too_many_login_attempts") from None


def too_many(seconds: int) -> str:
    return (
        str(TOO_MANY)
        + " "
        + ngettext("Try again in %(seconds)d second.", "Try again in %(seconds)d seconds.", seconds)
        % {"seconds": seconds}
    )


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

    def clean(self) -> Any:
        try:
            return super().clean()
        except ValidationError:
            if getattr(self.request, "row_changed", False):
                raise ValidationError(
                    _(
                        "This sign-in was changed in the database by somebody else than Libertad, and is "
                        "closed. Tell the administrator of your authority, who sees it too."
                    )
                ) from None
            raise

    def clean_login(self) -> str:
        return service_key(super().clean_login())


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up: an administrator appoints officers."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("Number and password do not belong together."),
        "too_many_login_attempts": TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Whoever signed in within five minutes sets up a first factor, and sees the codes that come with
        it for the one time, without being asked again."""
        request = context.request
        signed = get_authentication_records(request, request.user)
        fresh = bool(signed) and time.time() - signed[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        if fresh and (not is_mfa_enabled(request.user) or codes_unseen(request.user)):
            return False
        return bool(super().is_reauthentication_required(app=app))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        self._made = begun(request, "password", credentials.get("username", ""))

    def _rollback_login_failed_rl_usage(self) -> None:
        """The password was right."""
        guess_limits.right(self._made)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        guess_limits.log_failure(self._made)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The connection's, or what a declared proxy says (`asgi.py`); no header is looked at here."""
        return str(request.META.get("REMOTE_ADDR", ""))

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No 'Successfully signed in as ...': the bar says who is signed in."""


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth keeps one-time secrets in clear unless its adapter encrypts: this one does."""

    def encrypt(self, text: str) -> str:
        nonce, key = os.urandom(12), factor_keys.newest(node())
        return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, text.encode(), CONTEXT)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """InvalidTag where no key of this node's opens it; Locked while the rings that have one are."""
        data = base64.b64decode(encrypted_text)
        for key in factor_keys.all_keys(node()):
            with suppress(InvalidTag):
                return AESGCM(key).decrypt(data[:12], data[12:], CONTEXT).decode()
        raise InvalidTag

    def get_totp_label(self, user: Any) -> str:
        """What an authenticator app shows; nobody's name and no number."""
        return "work"

    def seal_name(self, name: str) -> str:
        """An officer's own name for a passkey, as it is stored: sealed, and as long as any other."""
        return self.encrypt(name.encode().ljust(NAME_BYTES, b"\0").decode())

    def name_of(self, factor: Authenticator) -> str:
        return self.decrypt(factor.wrap().name).rstrip("\0")

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey %(number)d") % {"number": count + 1}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": domain(context.request), "name": settings.MFA_TOTP_ISSUER}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        """What the device keeps beside a passkey: a sign of the account that only this node can make, and
        the same word for everybody."""
        sign = bytes.fromhex(guess_limits.keyed("passkey", str(user.pk)))
        return {"id": sign, "display_name": "work", "name": "work"}

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last one stays where a second factor is needed, a passkey as well as one-time codes: recovery
        codes alone are none. It is replaced (`codes.ActivateView`), or another is added before it goes."""
        if not settings.LIBERTAD_REQUIRE_CODE:
            return True
        others = Authenticator.objects.filter(user_id=authenticator.user_id).exclude(pk=authenticator.pk)
        return bool(others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())


def domain(request: HttpRequest) -> str:
    """The name at which this request asks, without its port: what a passkey is bound to."""
    host: str = request.get_host()
    return host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
