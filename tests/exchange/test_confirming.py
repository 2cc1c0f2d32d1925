"""A passkey's word travels with its entry: judged where it arrives, and checked there by its bytes alone."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any

import pytest

from libertad.access.acting import Act
from libertad.access.actions.publish_passkeys import publish_passkeys
from libertad.access.confirmed import Rehearsed, Script, Vouch
from libertad.evidence.actions.release_custody import release_custody
from libertad.evidence.actions.seize import seize
from libertad.journal import assertions, header, sealing
from libertad.vocabulary.verbs.vouching import EntryVouch, OfficerPasskeyEnd
from tests.exchange.conftest import Three
from tests.journal.independent_verifier import check_confirmation
from tests.support import nodes
from tests.support.lawless import lawless
from tests.support.nodes import Party, invited, settle
from tests.support.passkey import Passkey, text

ROLE = "officer"


def bodies(party: Party) -> dict[str, tuple[str, bytes]]:
    """Of every entry that a node opens: the file, and the body's exact bytes, by hash."""
    opened = {}
    rows = party.rows("journal_entry", "hash, header, body")
    for name, exact, body in rows:
        head = header.decode(bytes(exact))
        key = party.node.rings.known.get(head.key_id)
        if key is not None and body is not None:
            plain = sealing.open_known(bytes(body), key, head)
            opened[bytes(name).hex()] = (head.compartment.hex(), plain)
    return opened


def said(party: Party, verb: str) -> list[tuple[str, str, bytes]]:
    """(hash, file, body) of the entries of a verb."""
    found = [(name, place, plain) for name, (place, plain) in bodies(party).items()]
    return [one for one in found if json.loads(one[2])["verb"] == verb]


def held(party: Party) -> list[Any]:
    return party.rows("journal_held", "reason")


def confirmed(party: Party, entry: str) -> bool:
    """As docs/journal-format.md has it, from the bytes that this node has."""
    place, plain = bodies(party)[entry]
    passkeys = [body for _name, _place, body in said(party, "officer.passkey")]
    ends = [body for _name, _place, body in said(party, "officer.passkey_end")]
    vouches = [body for _name, _place, body in said(party, "entry.vouch")]
    return check_confirmation(entry, bytes.fromhex(place), plain, vouches, passkeys, ends)


def release(party: Party, key: Passkey, exhibit: str) -> str:
    """The officer lets an exhibit go and the passkey confirms it; the entry's hash."""

    def rehearsal(act: Act) -> None:
        act.script = Script()
        release_custody(act, exhibit=exhibit)

    with pytest.raises(Rehearsed) as rehearsed:
        party.do(ROLE, rehearsal)
    prepared = rehearsed.value.prepared
    assert prepared is not None
    nonce = assertions.fresh_nonce()
    wanted = assertions.challenge(prepared.compartment, nonce, prepared.body)
    response = json.loads(key.sign({"challenge": text(wanted)}))["response"]

    def part(name: str) -> str:
        return urlsafe_b64decode(response[name] + "==").hex()

    vouch = Vouch(key.id.hex(), nonce, part("authenticatorData"), part("clientDataJSON"), part("signature"))

    def release_so(act: Act) -> str:
        act.script = Script(prepared, vouch)
        return release_custody(act, exhibit=exhibit)

    return party.do(ROLE, release_so)


@pytest.fixture
def prosecution(three: Three, tmp_path: Path) -> Any:
    party = Party(tmp_path / "prosecution", nodes.schema(), "prosecution")
    invited(three.centre, party, kind="prosecution")
    yield party
    party.close()


def test_it_is_verified_where_it_arrives_and_forged_words_are_held(three: Three, prosecution: Party) -> None:
    centre, guyana, _trinidad = three
    parties = [*three, prosecution]
    settle(parties)
    prosecution.appoint("prosecutor")
    settle(parties)
    key = Passkey()
    guyana.do(ROLE, publish_passkeys, keys=[(key.id.hex(), key.public.hex(), key.name)])
    phone = {"country": "GY", "kind": "mobile-phone", "description": "Phone, black"}
    first, second = (guyana.do(ROLE, seize, **phone) for _time in range(2))
    entry = release(guyana, key, first)
    other = guyana.do(ROLE, release_custody, exhibit=second)
    settle(parties)
    for party in (guyana, prosecution):
        assert confirmed(party, entry) and not confirmed(party, other)
        assert not held(party)
    vouches = {
        row[0]: json.loads(row[1]) for row in prosecution.rows("evidence_signedcustody", "entry, vouches")
    }
    assert len(vouches[entry]) == 1 and vouches[other] == []

    (copied,) = (json.loads(body) for _name, _place, body in said(prosecution, "entry.vouch"))
    place = bodies(prosecution)[other][0]
    values = {statement[0]: statement[2] for statement in copied["statements"]} | {"entry": other}

    def forge(act: Act) -> str:
        """Another authority says that the passkey confirmed the second as well."""
        return act.say(place, EntryVouch(**values), subject=second, supersedes={})

    def end(act: Act) -> str:
        """And that the passkey has ended."""
        (subject,) = (row[0] for row in prosecution.rows("access_passkey", "id"))
        content = OfficerPasskeyEnd(credential=key.id.hex())
        return act.say(act.operation_compartment, content, subject=subject, supersedes={})

    with lawless():
        prosecution.do("prosecutor", forge)
        prosecution.do("prosecutor", end)
    settle(parties)
    assert sorted(row[0] for row in held(guyana)) == ["about", "about"]
    assert guyana.rows("access_passkey", "ended_at") == [(None,)]
    assert len(guyana.rows("exchange_alarm")) == 2

    guyana.do(ROLE, publish_passkeys, keys=[])
    settle(parties)
    assert confirmed(prosecution, entry), "what was confirmed before it ended stays so"
    assert centre.rows("access_passkey", "ended_at") != [(None,)]
