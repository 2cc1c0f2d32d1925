"""Settling an alarm, which releases what waits in quarantine because of it: by two persons.

One proposes it with a reason, another confirms exactly that (`settling_rules.py`). Who proposed it settles
it alone where nobody second is at this node, once the wait is over; and at once, a few times a week, because
a life is in danger. It is marked until a second person has said whether that was right. As all that is
decided about peers it stays at this node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from libertad.access.acting import Act, Forbidden, new_id
from libertad.access.actions.confirm_officer import staff_of
from libertad.access.actor import Actor
from libertad.access.another_person import identity_of
from libertad.access.appointments import Staff
from libertad.access.lookup import kind_of
from libertad.access.submissions import submit_once
from libertad.exchange.authorization import reauthorization
from libertad.exchange.authorization.peer_decisions import check_reason, require_right
from libertad.exchange.authorization.settling_rules import (
    ALARM,
    ALONE,
    BY_ONE,
    CONFIRMED,
    DANGER,
    NOT_RIGHT,
    PROPOSED,
    REFUSED,
    RIGHT,
    SETTLEMENT,
    WEEK,
    age_of,
    boot,
    elapsed,
    is_second,
    settling_rules,
    standing_of,
)
from libertad.exchange.peering import peers
from libertad.journal import guards
from libertad.journal.guards import GUARDS
from libertad.journal.node import Node
from libertad.journal.transaction import Transaction
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused

SETTLED = marked("there is no such alarm, or somebody has settled it already")
WAITS = marked("that is proposed already, and waits for a second person")
GONE = marked("this proposal does not wait any more: it was answered, it lapsed, or the alarm is settled")
STALE = marked("the alarm has grown since this was proposed: read it again, and propose it anew")
SAME = marked("this account bears the name or number of who proposed it: another person answers")
EARLY = marked("a second person is asked first, and the time to answer is not over")
SOMEBODY = marked("a second person is at this node: only danger to life lets you settle it alone")
SPENT = marked("you have settled alone because of danger as often as is possible within a week")
PUT = (
    "insert into exchange_settlement (id, alarm, stands, reason, officer, authority, at, ran, boot, state, "
    "alone, settled, second, verdict, answer, answered) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', null, '', "
    "'', '', null)"
)
ANSWER = (
    "update exchange_settlement set state = ?, settled = ?, second = ?, answer = ?, answered = ? where id = ?"
)
STAND_ALONE = "update exchange_settlement set state = ?, alone = ?, settled = ? where id = ?"
REVIEW = "update exchange_settlement set second = ?, verdict = ?, answer = ?, answered = ? where id = ?"
SETTLE = "update exchange_alarm set settled = ?, settled_by = ? where id = ? and settled is null"
Row = dict[str, Any]


def propose_settling(here: Node, actor: Actor, alarm: str, reason: str) -> str:
    """Propose to settle an alarm as it stands now; returns the proposal's id. Nothing is released by it.

    Refused where it is settled, and while another proposal about it as it stands waits.
    """
    require_right(actor, "exchange-alarm-settle")
    reason = check_reason(reason)

    def job(tx: Transaction) -> str:
        act = _act(tx, actor)
        _open_alarm(act, alarm)
        stands, settlement = standing_of(tx.sql, alarm), new_id()
        if any(row["stands"] == stands and not age_of(row).lapsed for row in _proposals(act, alarm)):
            raise Refused("reason", WAITS)
        moment = (peers.now_ms(), elapsed(), boot())
        tx.sql.run(
            PUT, (settlement, alarm, stands, reason, actor.officer, actor.authority, *moment, PROPOSED)
        )
        return settlement

    return submit_once(job, propose_settling, {"alarm": alarm, "reason": reason}, here)


def confirm_settling(here: Node, actor: Actor, settlement: str, words: str) -> None:
    """Confirm just this proposal, by a second person of an authority that lives here: it is settled."""

    def answer(act: Act, row: Row, words: str) -> None:
        _second_person(act, row)
        _require_fresh(act, row)
        now = peers.now_ms()
        act.tx.sql.run(ANSWER, (CONFIRMED, now, actor.officer, words, now, settlement))
        _settle(act.tx, row, now)

    _answer(here, actor, settlement, words, answer, confirm_settling)


def refuse_settling(here: Node, actor: Actor, settlement: str, words: str) -> None:
    """End a proposal: by a second person, or by who proposed it, who takes it back."""

    def answer(act: Act, row: Row, words: str) -> None:
        if row["officer"] != actor.officer:
            _second_person(act, row)
        act.tx.sql.run(ANSWER, (REFUSED, None, actor.officer, words, peers.now_ms(), settlement))

    _answer(here, actor, settlement, words, answer, refuse_settling)


def settle_alone(here: Node, actor: Actor, settlement: str, words: str, danger: bool = False) -> None:
    """By who proposed it: where nobody second is here, once the wait is over; because a life is in danger at
    once, a few times a week. Marked as by one until a second person has reviewed it."""
    require_right(actor, "exchange-alarm-settle")

    def answer(act: Act, row: Row, words: str) -> None:
        if row["officer"] != actor.officer:
            raise Forbidden("who proposed it settles it alone, and nobody else")
        if not danger and not age_of(row).unanswered:
            raise Refused("words", EARLY)
        if not danger and seconds(act, row):
            raise Refused("words", SOMEBODY)
        if danger and _times(act, actor.officer) >= settling_rules().danger:
            raise Refused("words", SPENT)
        _require_fresh(act, row)
        now = peers.now_ms()
        act.tx.sql.run(STAND_ALONE, (DANGER if danger else ALONE, words, now, settlement))
        _settle(act.tx, row, now)

    _answer(here, actor, settlement, words, answer, settle_alone, danger=danger)


def review_settling(here: Node, actor: Actor, settlement: str, verdict: str, words: str) -> None:
    """Say, as a second person, whether it was right to settle alone. What was released stays so."""
    words = check_reason(words)
    if verdict not in (RIGHT, NOT_RIGHT):
        raise Refused("verdict", "say whether it was right")

    def job(tx: Transaction) -> None:
        act = _act(tx, actor)
        row = act.guarded(SETTLEMENT, settlement)
        if row is None or row["state"] not in BY_ONE or row["verdict"]:
            raise Refused("words", GONE)
        _second_person(act, row)
        tx.sql.run(REVIEW, (actor.officer, verdict, words, peers.now_ms(), settlement))

    about = {"settlement": settlement, "verdict": verdict, "words": words}
    submit_once(job, review_settling, about, here)


def seconds(act: Act, row: Row) -> set[str]:
    """Officers of authorities that live here who are second persons of a proposal: able to answer it now."""
    staff = staff_of(act, row["authority"])
    return second_persons(
        staff, (staff_of(act, name) for name in act.node.rings.authorities()), row["officer"]
    )


def second_persons(staff: Staff, others: Iterable[Staff], officer: str) -> set[str]:
    """Who of `others` (each authority's staff) is a second person of what `officer` of `staff` did."""
    return {
        name
        for other in others
        for name, person in other.officers.items()
        if not person.withdrawn and is_second(staff, other.kind, name, person.role, person.names, officer)
    }


# -- what they have in common ----------------------------------------------------------------------


def _answer(
    here: Node,
    actor: Actor,
    settlement: str,
    words: str,
    answer: Callable[[Act, Row, str], None],
    action: Callable[..., object],
    **about: object,
) -> None:
    words = check_reason(words)

    def job(tx: Transaction) -> None:
        act = _act(tx, actor)
        row = act.guarded(SETTLEMENT, settlement)
        if row is None or row["state"] != PROPOSED or age_of(row).lapsed:
            raise Refused("words", GONE)
        _open_alarm(act, row["alarm"])
        answer(act, row, words)

    submit_once(job, action, {"settlement": settlement, "words": words, **about}, here)


def _act(tx: Transaction, actor: Actor) -> Act:
    act = Act(tx, actor)
    if not act.active():
        raise Forbidden("this officer's access has ended")
    if actor.authority not in tx.node.rings.authorities():
        raise Forbidden("only an authority of this node decides what is believed here")
    return act


def _open_alarm(act: Act, alarm: str) -> None:
    """Refused for one that is settled; RowChanged for one that this node did not write so."""
    row = act.guarded(ALARM, alarm)
    if row is None or row["settled"] is not None:
        raise Refused("words", SETTLED)


def _proposals(act: Act, alarm: str) -> list[Row]:
    """Believed proposals about an alarm that nobody has answered."""
    guard, sql = GUARDS[SETTLEMENT], act.tx.sql
    rows = guards.rows(sql, guard, " and alarm = ? and state = ?", (alarm, PROPOSED))
    return [dict(zip(guard.names, row, strict=True)) for row in rows if sql.believes(SETTLEMENT, row)]


def _second_person(act: Act, row: Row) -> None:
    """Forbidden for whoever is no second person: who proposed it, another account of theirs, one whose
    appointment stands by one, and a role that answers nothing here."""
    me, staff = act.actor, staff_of(act, row["authority"])
    if me.officer == row["officer"]:
        raise Forbidden("a second person answers it, and not who proposed it")
    if me.officer in staff.unconfirmed and staff.unconfirmed[me.officer].waits:
        raise Forbidden("your own appointment is not confirmed: until it is, you settle nothing")
    kind = kind_of(act.tx.sql, me.authority)
    if me.role not in settling_rules().confirm.get(kind, ()):
        raise Forbidden("your role does not decide about the exchange")
    if not is_second(staff, kind, me.officer, me.role, identity_of(act, me.officer), row["officer"]):
        raise Forbidden(SAME)


def _require_fresh(act: Act, row: Row) -> None:
    if standing_of(act.tx.sql, row["alarm"]) != row["stands"]:
        raise Refused("words", STALE)


def _settle(tx: Transaction, row: Row, now: int) -> None:
    tx.sql.run(SETTLE, (now, row["officer"], row["alarm"]))
    reauthorization.settle(tx, [])  # what was parked because of it


def _times(act: Act, officer: str) -> int:
    """How often an officer settled alone because of danger within seven days. A time that lies ahead counts,
    and so does a row that somebody changed or took away."""
    guard, sql = GUARDS[SETTLEMENT], act.tx.sql
    rows, since = guards.rows(sql, guard), peers.now_ms() - WEEK
    listed = [dict(zip(guard.names, row, strict=True)) for row in rows]
    wrong = sql.wrong(SETTLEMENT, rows)
    own = [
        row
        for row in listed
        if row["id"] not in wrong and row["state"] == DANGER and row["officer"] == officer
    ]
    return len(wrong) + len([row for row in own if row["settled"] > since])
