"""Invitations and their answers: whole or refused, signed by whom they name, used once, in time."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import qrcode
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from libertad.exchange.models import Invitation as Table
from libertad.exchange.onboarding import invitation, invitations, join_answer
from libertad.exchange.onboarding.invitation import Invitation, invite, read, write
from libertad.exchange.onboarding.join_answer import Used, check_join, make_join, read_join
from libertad.exchange.protocol import ascii_armor
from libertad.journal import header
from libertad.journal.checkpoint import SMALL_ORDER, Signer
from libertad.journal.fields import to_ms
from libertad.journal.sql import Sql
from libertad.vocabulary.values import Refused

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
NODE, OTHER = Signer(b"\x01" * 32), Signer(b"\x02" * 32)
DEVICE, THEIRS = header.keypair(b"\x03" * 32), header.keypair(b"\x04" * 32)
GIVEN: dict[str, Any] = {
    "operation": "a" * 32,
    "inviter": "b" * 32,
    "address": "https://centre.example:8443",
    "name": "Guyana police",
    "kind": "police",
    "country": "GY",
    "zone": "America/Guyana",
}
ANNOUNCED = bytes(range(200)) * 8


def new_invitation(**overrides: Any) -> Invitation:
    return invite(node=NODE, device=DEVICE, now=NOW, **{**GIVEN, **overrides})


def text_of(invitation: Invitation) -> str:
    return write(invitation, NODE, DEVICE)


def join_of(invitation: Invitation, **overrides: Any) -> bytes:
    return make_join(
        invitation,
        **{
            "node": OTHER,
            "device": THEIRS,
            "address": "https://gy.example",
            "announcement": ANNOUNCED,
            **overrides,
        },
    )


@pytest.fixture
def sql(transactional_db: None) -> Iterator[Sql]:
    """A connection with the table in it, whether or not a migration has made it."""
    fresh = Table._meta.db_table not in connection.introspection.table_names()
    if fresh:
        with connection.schema_editor() as editor:
            editor.create_model(Table)
    yield Sql()
    if fresh:
        with connection.schema_editor() as editor:
            editor.delete_model(Table)


# -- the file ------------------------------------------------------------------------------


def test_an_invitation_is_read_as_it_was_written() -> None:
    invitation = new_invitation(part="coordination")
    assert read(text_of(invitation), NOW) == invitation
    assert (invitation.origin, invitation.expires) == (NODE.origin, NOW + timedelta(days=7))
    assert (
        len({invitation.id, invitation.authority, new_invitation().id, new_invitation().authority}) == 4
        and invitation.token != new_invitation().token
    )
    assert invitation.token.hex() not in repr(invitation) and repr(invitation.token) not in repr(invitation)


@pytest.mark.parametrize(
    "around",
    [
        lambda text: "Good day,\r\n\r\n" + text.replace("\n", "\r\n") + "\r\nYours\r\n",
        lambda text: "".join(f"> {line}\n" for line in text.splitlines()),
        lambda text: "".join(f"   {line}   \n\n" for line in text.splitlines()),
        lambda text: text.replace("\n", ""),
    ],
)
def test_what_mails_do_to_a_text_does_not_harm_it(around: Callable[[str], str]) -> None:
    invitation = new_invitation()
    assert read(around(text_of(invitation)), NOW) == invitation


def version(text: str) -> int:
    """Of the QR code: 4 times as many modules a side, and 17 more."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    return int(code.version or 0)


def test_an_invitation_fits_a_code_that_a_telephone_reads() -> None:
    long = new_invitation(
        name="Ä" * 100, address="https://" + "a" * 192, zone="America/Argentina/ComodRivadavia"
    )
    assert (len(text_of(new_invitation())), version(text_of(new_invitation()))) == (574, 18)
    assert (len(text_of(long)), version(text_of(long))) == (1090, 27), "the longest that there can be"


def test_every_torn_copy_is_told_as_one() -> None:
    text = text_of(new_invitation())
    for end in range(len(text) - 1):
        with pytest.raises(Refused, match=r"torn|this is none|not as it was made"):
            read(text[:end], NOW)
    lines = text.splitlines()
    for missing in range(1, len(lines) - 1):
        with pytest.raises(Refused, match=r"torn|copy it once more"):
            read("\n".join(lines[:missing] + lines[missing + 1 :]), NOW)


def test_every_changed_sign_is_noticed() -> None:
    lines = text_of(new_invitation()).splitlines()
    body = "".join(lines[1:-1])
    for at, sign in enumerate(body.rstrip("=")):
        replacement = "A" if sign != "A" else "B"
        changed = "\n".join([lines[0], body[:at] + replacement + body[at + 1 :], lines[-1]])
        with pytest.raises(Refused):
            read(changed, NOW)


def test_whoever_changes_it_and_mends_the_checksum_is_found_by_both_signatures() -> None:
    data = ascii_armor.unwrap("INVITATION", text_of(new_invitation()))
    assert b"centre.example" in data
    changed = data.replace(b"centre.example", b"thieve.example")
    with pytest.raises(Refused, match="changed after it was signed"):
        read(ascii_armor.wrap("INVITATION", changed), NOW)
    for place in (-1, -65):  # a bit of either signature
        with pytest.raises(Refused, match="changed after it was signed"):
            read(
                ascii_armor.wrap("INVITATION", data[:place] + bytes([data[place] ^ 1]) + data[place:][1:]),
                NOW,
            )


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_are_refused_in_words(data: bytes, headed: bool) -> None:
    with pytest.raises(Refused):
        read(ascii_armor.wrap("INVITATION", bytes([1]) + data if headed else data), NOW)
    with pytest.raises(Refused):
        read_join(bytes([1]) + data if headed else data)


@pytest.mark.parametrize(
    "text", ["", "x" * 40_000, ascii_armor.wrap("KEY", b"1"), "-----BEGIN LIBERTAD-----"]
)
def test_what_is_no_invitation_is_told_so(text: str) -> None:
    with pytest.raises(Refused, match=r"this is none|too long"):
        read(text, NOW)


def test_a_newer_version_says_to_update() -> None:
    data = ascii_armor.unwrap("INVITATION", text_of(new_invitation()))
    with pytest.raises(Refused, match="newer version"):
        read(ascii_armor.wrap("INVITATION", b"\x02" + data[1:]), NOW)


def test_an_expired_invitation_says_when_and_what_to_do() -> None:
    invitation = new_invitation(lasts=timedelta(hours=1))
    text = text_of(invitation)
    assert read(text, NOW + timedelta(minutes=59)) == invitation
    with pytest.raises(Refused, match="expired on 2026-11-25 at 13:00 UTC: ask for a new"):
        read(text, NOW + timedelta(hours=1))


@pytest.mark.parametrize("key", sorted(SMALL_ORDER))
def test_keys_of_small_order_are_refused_whoever_signed(key: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """With such a key a signature may hold that nobody made; so the check of signatures is let pass here."""
    monkeypatch.setattr(invitation, "signed_by", lambda *arguments: True)
    monkeypatch.setattr(join_answer, "signed_by", lambda *arguments: True)
    data = ascii_armor.unwrap("INVITATION", text_of(new_invitation()))
    answer = join_of(new_invitation())
    for public in (NODE.public, DEVICE[0]):
        with pytest.raises(Refused, match="no invitation can hold"):
            read(ascii_armor.wrap("INVITATION", data.replace(public, key)), NOW)
    for public in (OTHER.public, THEIRS[0]):
        with pytest.raises(Refused, match="can hold"):
            read_join(answer.replace(public, key))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "two\nlines"),
        ("name", "n" * 101),
        ("kind", "club"),
        ("kind", ""),
        ("country", "XX"),
        ("zone", "Mars/Base"),
        ("part", "spectator"),
        ("address", "http://a.example"),
        ("address", "https://a b"),
    ],
)
def test_what_cannot_be_invited_is_refused_by_field(field: str, value: str) -> None:
    with pytest.raises(Refused) as why:
        new_invitation(**{field: value})
    assert why.value.field == field


def test_an_invitation_lasts_some_days_and_is_signed_by_the_keys_it_names() -> None:
    for lasts in (timedelta(0), timedelta(days=31)):
        with pytest.raises(Refused, match="at most 30 days"):
            new_invitation(lasts=lasts)
    with pytest.raises(ValueError, match="that it names"):
        write(new_invitation(), OTHER, DEVICE)
    with pytest.raises(ValueError, match="that it names"):
        write(new_invitation(), NODE, THEIRS)


# -- the answer ----------------------------------------------------------------------------


def test_an_answer_is_accepted_once(sql: Sql) -> None:
    invitation = new_invitation()
    invitations.remember(sql, invitation, NOW, "e" * 32)
    join = read_join(join_of(invitation))
    assert (join.invitation, join.node, join.origin) == (invitation.id, OTHER.public, OTHER.origin)
    assert (join.device, join.device_id) == (THEIRS[0], header.device_id(THEIRS[0]).hex())
    assert (join.address, join.announcement) == ("https://gy.example", ANNOUNCED)
    check_join(join, invitations.find(sql, invitation.id), NOW)
    assert invitations.use(sql, invitation.id, join.origin, NOW)
    assert not invitations.use(sql, invitation.id, join.origin, NOW)
    with pytest.raises(Used) as why:
        check_join(join, invitations.find(sql, invitation.id), NOW)
    assert why.value.same
    third = Signer(b"\x05" * 32)
    with pytest.raises(Used) as why:
        check_join(read_join(join_of(invitation, node=third)), invitations.find(sql, invitation.id), NOW)
    assert not why.value.same
    row = invitations.find(sql, invitation.id)
    assert row is not None and (row.used, row.used_by) == (to_ms(NOW), OTHER.origin)


def test_without_the_secret_nobody_answers_and_all_hear_the_same(sql: Sql) -> None:
    invitation, other_invitation = new_invitation(), new_invitation()
    invitations.remember(sql, invitation, NOW, "e" * 32)
    row = invitations.find(sql, invitation.id)
    assert row is not None and row.token == invitation.proof and invitation.token not in row.token
    forged = Invitation(
        **{f: getattr(invitation, f) for f in invitation.__struct_fields__}
        | {"token": other_invitation.token}
    )
    messages = []
    for join, known in (
        (read_join(join_of(forged)), row),
        (read_join(join_of(other_invitation)), invitations.find(sql, other_invitation.id)),
    ):
        with pytest.raises(Refused) as why:
            check_join(join, known, NOW)
        messages.append(str(why.value))
    assert len(set(messages)) == 1 and "no such invitation" in messages[0]
    # What the table holds is of no use to whoever reads it, not as a token and not as a seed.
    for stolen in (row.token[:16], row.token):
        thief = Invitation(
            **{f: getattr(invitation, f) for f in invitation.__struct_fields__} | {"token": stolen}
        )
        with pytest.raises(Refused, match="no such"):
            check_join(read_join(join_of(thief)), row, NOW)


def test_one_answer_cannot_be_turned_into_another(sql: Sql) -> None:
    """A token's signature is over all that the answer says, so no part of it serves another node."""
    invitation = new_invitation()
    invitations.remember(sql, invitation, NOW, "e" * 32)
    row = invitations.find(sql, invitation.id)
    valid, thief = join_of(invitation), Signer(b"\x06" * 32)
    guessed = Invitation(
        **{f: getattr(invitation, f) for f in invitation.__struct_fields__} | {"token": bytes(16)}
    )
    forged = join_of(guessed, node=thief)
    proof = slice(-3 * 64, -2 * 64)
    mixed = forged[: -3 * 64] + valid[proof] + forged[-2 * 64 :]
    assert read_join(mixed).origin == thief.origin
    with pytest.raises(Refused, match="no such"):
        check_join(read_join(mixed), row, NOW)
    for at in range(len(valid)):
        changed = valid[:at] + bytes([valid[at] ^ 1]) + valid[at + 1 :]
        with pytest.raises(Refused):
            check_join(read_join(changed), row, NOW)
    for end in range(len(valid)):
        with pytest.raises(Refused):
            check_join(read_join(valid[:end]), row, NOW)


def test_late_withdrawn_and_unknown_answers_are_refused(sql: Sql) -> None:
    first, second = new_invitation(lasts=timedelta(hours=2)), new_invitation()
    for each in (first, second):
        invitations.remember(sql, each, NOW, "e" * 32)
    late = NOW + timedelta(hours=2)
    assert [row.id for row in invitations.pending(sql, NOW)] == [first.id, second.id]
    assert [row.id for row in invitations.pending(sql, late)] == [second.id]
    with pytest.raises(Refused, match="has expired"):
        check_join(read_join(join_of(first)), invitations.find(sql, first.id), late)
    assert not invitations.use(sql, first.id, OTHER.origin, late)
    assert invitations.revoke(sql, second.id, NOW) and not invitations.revoke(sql, second.id, NOW)
    with pytest.raises(Refused, match="was withdrawn"):
        check_join(read_join(join_of(second)), invitations.find(sql, second.id), NOW)
    assert not invitations.use(sql, second.id, OTHER.origin, NOW) and not invitations.pending(sql, late)
    assert not invitations.use(sql, "0" * 32, OTHER.origin, NOW)
    assert invitations.find(sql, "0" * 32) is None
    assert invitations.use(sql, first.id, OTHER.origin, NOW) and not invitations.revoke(sql, first.id, NOW)


def test_a_node_does_not_answer_its_own_invitation_nor_say_what_cannot_be() -> None:
    with pytest.raises(Refused, match="for another node"):
        join_of(new_invitation(), node=NODE)
    with pytest.raises(Refused, match="https"):
        join_of(new_invitation(), address="ftp://a")
    with pytest.raises(Refused, match="too long"):
        join_of(new_invitation(), announcement=bytes(9000))
    assert read_join(join_of(new_invitation(), address="", announcement=b"")).address == ""


# -- planted faults: a protection taken away is noticed -------------------------------------


def noticed(check: Callable[..., None], *arguments: Any) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        check(*arguments)


def test_signatures_that_nobody_checks_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitation, "signed_by", lambda *arguments: True)
    noticed(test_whoever_changes_it_and_mends_the_checksum_is_found_by_both_signatures)


def test_a_token_that_nobody_checks_is_noticed(sql: Sql, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(join_answer, "signed_by", lambda *arguments: True)
    noticed(test_without_the_secret_nobody_answers_and_all_hear_the_same, sql)


def test_small_keys_that_nobody_refuses_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitation, "refuse_small_order", lambda key: None)
    noticed(test_keys_of_small_order_are_refused_whoever_signed, sorted(SMALL_ORDER)[0], monkeypatch)


def test_an_invitation_that_is_used_twice_is_noticed(sql: Sql, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "OPEN", "expires > ?")
    noticed(test_an_answer_is_accepted_once, sql)


def test_a_secret_that_is_kept_is_noticed(sql: Sql, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Invitation, "proof", property(lambda invitation: invitation.token))
    noticed(test_without_the_secret_nobody_answers_and_all_hear_the_same, sql)


def test_the_format_is_that_of_its_page() -> None:
    """Read here without our own reader: armour, checksum, version, fields in their order, signatures."""
    import msgspec
    from nacl.signing import VerifyKey

    invitation = new_invitation()
    lines = re.sub(r"-----[A-Z ]+-----", "", text_of(invitation)).split()
    data = base64.b64decode("".join(lines))
    body, check = data[:-4], data[-4:]
    assert hashlib.sha256(body).digest()[:4] == check and body[0] == 1
    fields = msgspec.msgpack.decode(body[1:-128])
    assert fields == [
        bytes.fromhex(invitation.id),
        invitation.token,
        b"\xaa" * 16,
        b"\xbb" * 16,
        NODE.public,
        DEVICE[0],
        "https://centre.example:8443",
        bytes.fromhex(invitation.authority),
        "Guyana police",
        "police",
        "GY",
        "America/Guyana",
        "member",
        int(invitation.expires.timestamp()),
    ]
    for key, place in ((NODE.public, -128), (DEVICE[0], -64)):
        signature = body[place:][:64]
        VerifyKey(key).verify(b"libertad invitation v1\x00" + body[:-128], signature)
