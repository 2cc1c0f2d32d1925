"""An invitation's text in other hands: nobody takes the place of an authority that has joined."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from libertad.access.grounds import Grounds
from libertad.exchange.onboarding import admission, invitations, join_answer
from libertad.exchange.onboarding.invitation import invite, read, write
from libertad.exchange.sync.endpoint import JOIN, WELCOME, UnknownPeer
from libertad.journal.header import device_id
from libertad.vocabulary.values import Refused
from tests.exchange.conftest import Three
from tests.support.nodes import Party, invited, schema

pytestmark = pytest.mark.sqlite_only


def text_for(three: Three) -> str:
    """Another invitation for Guyana, which has joined: one that was made before, and not withdrawn."""
    centre, now = three.centre, datetime.now(UTC)
    own = centre.node.rings.device(centre.authority)
    invitation = invite(
        operation=centre.operation,
        inviter=centre.authority,
        node=centre.node.key,
        device=own,
        address="",
        authority=three.guyana.authority,
        now=now,
        name="Police",
        kind="police",
        country="GY",
        zone="UTC",
        part="member",
    )
    officer = centre.actor("coordinator").officer
    centre.node.writer.submit(lambda tx: invitations.remember(tx.sql, invitation, now, officer))
    return write(invitation, centre.node.key, own)


def test_whoever_holds_the_text_does_not_become_a_member_that_has_joined(
    three: Three, tmp_path: Path
) -> None:
    """Attack: a thief answers with a ring of its own, and was enrolled as Guyana: keys, node and files."""
    centre, guyana = three.centre, three.guyana
    text = text_for(three)
    thief = Party(tmp_path / "thief", schema(), "thief")
    thief.found_authority(guyana.authority)
    try:
        answer = admission.answer(thief.node, read(text, datetime.now(UTC)), "https://thief.example")
        before = centre.rows("exchange_peer_authority", "authority, origin")
        with pytest.raises(UnknownPeer):
            list(centre.exchange.answer(JOIN + answer))
        with pytest.raises(Refused, match="other keys"):
            admission.take_answer(centre.node, admission.write_answer(answer))
        device = device_id(thief.node.rings.device(guyana.authority)[0]).hex()
        assert not centre.node.writer.submit(lambda tx: Grounds(tx).holders(device))
        assert centre.rows("exchange_peer_authority", "authority, origin") == before
        row = centre.node.sql().first("select used from exchange_invitation where id = ?", (_id(answer),))
        assert row is not None and row[0] is None, "whom it is for can use it still"
    finally:
        thief.close()


def _id(answer: bytes) -> str:
    return join_answer.read_join(answer).invitation


def test_with_the_keys_that_are_known_it_may_answer_again(three: Three) -> None:
    answer = admission.answer(three.guyana.node, read(text_for(three), datetime.now(UTC)), "")
    assert list(three.centre.exchange.answer(JOIN + answer)) == [WELCOME]


def test_who_has_not_joined_is_taken(three: Three, tmp_path: Path) -> None:
    fourth = Party(tmp_path / "fourth", schema(), "fourth")
    try:
        invited(three.centre, fourth, country="TT")
    finally:
        fourth.close()
