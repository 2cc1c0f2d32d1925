"""Entries -> officers' passkeys; and what a room keeps of entries that passkeys confirm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from libertad.access.confirmed import CONFIRMED
from libertad.access.passkey_models import Passkey
from libertad.journal.causal import acted, as_said
from libertad.journal.folding import Row, Said, project
from libertad.journal.subjects import content_of
from libertad.vocabulary.verbs import vouching as say

NAMED = 48  # signs of an entry's hash: a row named by all of one is folded from that entry alone


@project(
    Passkey,
    verbs=("officer.passkey", "officer.passkey_end"),
    key=lambda entry: (entry.subject,),
    begins=content_of(say.OfficerPasskey),
    own=("officer.passkey", "officer.passkey_end"),
)
def passkey_row(key: str, entries: Sequence[Said]) -> Row | None:
    """As the first word has it: nobody puts another key in its place. It ends by the same officer's word."""
    ordered = as_said(entries, acted)
    first = next((entry for entry in ordered if isinstance(entry.content, say.OfficerPasskey)), None)
    if first is None:
        return None
    content = cast(say.OfficerPasskey, first.content)
    ends = [
        entry.clock
        for entry in ordered
        if isinstance(entry.content, say.OfficerPasskeyEnd) and entry.officer == first.officer
    ]
    return Row(
        first.compartment,
        {
            "authority": first.authority,
            "officer": first.officer,
            "at": first.clock,
            "ended_at": min(ends, default=None),
        },
        {"credential": content.credential, "public": content.public, "name": content.name},
    )


def signed_keys(entry: Said) -> tuple[str, ...]:
    """The row of the entry that is confirmed, for itself and for what confirms it."""
    content = entry.content
    return ((content.entry if isinstance(content, say.EntryVouch) else entry.id)[:NAMED],)


def signed_columns(entries: Sequence[Said]) -> tuple[Said, dict[str, Any]] | None:
    """The entry that may be confirmed, and the columns of `Signed`; None where it is of another room."""
    signed = next((entry for entry in entries if entry.verb in CONFIRMED), None)
    if signed is None:
        return None
    vouches = [
        entry.id
        for entry in entries
        if isinstance(entry.content, say.EntryVouch)
        and (entry.content.entry, entry.compartment) == (signed.id, signed.compartment)
        and (entry.authority, entry.officer) == (signed.authority, signed.officer)
    ]
    return signed, {
        "entry": signed.id,
        "verb": signed.verb,
        "subject": signed.subject,
        "authority": signed.authority,
        "officer": signed.officer,
        "at": signed.clock,
        "vouches": vouches,
    }
