"""Whether a guardian is safe to contact, in words, with what can be done about it now."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.care.clearings import CONFIRMED, OPEN, REFUSED, REVOKED, VOID, WAITS, can_be_cleared
from libertad.care.pages import link, present
from libertad.care.presenters import FileSeen
from libertad.care.queries_clearings import ClearingSeen
from libertad.care.queries_family import GuardianSeen
from libertad.look.page_objects import Link
from libertad.look.times import when


@dataclass(frozen=True)
class ContactSeen:
    """Of one guardian: a sentence, and the ways."""

    text: str
    links: list[Link]


def contact(
    request: HttpRequest, file: FileSeen, guardian: GuardianSeen, clearing: ClearingSeen | None
) -> ContactSeen | None:
    """None where nobody may be told of it, or nothing can be said: of who is no guardian of a child."""
    if guardian.ended and clearing is None:
        return None
    way = link(request, _("Record as safe to contact"), "care-guardian-clear", file.person, guardian.entry)
    if way is None or not file.child:
        return None
    could = file.closed is None and can_be_cleared(
        {"kind": guardian.kind, "ended": guardian.ended, "checked": "yes" if guardian.checked else "no"}
    )
    if clearing is None:
        return ContactSeen(_("Not recorded as safe to contact."), [way]) if could else None
    names = {"by": clearing.by, "when": when(clearing.when), "reader": clearing.read_by}
    sentences = {
        WAITS: _("Recorded as safe to contact by %(by)s, %(when)s. It waits for a second reader."),
        CONFIRMED: _("Safe to contact: recorded by %(by)s, %(when)s, read by %(reader)s."),
        REFUSED: _("Not safe to contact: %(reader)s did not agree."),
        VOID: _("Not safe to contact any more: the guardians on file changed since."),
        REVOKED: _("Not safe to contact: taken back."),
    }
    key = (file.person, clearing.id)
    links = [
        link(request, _("Read and decide"), "care-guardian-read", *key)
        if clearing.state == WAITS and clearing.officer != actor_of(request).officer and file.closed is None
        else None,
        link(request, _("Letter to this guardian"), "care-guardian-letter", *key)
        if clearing.state == CONFIRMED and file.closed is None
        else None,
        link(request, _("Not safe any more"), "care-guardian-revoke", *key)
        if clearing.state in OPEN
        else None,
        way if could and clearing.state not in OPEN else None,
    ]
    text = " ".join(filter(None, (sentences[clearing.state] % names, clearing.words)))
    return ContactSeen(text, present(links))
