"""The exhibit store of one country: what is put on a shelf and into the safe; an audit that misses one."""

from __future__ import annotations

import datetime as dt

from scenarios.operation_libertad_2018.book import Book
from scenarios.operation_libertad_2018.stage import Stage

CODE = "VC"
CASH, MISSED = 0, 2  # by their turn among the country's exhibits: cash, and the computer that is not found
OTHERS = (1, 3, 4, 5)


def write(book: Book, when: dt.datetime) -> None:
    """The exhibits officer puts away what was brought, then counts the shelf."""
    book.add(when, _put_away, CODE)
    book.add(when + dt.timedelta(minutes=20), _audit, CODE)


def _stored(stage: Stage) -> dict[int, str]:
    """The number of the seal by the turn of each exhibit that reached the store."""
    listed = (CASH, MISSED, *OTHERS)
    return {i: stage.ids[f"stored {CODE} {i}"] for i in listed if f"stored {CODE} {i}" in stage.ids}


def _put_away(stage: Stage) -> None:
    room = stage.do(CODE, "exhibits-officer", "add_place", country=CODE, kind="room", name="Exhibit store")
    for kind, name in (("shelf", "Shelf B-14"), ("safe", "Safe")):
        stage.remember(
            f"store {kind}",
            stage.do(CODE, "exhibits-officer", "add_place", country=CODE, kind=kind, name=name, within=room),
        )
    seals = _stored(stage)
    for kind, listed in (
        ("safe", [i for i in seals if i == CASH]),
        ("shelf", [i for i in seals if i != CASH]),
    ):
        if listed:
            stage.do(
                CODE,
                "exhibits-officer",
                "move_exhibits",
                store=stage.get(f"store {kind}"),
                things=[
                    {"exhibit": stage.get(f"exhibit {CODE} {i}"), "seal_read": seal, "seal_state": "intact"}
                    for i, seal in seals.items()
                    if i in listed
                ],
            )


def _audit(stage: Stage) -> None:
    """What is not on the shelf waits on Today until somebody says where it is."""
    listed = [i for i in _stored(stage) if i != CASH]
    if MISSED not in listed:
        return
    exhibits = {i: stage.get(f"exhibit {CODE} {i}") for i in listed}
    stage.remember(
        "audit shelf",
        stage.do(
            CODE,
            "exhibits-officer",
            "audit_place",
            store=stage.get("store shelf"),
            listed=list(exhibits.values()),
            there=[exhibits[i] for i in listed if i != MISSED],
            note="Counted by two. The examination unit is asked first.",
            confirmed=True,
        ),
    )
