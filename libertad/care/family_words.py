"""Whether people want to stay together, in words: for the page of the family and for the person's answer."""

from __future__ import annotations

from django.utils.translation import gettext as _


def together_words(answer: str) -> str:
    """'Wants to stay together'."""
    return {
        "yes": _("Wants to stay together"),
        "no": _("Does not want to stay together"),
        "not-known": _("Not asked yet whether they want to stay together"),
        "refused": _("Did not want to say whether they stay together"),
    }.get(answer, "")
