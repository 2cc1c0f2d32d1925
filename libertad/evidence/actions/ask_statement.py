"""Ask an officer, or an authority, to say what is known about a gap. It stands on their start page."""

from __future__ import annotations

import msgspec

from libertad.access.acting import Act, action
from libertad.access.matrix import matrix
from libertad.access.models import Officer
from libertad.evidence.actions._case import exhibit_row, signed_as, which_gap
from libertad.evidence.custody import Event, chain
from libertad.evidence.models import Exhibit
from libertad.journal.fields import from_ms
from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.evidence import CustodyAsk


@action("custody.ask")
def ask_statement(
    act: Act, *, exhibit: str, to_authority: str, to_officer: str = "", about_from: str = "", words: str = ""
) -> str:
    """Returns the entry's hash. `to_officer` '' asks any officer of the authority; `about_from` as for a
    statement. It changes nothing of the custody."""
    row = exhibit_row(act, exhibit)
    starts = [from_ms(gap[0]) for gap in row["gaps"]]
    if not starts:
        raise Refused("exhibit", "its custody has no gap about which a statement could be asked")
    since = which_gap(about_from, starts)
    reader = f"{row['compartment']}:{to_authority}"
    if act.tx.sql.first("select 1 from access_reader where id = ?", (reader,)) is None:
        raise Refused("to_authority", "ask this country's police or its prosecution: no other reads the case")
    if to_officer:
        _serves(act, to_officer, to_authority)
    custody = chain(msgspec.convert(act.open_row(Exhibit, row).get("events", []), prepared(list[Event])))
    for gap in custody.gaps if custody else ():
        if abs((gap.since - since).total_seconds()) < 0.001 and any(
            (ask.to_officer, ask.to_authority) == (to_officer, to_authority) for ask in gap.open_asks
        ):
            raise Refused("to_officer", "was asked already and has not answered yet; ask in person")
    content = CustodyAsk(
        about_from=since.isoformat(),
        to_authority=to_authority,
        to_officer=to_officer,
        to_name=signed_as(act, to_officer) if to_officer else "",
        words=words,
        by=signed_as(act),
    )
    return act.say(row["compartment"], content, subject=exhibit, supersedes={})


def _serves(act: Act, officer: str, authority: str) -> None:
    if officer == act.actor.officer:
        raise Refused("to_officer", "you know it yourself: add your own statement")
    to = act.get(Officer, officer)
    if to is None or to["authority"] != authority or to["withdrawn"]:
        raise Refused("to_officer", "serves there no more; ask the authority")
    if not matrix().may_say(to["role"], "custody.statement", "case"):
        raise Refused("to_officer", "this officer's role makes no statements on custody; ask the authority")
