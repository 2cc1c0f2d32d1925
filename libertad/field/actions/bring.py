"""Bring submissions into the list, and take them out of it: accepted by an ordinary action, or left out.

Bringing records nothing: it is nobody's word until an officer accepts it, who is then the one that says it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from libertad.access.acting import Act, Forbidden
from libertad.access.matrix import matrix
from libertad.evidence.actions.seize import seize
from libertad.field.brought import (
    ACCEPTED,
    FILES,
    LEFT_OUT,
    WAITS,
    Words,
    now_ms,
    oldest,
    open_words,
    row_id,
    seal_words,
)
from libertad.field.odk_submissions import Collected
from libertad.field.xlsform import limits
from libertad.journal.node import node
from libertad.journal.transaction import Transaction
from libertad.operations.actions.record_visit import record_visit
from libertad.operations.actions.report_lead import report_lead
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.state_person import state_person
from libertad.vocabulary.values import Refused

ROUTE = "brought"
RECORD: Mapping[str, Callable[..., str]] = {
    "person.meet": meet_person,
    "lead.report": report_lead,
    "exhibit.seize": seize,
    "visit.record": record_visit,
}
LONGEST = 1000
KNOWN = "select 1 from field_brought where id = ?"
COUNT = "select count(*) from field_brought where state = ?"
FIND = (
    "select sealed from field_brought "
    "where id = ? and authority = ? and operation = ? and state = 'waits' and at > ?"
)
INSERT = "insert into field_brought (id, authority, operation, state, at, sealed) values (?, ?, ?, ?, ?, ?)"
SETTLE = "update field_brought set state = ?, sealed = ? where id = ?"
OVER = "select 1 from field_brought where at <= ? and sealed is not null limit 1"
# What nobody dealt with can be brought again; of the rest no word is left, and its name stays.
END = (
    "delete from field_brought where state = 'waits' and at <= ?",
    "update field_brought set sealed = null where state <> 'waits' and at <= ? and sealed is not null",
)


def bring(act: Act, *, verb: str, submissions: Sequence[Collected]) -> tuple[int, int]:
    """How many now wait, and how many were brought before. Forbidden for a role that may not say the verb."""
    check_role(act, verb)
    end_old(act.tx)
    room = limits()["rows"] - int((act.tx.sql.first(COUNT, (WAITS,)) or (0,))[0])
    actor, count = act.actor, 0
    for submission in submissions:
        key = row_id(actor.authority, actor.operation, submission.instance)
        if act.tx.sql.first(KNOWN, (key,)) is not None:
            continue
        if count >= room:
            raise Refused(
                "submissions",
                "%(limit)s wait in the list already, and no more are taken: accept them or leave them out",
                limit=limits()["rows"],
            )
        words = Words(verb, submission.form, submission.by, submission.at, actor.officer, submission.answers)
        sealed = seal_words(act, key, words)
        act.tx.sql.run(INSERT, (key, actor.authority, actor.operation, WAITS, now_ms(), sealed))
        count += 1
    return count, len(submissions) - count


def accept_brought(act: Act, *, brought: str, verb: str, note: str, values: Mapping[str, Any]) -> str:
    """Record a submission by the verb's own action, in the name of who accepts it; returns what that returns.

    `note`: who collected it, when, and what no field took; of a person it is an entry of its own, elsewhere
    `values` hold it. The row is settled in the same transaction: a second acceptance is refused.
    """
    words = waiting_words(act, brought)
    if words.verb != verb:
        raise Refused("brought", "this was brought for another form; load the page again")
    key = RECORD[verb](act, **values)
    if verb == "person.meet" and note:
        state_person(act, person=key, note=note)
    over = Words(verb, words.form, words.by, words.at, words.brought_by, (), act.actor.officer, now_ms())
    act.tx.sql.run(SETTLE, (ACCEPTED, seal_words(act, brought, over), brought))
    return key


def leave_brought(act: Act, *, brought: str, reason: str) -> None:
    """Leave a submission out, with the reason: nothing of it is recorded."""
    if not reason.strip():
        raise Refused("reason", "say why nothing of it is recorded")
    if len(reason) > LONGEST:
        raise Refused("reason", "say it in at most %(most)s characters", most=LONGEST)
    words = waiting_words(act, brought)
    over = Words(
        words.verb, words.form, words.by, words.at, words.brought_by, (), act.actor.officer, now_ms(), reason
    )
    act.tx.sql.run(SETTLE, (LEFT_OUT, seal_words(act, brought, over), brought))


def waiting_words(act: Act, brought: str) -> Words:
    """What waits. Refused alike where nothing does, where it is another's, and where somebody settled it."""
    end_old(act.tx)
    actor = act.actor
    row = act.tx.sql.first(FIND, (brought, actor.authority, actor.operation, oldest()))
    words = (
        open_words(act.node, actor.authority, actor.operation, brought, row[0]) if row is not None else None
    )
    if words is None:
        raise Refused("brought", "this does not wait any more: somebody accepted it or left it out")
    check_role(act, words.verb)
    return words


def check_role(act: Act, verb: str) -> None:
    """Forbidden for a role that may not say the verb, or not open the list."""
    if verb not in FILES:
        raise Refused("verb", "ODK brings %(verbs)s", verbs=", ".join(sorted(FILES)))
    role = act.actor.role
    if not act.active() or not matrix().may_ask(role, ROUTE, "get"):
        raise Forbidden("your role has no list of what ODK brought")
    if not matrix().may_say(role, verb, FILES[verb]):
        raise Forbidden("your role may not say %(verb)s", verb=verb)


def end_old(tx: Transaction) -> None:
    """Let go of the words of whatever is older than its days."""
    for sql in END:
        tx.sql.run(sql, (oldest(),))


def keep() -> None:
    """Let go of what is over, where there is any, though nobody opens the list."""
    here = node()
    if here.sql().first(OVER, (oldest(),)) is not None:
        here.writer.submit(end_old)
