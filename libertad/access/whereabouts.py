"""At which site an officer is at work, and in which visit, for as long as this sign-in lasts.

Forms that ask for a site offer it first. It is a convenience of the session: nothing of it is an entry, and
whoever may not know of the site finds it in no form.
"""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpRequest

KEPT = "at_site"


class Whereabouts(NamedTuple):
    """Ids; '' where none is known."""

    site: str = ""
    visit: str = ""


def remembered(request: HttpRequest) -> Whereabouts:
    """Where the officer said last to be at work."""
    values = request.session.get(KEPT)
    return Whereabouts(*values) if values else Whereabouts()


def remember(request: HttpRequest, site: str, visit: str = "") -> None:
    """Keep a site; its visit stays until another is recorded or another site is chosen. '' forgets both."""
    before = remembered(request)
    if not site:
        request.session.pop(KEPT, None)
    elif visit or site != before.site:
        request.session[KEPT] = [site, visit]


def visit_at(request: HttpRequest, site: str) -> str:
    """The visit in which somebody is met at this site; '' where the officer recorded none there."""
    whereabouts = remembered(request)
    return whereabouts.visit if site and site == whereabouts.site else ""
