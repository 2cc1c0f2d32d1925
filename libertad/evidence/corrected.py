"""What was corrected of what is written of an exhibit, for its page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.screens_correcting import correction_lines
from libertad.evidence.fold import EXHIBIT
from libertad.evidence.models import Exhibit
from libertad.evidence.queries import ExhibitSeen
from libertad.evidence.receipts import receipt_words
from libertad.look.corrections import CorrectionLine
from libertad.look.words import words

CODES = {"kind": "exhibit-kinds", "owner_agreed": "yes-no", "document_country": "countries"}


def corrected(actor: Actor, exhibit: ExhibitSeen) -> list[CorrectionLine]:
    """What was corrected of what was written of it."""
    labels = {
        "kind": _("Kind"),
        "description": _("What it looks like"),
        "where_found": _("Where found"),
        "taken_from": _("Taken from"),
        "owner_agreed": _("Owner agreed"),
        "witness": _("Witness"),
        "receipt": _("Receipt"),
        "device_number": _("Device number"),
        "phone_number": _("Phone number"),
        "state_when_taken": _("State when taken"),
        "document_number": _("Document number"),
        "document_country": _("Issued by"),
        "document_expires": _("Valid until"),
        "document_holder": _("Holder, as the document says"),
        "cash": _("Cash, counted"),
    }
    return correction_lines(actor, Exhibit._meta.label, exhibit.id, EXHIBIT, labels, _value)


def _value(name: str, value: Any) -> str:
    if name in CODES:
        return words(CODES[name], value)
    if name == "receipt":
        return receipt_words(value)
    if name == "cash":
        pieces = {"money": f"{value.currency} {value.denomination}", "pieces": value.pieces}
        return _("%(pieces)d × %(money)s") % pieces
    return str(value)
