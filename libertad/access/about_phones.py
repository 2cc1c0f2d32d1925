"""What an officer's phone may be taken for: which enrolment makes one, and what it may say.

Asked at home and of what arrives. A phone is never the authority: it says entries of one officer, in one
operation, until an end, of the verbs that its enrolment lists and that any phone may say (`FIELD_VERBS`). It
announces no key or node and signs no message of nodes: who asks for those passes phones over
(`exchange.peering.guarded.standing_devices`).
"""

from __future__ import annotations

from datetime import datetime
from typing import cast

from libertad.access.claims import Claim, Verdict, refuse, wait
from libertad.access.file_ids import proves_file
from libertad.access.grounds import Grounds, key_id
from libertad.access.phone_limits import Phone, past, phone_by
from libertad.journal.folding import Said
from libertad.vocabulary.verbs import access as say

RAISED = "a phone's key stays a phone's: who is to do more needs a new key"
LOWERED = "the key is a node's device, which never becomes a phone"


def phone_of(device: str, authority: str, grounds: Grounds) -> Phone | None:
    """What an authority's device (hex) may say if it is a phone; None for one of its node."""
    claims = [entry for entry in grounds.claims(device) if entry.subject == authority]
    phones = [entry for entry in claims if _content(entry).kind]
    if not phones:
        return None
    first = min(phones, key=lambda entry: _moment(entry, grounds))
    if any(stands(entry, first, device, grounds) for entry in claims):
        return None
    return phone_by(first)


def stands(nodes: Said, phones: Said, device: str, grounds: Grounds) -> bool:
    """Whether of two enrolments of a key the one as a node's device counts, and not that as a phone: it came
    first. `Grounds.moment` has when: no device dates a word before what it had said.

    Another authority's word, which only vouches, makes no node's device of a phone, whatever moment it
    claims. It counts where the other is by the very device or by one that this put on file: whoever stole a
    node's keys does not void what the node said by calling it a phone.
    """
    if _content(nodes).kind or _moment(phones, grounds) < _moment(nodes, grounds):
        return False
    if nodes.authority == phones.authority:
        return True
    signer, _ = grounds.position(phones.id) or ("", 0)
    return signer == device or signer in grounds.descendants(phones.authority, device)


def _content(entry: Said) -> say.DeviceEnrol:
    return cast(say.DeviceEnrol, entry.content)


def _moment(entry: Said, grounds: Grounds) -> tuple[datetime, int, str]:
    _, number = grounds.position(entry.id) or ("", 0)
    return grounds.moment(entry), number, entry.id


def judge_kind(claim: Claim, proven: bool, grounds: Grounds) -> Verdict | None:
    """Whether a key may be enrolled as what the claim says: as what it was first it stays.

    A phone is enrolled by its officer's own authority alone, and its key agrees, so that nobody muzzles
    another's node.
    """
    content = cast(say.DeviceEnrol, claim.content)
    device = key_id(content.public)
    every = [entry for entry in grounds.claims(device) if entry.id != claim.entry]
    own = grounds.find_entry(claim.entry) if claim.entry else None
    if not content.kind:
        phones = [entry for entry in every if _content(entry).kind]
        raised = any(own is None or not stands(own, entry, device, grounds) for entry in phones)
        return refuse(RAISED) if raised else None
    if claim.subject != claim.authority:
        return refuse("only an officer's own authority enrols a phone")
    if not proven:
        return refuse("a phone's key signs its enrolment")
    nodes = [entry for entry in every if not _content(entry).kind]
    # On file by no entry: founded here, joined by, or in another's place.
    filed = not grounds.claims(device) and bool(grounds.holders(device))
    if filed or any(own is None or stands(entry, own, device, grounds) for entry in nodes):
        return refuse(LOWERED)
    appointers = grounds.appointers(content.officer)
    if claim.authority in appointers:
        return None
    if appointers:
        return refuse("the officer is another authority's")
    return wait("the officer's appointment has not arrived")


def beyond(entry: Said, phone: Phone, grounds: Grounds) -> Verdict | None:
    """Why a phone may not say an entry; None where it may, as far as the device is asked."""
    why = past(entry, phone) or _opened_by_right(entry, grounds)
    return ("unauthorised", why) if why else _abroad(entry, grounds)


def _opened_by_right(entry: Said, grounds: Grounds) -> str:
    """Why an opening is none of a phone's; '' where it is. A file is its own by the nonce in its id, and is
    opened by the first word of its log: a second one would let further authorities read what stands in it."""
    content = entry.content
    if not isinstance(content, say.CompartmentOpen):
        return ""
    own = content.owner == entry.authority and proves_file(entry.compartment, content, entry.body.nonce)
    if not own or entry.subject != entry.compartment:
        return "a phone opens files of its own alone"
    _, number = grounds.position(entry.id) or ("", 0)
    return "" if number == 0 else "a phone opens a file by its first word alone"


def _abroad(entry: Said, grounds: Grounds) -> Verdict | None:
    """Where it names the country in which it happened: that of its authority, as an act asks at home."""
    country = getattr(entry.content, "country", "")
    if not country:
        return None
    own = grounds.member(entry.authority, entry.operation)
    if not own.kind:
        return wait("its authority's invitation has not arrived")
    return None if own.country == country else ("unauthorised", "its authority does not work in that country")
