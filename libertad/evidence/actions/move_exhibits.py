"""Move exhibits to a place of the store: one deed, all of them or none, and a step in each one's custody."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from libertad.access.acting import Act, action
from libertad.evidence.actions._case import after, exhibit_row, present_holder, signed_as
from libertad.evidence.actions._store import name_of, store_place
from libertad.evidence.seals import seal_number
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.store import MOST, NOT_READ, CustodyStore


@action("custody.store")
def move_exhibits(act: Act, *, store: str, things: Sequence[Mapping[str, Any]]) -> str:
    """Returns the deed, which all the steps name. `things`: each `exhibit`, its `seal_read` as the officer
    read it and its `seal_state`; one that carries a seal needs one of the two. A refusal names the exhibit.

    Only their holder moves them: one that was handed over since the page was shown moves nothing at all.
    """
    place = store_place(act, store)
    if not things:
        raise Refused("things", "choose at least one exhibit")
    if len(things) > MOST:
        raise Refused("things", "one deed moves at most %(most)s exhibits", most=MOST)
    if len({str(thing_values["exhibit"]) for thing_values in things}) < len(things):
        raise Refused("things", "an exhibit is named twice; load the page again")
    deed, name, by = secrets.token_hex(16), name_of(act, place), signed_as(act)
    for thing in things:
        row = exhibit_row(act, str(thing["exhibit"]))
        try:
            read, state = _seal(row, thing)
            _can_move(act, row, place)
            happened = after(act, row["moved_at"], marked("you took it over"))
            content = CustodyStore(
                store=store, place=name, deed=deed, seal_read=read, seal_state=state, by=by
            )
            act.say(row["compartment"], content, subject=row["id"], happened=happened)
        except Refused as why:
            raise Refused("things", "%(reference)s: %(why)s", reference=row["reference"], why=why) from why
    return deed


def _can_move(act: Act, row: dict[str, Any], place: Mapping[str, Any]) -> None:
    present_holder(act, row, marked("move it"))
    if row["compartment"] != place["compartment"]:
        raise Refused("store", "that place is in another country's store")
    if row["store"] == place["id"]:
        raise Refused("store", "it is there already")


def _seal(row: Mapping[str, Any], thing: Mapping[str, Any]) -> tuple[str, str]:
    """(what the seal reads, its state): confirmed by whoever moves it, of whatever carries one."""
    read, state = seal_number(str(thing.get("seal_read", ""))), str(thing.get("seal_state", ""))
    if row["seal"] and not read and state not in NOT_READ:
        raise Refused("seal_read", "read its seal and confirm it; if it reads otherwise or is gone, say so")
    return read, state
