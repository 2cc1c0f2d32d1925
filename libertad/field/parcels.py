"""A parcel of a phone, as far as it can be read and checked without the writer.

Whoever brings it is nobody in particular: a phone whose keys are destroyed, or another one that carries for
it. What counts is who signed each entry. An entry that is refused refuses no other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from libertad.exchange.control import key_wrap
from libertad.exchange.control.key_wrap import Wrap, WrongWrap
from libertad.exchange.protocol import messages
from libertad.exchange.protocol.messages import BadMessage, Parcel
from libertad.field import phones, short_forms
from libertad.field.phones import Phone
from libertad.field.problems import BAD, LOCKED, UNKNOWN_PHONE, Problem
from libertad.journal import checking, header
from libertad.journal.checking import BadEntry, Checked, Foreign
from libertad.journal.header import Malformed
from libertad.journal.node import Node
from libertad.vocabulary.codelists import marked

UNSIGNED = marked("it is not signed yet: unlock the phone on which it was written")
STRANGER = marked("no phone that was enrolled at this node signed it")
NO_BODY = marked("it came without its words")
NO_WRAP = marked("the key that it is sealed under came in a form that cannot be used")


class Offered(NamedTuple):
    """An entry whose signature is that of a phone of this node."""

    phone: Phone
    checked: Checked

    @property
    def entry(self) -> str:
        return self.checked.name.hex()


@dataclass
class Read:
    """What is in a parcel. `keys`: of files, unwrapped, with the wrap each came in; `refused`: entries (hex)
    and why."""

    number: int
    offered: list[Offered] = field(default_factory=list)
    keys: list[tuple[Wrap, bytes]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    chunks: list[bytes] = field(default_factory=list)


def read(here: Node, plain: bytes) -> Read:
    """Problem where it is no parcel, none of its entries is of a phone here, or keys are locked."""
    try:
        parcel = short_forms.expand(messages.unpack(plain, Parcel))
    except BadMessage:
        raise Problem(BAD) from None
    word = parcel.word
    contents = Read(word.number if word is not None else 0, chunks=list(parcel.pieces))
    known: dict[bytes, Phone | None] = {}
    strangers = 0
    for carried in parcel.entries:
        name = header.entry_hash(carried.header).hex()
        why = _take(here, Foreign(carried.header, carried.signature, carried.body), known, contents)
        if why:
            contents.refused[name] = why
            strangers += why == STRANGER
    if parcel.entries and strangers == len(parcel.entries):
        raise Problem(UNKNOWN_PHONE)
    if any(offered.phone.authority not in here.rings.open for offered in contents.offered):
        raise Problem(LOCKED)
    _unwrap(here, word.wraps if word is not None else (), contents)
    return contents


def _take(here: Node, foreign: Foreign, known: dict[bytes, Phone | None], contents: Read) -> str:
    """Why an entry is refused; '' where it is offered."""
    try:
        head = header.decode(foreign.header)
    except Malformed as why:
        return str(why)
    if head.device not in known:
        known[head.device] = phones.find(here.sql(), head.device.hex())
    phone = known[head.device]
    if phone is None:
        return STRANGER
    if not foreign.signature:
        return UNSIGNED
    if foreign.body is None:
        return NO_BODY
    try:
        (checked,) = checking.check([foreign], {head.device: bytes.fromhex(phone.public)})
    except BadEntry as why:
        return why.rule
    contents.offered.append(Offered(phone, checked))
    return ""


def _unwrap(here: Node, wraps: Iterable[bytes], contents: Read) -> None:
    """Keys of files in which the parcel carries an entry that a phone signed, given by that phone's authority
    and sealed to readers at this node. All others are passed over: a wrap does not say who made it."""
    givers = {
        (offered.checked.head.compartment, offered.phone.authority): offered.phone
        for offered in contents.offered
    }
    for packed in wraps:
        try:
            wrap = key_wrap.unpacked(packed)
            if (wrap.compartment, wrap.giver) in givers and wrap.reader in here.rings.open:
                contents.keys.append((wrap, key_wrap.unwrap(here.rings, wrap.reader, wrap)))
        except WrongWrap:
            continue  # its entries are then refused: they name a key that is not here
