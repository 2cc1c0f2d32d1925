"""A phone is enrolled by a code: once, by the key that used it, in the name of whoever gave the code."""

from __future__ import annotations

import re
from typing import Any

from libertad.access.acting import Act, Forbidden
from libertad.access.actions.enrol_device import enrol_device
from libertad.access.models import Authority
from libertad.access.phones import sayable
from libertad.field import codes, grants, phones, talk
from libertad.field.codes import Given
from libertad.field.problems import BAD, LOCKED, UNKNOWN_CODE, VERSION, Problem
from libertad.journal import clock
from libertad.journal.fields import from_ms, to_ms
from libertad.journal.header import device_id, proves_enrolment
from libertad.journal.node import Node
from libertad.journal.transaction import Transaction
from libertad.vocabulary.field_verbs import FIELD
from libertad.vocabulary.values import Refused

KEY, SIGNATURE = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{128}")
SERIES = "phone "  # a series has 32 signs at most
INSERT = (
    "insert into field_phone (device, authority, operation, officer, code, issuer, readers, enrolled, "
    "leased, handed, team) values (?, ?, ?, ?, ?, ?, '', ?, 0, 0, ?)"
)


def answer(here: Node, body: bytes) -> bytes:
    """The sealed answer to a request by a code's key: whom it would enrol, or the grant of the new phone."""
    question = talk.read(here, talk.ENROL, body)
    request = talk.fields(question.plain)
    code_row = codes.find(here.sql(), question.sender)
    if code_row is None:
        raise Problem(UNKNOWN_CODE)
    if request.get("v") != 1:
        raise Problem(VERSION)
    if code_row.authority not in here.rings.open:
        raise Problem(LOCKED)
    if request.get("ask") is True:
        return question.answer(described(here, code_row))
    public, proof = str(request.get("device", "")), str(request.get("proof", ""))
    if not KEY.fullmatch(public) or not SIGNATURE.fullmatch(proof):
        raise Problem(BAD)
    if not _may_use(code_row, public, proof):
        raise Problem(UNKNOWN_CODE)
    device = device_id(bytes.fromhex(public)).hex()
    if code_row.device != device:
        _enrol(here, question.sender, public, proof)
    return question.answer(grants.grant(here, device))


def _may_use(code_row: Given, public: str, proof: str) -> bool:
    """Whether a code still answers this key, which signs each time: who has the code alone is told nothing of
    the phone that used it, whose public key is no secret. Once it has run out it answers nobody: a phone
    then asks with its own key."""
    if to_ms(clock.now()) >= code_row.expires:
        return False
    return proves_enrolment(proof, public, code_row.authority, code_row.operation)


def described(here: Node, code_row: Given) -> dict[str, Any]:
    """Whose phone it will be. The code is not used by asking; who used it may ask again, its answer lost."""
    if to_ms(clock.now()) >= code_row.expires:
        raise Problem(UNKNOWN_CODE)
    names = grants.names_of(here, code_row.authority, code_row.operation, code_row.officer)
    return {"v": 1, "ask": True, **names, "until": code_row.until}


def _enrol(here: Node, token: bytes, public: str, proof: str) -> None:
    def job(tx: Transaction) -> None:
        code_row = codes.find(tx.sql, token)
        if code_row is None or not codes.is_open(code_row):
            raise Problem(UNKNOWN_CODE)  # of two phones that use it at once, one does
        zone = tx.sql.first(
            f"select zone from {Authority._meta.db_table} where id = ?", (code_row.authority,)
        )
        act = Act(tx, codes.issuer(code_row, str(zone[0]) if zone and zone[0] else "UTC"), source="decision")
        role = tx.sql.first("select role from access_officer where id = ?", (code_row.officer,))
        device = enrol_device(
            act,
            public=public,
            proof=proof,
            kind=FIELD,
            officer=code_row.officer,
            until=from_ms(code_row.until),
            verb=sorted(sayable(str(role[0]) if role else "")),
        )
        if phones.find(tx.sql, device) is not None:
            raise Problem(UNKNOWN_CODE)  # a phone has one key, and a key one code
        number = f"K{act.number(SERIES + code_row.authority[:26])}"
        row = (device, code_row.authority, code_row.operation, code_row.officer, number, code_row.issuer)
        tx.sql.run(INSERT, (*row, to_ms(clock.now()), code_row.team))
        tx.sql.run("update field_code set device = ? where id = ?", (device, code_row.id))

    try:
        here.writer.submit(job)
    except (Refused, Forbidden):  # whoever gave it, or whose it was to be, has no access any more
        raise Problem(UNKNOWN_CODE) from None
