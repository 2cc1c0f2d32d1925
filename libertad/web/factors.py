"""The step of a one-time code: guesses at it are slowed down as those at a password, and shut nobody out."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm as Authenticate
from allauth.mfa.base.forms import ReauthenticateForm as Reauthenticate
from django.core.exceptions import ValidationError

from libertad.access import guess_limits
from libertad.journal.guard import RingError
from libertad.web.signing_in import begun


class Counted:
    """Counts a code that is wrong; allauth's own limit is by account alone and is not set."""

    user: Any

    def clean_code(self) -> str:
        attempt = begun(context.request, "code", self.user.service_number)
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError:
            guess_limits.log_failure(attempt)
            raise
        except RingError:  # nothing was looked at: the rings that open factors are locked
            guess_limits.right(attempt)
            raise
        guess_limits.right(attempt)
        return code


class AuthenticateForm(Counted, Authenticate):  # type: ignore[misc]
    """At sign-in."""


class ReauthenticateForm(Counted, Reauthenticate):  # type: ignore[misc]
    """Within a session, before something grave."""
