"""How it is told whether a passkey confirmed what somebody said."""

from __future__ import annotations

from django.utils.translation import gettext as _

from libertad.access.queries_passkeys import State


def confirmed_words(state: State, name: str) -> str:
    """A sentence; `name` of the officer in whose name it stands."""
    values = {"name": name or _("an officer")}
    match state:
        case "confirmed":
            return _("Confirmed with a passkey of %(name)s") % values
        case "missing":
            return _("Without the passkey that %(name)s has on file") % values
        case "wrong":
            return _("ALARM: what stands here as a passkey's confirmation does not fit") % values
    return _("Without a passkey") % values
