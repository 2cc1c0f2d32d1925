"""What an agreement is called: the same in the list of agreements and beside every page of a file."""

from __future__ import annotations

from django.utils.translation import gettext as _

from libertad.care.consent_rules import lacks_guardian
from libertad.care.presenters import PartSeen
from libertad.look.page_objects import Tick
from libertad.look.words import words


def consent_state(consent: PartSeen, child: bool) -> tuple[str, str]:
    """(code, words) of an agreement: 'agreed', 'withdrawn', 'refused', or 'lacking' a guardian's. `child`:
    the rules for a child apply."""
    if consent.plain["withdrawn_at"]:
        return "withdrawn", _("Withdrawn")
    if not consent.plain["agreed"]:
        return "refused", _("Not agreed")
    if lacks_guardian(consent.plain["purpose"], consent.words.get("guardian", ""), child):
        return "lacking", _("Not enough: a guardian has to agree")
    return "agreed", _("Agreed")


def consent_tick(consent: PartSeen, child: bool) -> Tick:
    """An agreement in a side block, ticked where it is enough; else with what is so."""
    code, state = consent_state(consent, child)
    purpose = words("consent-purposes", consent.plain["purpose"])
    text = f"{purpose}: {consent.words.get('recipient', '')}"
    return Tick(text) if code == "agreed" else Tick(f"{text}. {state}", False)
