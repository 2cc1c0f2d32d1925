"""What passkeys confirm of a package's entries: from the file alone, by docs/journal-format.md §10."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from django.utils.translation import gettext as _

from libertad.evidence.package import Opened
from libertad.journal import assertions
from libertad.vocabulary.verbs.vouching import EntryVouch, OfficerPasskey, OfficerPasskeyEnd

CUSTODY = frozenset({"custody.offer", "custody.accept", "custody.release", "custody.settle"})
State = Literal["confirmed", "without", "missing", "wrong"]


def states(entries: Iterable[Opened]) -> dict[str, State]:
    """By entry of custody; {} where the file holds neither a passkey nor a word of one."""
    listed = sorted(entries, key=lambda entry: (entry.clock, entry.id))
    keys = [entry for entry in listed if isinstance(entry.content, OfficerPasskey)]
    vouches = [entry for entry in listed if isinstance(entry.content, EntryVouch)]
    if not keys and not vouches:
        return {}
    ends = [entry for entry in listed if isinstance(entry.content, OfficerPasskeyEnd)]
    return {entry.id: _state(entry, keys, ends, vouches) for entry in listed if entry.verb in CUSTODY}


def _state(entry: Opened, keys: list[Opened], ends: list[Opened], vouches: list[Opened]) -> State:
    by = (entry.authority, entry.officer)
    first = {key.subject: key for key in reversed(keys)}.values()  # nobody puts another in a key's place
    worked = [
        key.content
        for key in first
        if (key.authority, key.officer) == by
        and key.clock <= entry.clock
        and not any(
            (end.subject, end.authority, end.officer) == (key.subject, *by) and end.clock <= entry.clock
            for end in ends
        )
    ]
    vouched = [
        vouch.content
        for vouch in vouches
        if isinstance(vouch.content, EntryVouch)
        and (vouch.content.entry, vouch.compartment) == (entry.id, entry.compartment)
        and (vouch.authority, vouch.officer) == by
    ]
    if not vouched:
        return "missing" if worked else "without"
    fits = any(
        assertions.vouched(vouch, entry.compartment, entry.plain, bytes.fromhex(key.public), key.name)
        for vouch in vouched
        for key in worked
        if isinstance(key, OfficerPasskey) and key.credential == vouch.credential
    )
    return "confirmed" if fits else "wrong"


def words(state: State | None) -> str:
    """As the chain tells it; '' where no passkey is in the file at all."""
    if state is None:
        return ""
    return {
        "confirmed": _("Confirmed with a passkey of the officer"),
        "without": _("Without a passkey"),
        "missing": _("Without the passkey that the officer has on file"),
        "wrong": _("ALARM: what stands here as a passkey's confirmation does not fit"),
    }[state]
