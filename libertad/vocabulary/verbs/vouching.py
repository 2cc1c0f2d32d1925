"""An officer's passkeys, as others can check what they sign; and a passkey's word for one entry."""

from __future__ import annotations

import re

from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import HEX, hexadecimal

NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
# Bytes: WebAuthn bounds a credential's id; of the rest what browsers send is far below.
CREDENTIAL, KEY, DATA, CLIENT, SIGNATURE = 1023, 1500, 1024, 4096, 1024


class OfficerPasskey(Verb, frozen=True, kw_only=True):
    """A passkey of the officer who says it, which asks for finger, face or PIN: `credential` and `public`
    (its COSE key) in hexadecimal, `name` of the page at which it signs.

    From now on whoever reads a decision of this officer can tell whether that passkey confirmed it.
    """

    VERB = "officer.passkey"
    SUBJECT = "passkey"
    credential: str
    public: str
    name: str

    def check(self) -> None:
        _bytes(self.credential, CREDENTIAL, "credential")
        _bytes(self.public, KEY, "public")
        if not NAME.fullmatch(self.name):
            raise Refused("name", "give the name of the page, such as node.example.org")


class OfficerPasskeyEnd(Verb, frozen=True, kw_only=True):
    """The passkey was removed, or no longer opens anything at its node: it confirms nothing from now on."""

    VERB = "officer.passkey_end"
    SUBJECT = "passkey"
    credential: str

    def check(self) -> None:
        _bytes(self.credential, CREDENTIAL, "credential")


class EntryVouch(Verb, frozen=True, kw_only=True):
    """An officer's passkey confirms one entry of that officer in the same file: `entry` is its hash.

    `credential` names the passkey; `nonce`, `data`, `client` and `signature` are in hexadecimal: what it was
    asked with and what it answered (docs/journal-format.md, section 10).
    """

    VERB = "entry.vouch"
    SUBJECT = "any"
    entry: str
    credential: str
    nonce: str
    data: str
    client: str
    signature: str

    def check(self) -> None:
        hexadecimal(self.entry, 32, "entry")
        hexadecimal(self.nonce, 32, "nonce")
        _bytes(self.credential, CREDENTIAL, "credential")
        _bytes(self.data, DATA, "data")
        _bytes(self.client, CLIENT, "client")
        _bytes(self.signature, SIGNATURE, "signature")


def _bytes(text: str, limit: int, field: str) -> None:
    if len(text) > 2 * limit or not HEX.fullmatch(text):
        raise Refused(field, "give at most %(count)s signs of 0-9 and a-f", count=2 * limit)
