"""Rows of the room that decide: whom a code enrols, whose a phone is, what waits and who released it."""

from __future__ import annotations

from libertad.journal import guards

CODE, PHONE, WAITING = "field_code", "field_phone", "field_waiting"
LOOK = "look whether the row is right, then run libertad doctor --accept-rows"


def register() -> None:
    """Declare the room's tables; called once when the application is ready."""
    guards.guard(
        CODE,
        ["id"],
        [
            "token",
            "authority",
            "operation",
            "officer",
            "issuer",
            "role",
            "expires",
            "until",
            "device",
            "team",
        ],
        "give the officer a new code",
    )
    guards.guard(
        PHONE,
        ["device"],
        ["authority", "operation", "officer", "code", "issuer", "readers", "team"],
        "end the phone and enrol it anew",
        members=True,
    )
    guards.guard(
        WAITING,
        ["entry"],
        ["device", "authority", "operation", "why", "kid", "sealed", "state", "officer", "reason", "said_as"],
        LOOK,
        members=True,
        small=False,
    )
