"""Whether a passkey confirmed what an officer said: asked of the signed entries themselves, each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol

import msgspec

from libertad.access import guarded
from libertad.access.actor import Actor
from libertad.access.passkey_models import Passkey
from libertad.access.queries import clock_now, open_row, readable, reads
from libertad.journal import assertions, header, sealing
from libertad.journal.folding import BODY
from libertad.journal.header import Malformed
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.journal.seals import RowChanged
from libertad.vocabulary import yamlfile
from libertad.vocabulary.body import content
from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.vouching import EntryVouch

# 'confirmed'; 'without': the officer had none on file; 'missing': had one, and did not use it; 'wrong': what
# goes with the entry as a passkey's word is none of that officer's for this entry.
State = Literal["confirmed", "without", "missing", "wrong"]


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `passkeys.yaml` says."""

    assumed: bool
    told_days: int
    looked_back_days: int
    prepared_minutes: int
    prepared_at_once: int


@cache
def limits() -> Limits:
    return msgspec.convert(yamlfile.read(Path(__file__).parent / "passkeys.yaml"), prepared(Limits))


class Signature(Protocol):
    """A row of `Signed`, of any room."""

    @property
    def entry(self) -> Any: ...
    @property
    def authority(self) -> Any: ...
    @property
    def officer(self) -> Any: ...
    @property
    def at(self) -> Any: ...
    @property
    def vouches(self) -> Any: ...


@dataclass(frozen=True)
class PasskeySeen:
    """An officer's passkey as it is published."""

    id: str
    authority: str
    officer: str
    credential: str
    public: str
    name: str
    at: datetime
    ended_at: datetime | None

    def worked(self, at: datetime) -> bool:
        """Whether it was on file when a device's clock showed this."""
        return self.at <= at and (self.ended_at is None or at < self.ended_at)


def passkeys_of(actor: Actor, authority: str, officer: str) -> list[PasskeySeen]:
    """An officer's, those that ended too; a row that somebody else than this node changed is none."""
    rows = readable(actor, Passkey).filter(authority=authority, officer=officer)
    return [_view(actor, row) for row in rows if _believed(row.pk)]


def has_passkeys(actor: Actor) -> bool:
    """Whether anybody of the actor's authority has, or had, one: else nothing was to be confirmed."""
    return readable(actor, Passkey).filter(authority=actor.authority).exists()


def passkeys_told(actor: Actor) -> list[PasskeySeen]:
    """Of the actor's authority, published or ended a short while ago: the newest first."""
    since = clock_now("") - timedelta(days=limits().told_days)
    rows = readable(actor, Passkey).filter(authority=actor.authority, operation__in=("", actor.operation))
    listed = [_view(actor, row) for row in rows if max(row.at, row.ended_at or row.at) > since]
    return sorted(listed, key=lambda passkey: (passkey.ended_at or passkey.at, passkey.id), reverse=True)


def _view(actor: Actor, row: Passkey) -> PasskeySeen:
    words = open_row(actor, row)
    return PasskeySeen(
        row.pk,
        row.authority,
        row.officer,
        words.get("credential", ""),
        words.get("public", ""),
        words.get("name", ""),
        row.at,
        row.ended_at,
    )


def _believed(key: str) -> bool:
    try:
        return guarded.stored(Passkey._meta.db_table, key) is not None
    except RowChanged:
        return False


class Confirmations:
    """Asks for several entries, and for an officer's passkeys once. What fitted is remembered: entries and
    their signatures do not change, and the passkeys are part of what it is remembered by."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.known: dict[tuple[str, str], tuple[PasskeySeen, ...]] = {}

    def of(self, signed: Signature) -> State:
        """What is to be told of an entry and its officer's passkeys."""
        key = (signed.authority, signed.officer)
        if key not in self.known:
            self.known[key] = tuple(passkeys_of(self.actor, *key))
        known = self.known[key]
        if not signed.vouches:
            return "missing" if any(passkey.worked(signed.at) for passkey in known) else "without"
        remembered = (self.actor.authority, signed.entry, signed.at, tuple(signed.vouches), known)
        if remembered not in FITTED:
            if not self._fits(signed, known):
                return "wrong"
            if len(FITTED) >= MOST_FITTED:
                FITTED.clear()
            FITTED.add(remembered)
        return "confirmed"

    def _fits(self, signed: Signature, known: Sequence[PasskeySeen]) -> bool:
        plain = _read_plain(self.actor, signed.entry)
        vouches = [_vouch(_read_plain(self.actor, name)) for name in signed.vouches] if plain else []
        return plain is not None and any(
            confirms(vouch, plain, known, signed.at) for vouch in vouches if vouch is not None
        )


MOST_FITTED = 10_000
FITTED: set[Any] = set()


def confirms(vouch: EntryVouch, plain: tuple[str, bytes], known: Sequence[PasskeySeen], at: datetime) -> bool:
    """Whether one of these passkeys signed these words. `plain`: the file's id and the body's bytes."""
    return any(
        assertions.vouched(vouch, *plain, bytes.fromhex(passkey.public), passkey.name)
        for passkey in known
        if passkey.credential == vouch.credential and passkey.worked(at)
    )


def _read_plain(actor: Actor, name: str) -> tuple[str, bytes] | None:
    """An entry's file and its body's exact bytes, where the actor's own ring opens them."""
    row = Entry.objects.filter(hash=bytes.fromhex(name)).first()
    if row is None or row.body is None or not reads(actor, row.compartment):
        return None
    head = header.decode(bytes(row.header))
    key = node().rings.key(actor.authority, head.key_id)
    if key is None:
        return None
    try:
        return row.compartment, sealing.open_known(bytes(row.body), key, head)
    except (sealing.CannotOpen, Malformed):
        return None


def _vouch(plain: tuple[str, bytes] | None) -> EntryVouch | None:
    if plain is None:
        return None
    try:
        decoded = content(BODY.decode(plain[1]))
    except (msgspec.MsgspecError, Refused):
        return None
    return decoded if isinstance(decoded, EntryVouch) else None
